"""The measurements behind deploy/bench. Figures are of this machine at this moment: trust the ratios."""
import os, shutil, signal, sys, time, traceback

import catalogue, drawing, machine, options, results, table
from configuration import certificate
from processes import BenchError, Processes
from results import FAILED, Results, Row
from world import World


class Bench:
    """What rows ask for: sizes, places, and gateways that are made when the first row wants one."""

    def __init__(self, chosen):
        self.options, self.sizes, self.runs = chosen, chosen.sizes, chosen.runs
        self.bin, self.tools = os.path.abspath(chosen.bin), os.path.abspath(chosen.tools)
        self.carillon, self.work = os.path.join(self.bin, "carillon"), os.path.join(self.tools, "work")
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work, mode=0o700)
        certificate(self.work)
        self.processes, self.worlds = Processes(self.work), {}

    def say(self, text):
        print(f"== {text} (load of the machine: {machine.load():.1f})", flush=True)

    def base(self, *lanes, environment=None):
        """One large school for APNs and for FCM, one of browsers, an ordinary one: with an empty queue, these lanes warm."""
        size = self.sizes
        return self._fresh("base", lambda: World(self, "base", [
            ("0420001A", "a", size.guardians, "apns"), ("0420002B", "f", size.guardians, "fcm"), ("0420003C", "s", 400, "apns"),
            ("0420004D", "w", size.browsers, "webpush")]), lanes, environment)

    def large(self, step, *lanes):
        """A registry that has grown to this step of the sizes, at least: it never shrinks."""
        schools = [[(*school, "apns") for school in part] for part in self.sizes.steps[:step + 1]]
        world = self.worlds.get("large")
        if world:
            more = [school for part in schools for school in part if school not in world.schools]
            if more:
                world.grow(more)
        return self._fresh("large", lambda: World(self, "large", [school for part in schools for school in part]), lanes, None)

    def _fresh(self, name, make, lanes, environment):
        for other in [other for other in self.worlds if other != name]:
            self.worlds[other].end()
        if name not in self.worlds:
            self.worlds[name] = make()
        self.worlds[name].fresh(*lanes, environment=environment)
        return self.worlds[name]

    def drop_all(self):
        """After a fault: the next row begins with worlds of its own."""
        for world in self.worlds.values():
            world.discard()
            shutil.rmtree(world.configuration.folder)
        self.worlds = {}


def measured(bench, entry):
    """A row; one that cannot be measured says why, and takes nothing else with it."""
    bench.say(f"{entry.number}: {entry.what}")
    before, begin = machine.load(), time.monotonic()
    try:
        row = entry.measure(bench)
    except Exception as error:
        # Whatever it was: an hour's figures are not thrown away for it.
        if not isinstance(error, BenchError):
            traceback.print_exc()
        row = Row(entry.number, entry.what, notes=[FAILED + str(error)])
        bench.drop_all()
    row.load = [before, machine.load()]
    print(table.table([row]) + f"\n   {time.monotonic() - begin:.0f} s\n", flush=True)
    return row


def main():
    chosen = options.read(catalogue.ROWS, sys.argv[1:])
    if chosen.show:
        found = results.loaded(chosen.show)
        return finished(found, chosen)
    bench = Bench(chosen)
    shown = {name: getattr(chosen, name) for name in ("runs", "quick", "full", "cold")} | {"rows": chosen.rows}
    found = Results(machine.date(), machine.commit(), shown, machine.described())
    path = os.path.abspath(chosen.results or os.path.join(bench.work, "results.json"))
    # Ended by hand: what was started ends, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    try:
        for entry in catalogue.in_running_order(chosen.rows):
            found.rows.append(measured(bench, entry))
            found.rows.sort(key=lambda row: catalogue.NUMBERS.index(row.number))
            found.machine["loadAfter"] = machine.load()
            found.save(path)
    finally:
        bench.drop_all()
        bench.processes.end_all()
    print(f"\nresults: {path}; logs: {bench.work}\n")
    finished(found, chosen)
    if any(row.failed for row in found.rows):
        sys.exit(1)


def finished(found, chosen):
    print(table.report(found))
    if chosen.draw:
        for path in drawing.draw(found, chosen.draw):
            print(f"drawn: {path}")
    if chosen.document:
        table.put(found, chosen.document)


main()
