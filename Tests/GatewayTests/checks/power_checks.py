"""Checks of power cuts: power_checks.py BINARIES FOLDER CHECK. CARILLON_SEED repeats the choices, CARILLON_CUTS makes more of them."""
import collections, concurrent.futures, json, os, random, shutil, sqlite3, subprocess, sys, threading

from checker import doctor
from gateway import BINARIES, FOLDER, main, wait
from load import FAULTS, Load, settle
from power_cut import Disk, records

CARILLON = os.path.join(BINARIES, "carillon")
DATA = os.path.join(FOLDER, "data")
SEED = int(os.environ.get("CARILLON_SEED") or random.SystemRandom().randrange(1 << 32))
CUTS = int(os.environ.get("CARILLON_CUTS") or 60)
# Of the cuts, those from which the gateway is started again.
STARTS = max(4, CUTS // 20)
USERS = [f"u{number:03}" for number in range(60)]


def start_recorded(world, trace):
    """The gateway on a disk whose calls are written down."""
    recorder = os.path.join(FOLDER, "recorder.so")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "disk-recorder.c")
    if not os.path.exists(recorder):
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", recorder, source, "-ldl"], check=True)
    world.start({"LD_PRELOAD": recorder, "DISK_TRACE": trace, "DISK_FOLDER": os.path.realpath(DATA)})


def work(world, chance, generation):
    """Mixed load with faults of the providers and an operator's orders; returns the load, whose log says when each promise was made."""
    load = Load(world, USERS, SEED + generation)
    if generation == 0:
        load.register_first(3)
    load.start()
    for step in range(12):
        world.script(chance.choice(FAULTS))
        if step % 4 == 1:
            load.publish_to_all(f"all-{generation}-{step}")
        if step % 4 == 2:
            event = chance.choice(list(load.answers.values()))
            ordered = world.command("queue", "hold", "--event", event, "--why", "power check", "--yes")
            if ordered.returncode == 0:
                load.note({"hold": event})
        # Long enough, now and then, for a checkpoint of an idle writer.
        threading.Event().wait(chance.choice([0.1, 0.3, 0.8]))
    load.stop()
    return load


def moments(trace, first, chance, count):
    """Indices of records to cut behind: anywhere, within a checkpoint (the database file itself is written), just before a sync."""
    kinds = [(kind, name) for _, kind, name, _, _ in trace]
    anywhere = range(first, len(kinds))
    checkpoint = [index for index in anywhere if kinds[index][0] == "W" and kinds[index][1].endswith(".db")]
    unsynced = [index - 1 for index in anywhere if kinds[index][0] == "S" and index > first]
    assert checkpoint and unsynced, "nothing was checkpointed or synced: the check is blind"
    return sorted(chance.choice(chance.choice([anywhere, checkpoint, unsynced])) for _ in range(count))


def promised(load, until):
    """What was answered before this moment, nanoseconds of CLOCK_MONOTONIC: events, devices, held events."""
    found = collections.defaultdict(set)
    for line in map(json.loads, open(load.acked)):
        if line["at"] > until:
            continue
        for kind in ("id", "hold"):
            if kind in line:
                found[kind].add(line[kind])
        if "installation" in line:
            found["device"].add(line["installation"])
    return found


def keep_promises(load, until):
    with open(load.acked) as file:
        kept = [line for line in file if json.loads(line)["at"] <= until]
    with open(load.acked, "w") as file:
        file.writelines(kept)


def judge(world, image, promises):
    """One disk: it is sound, and what was promised is on it."""
    doctor(CARILLON, world.config, "--data", image)
    listed = subprocess.run([CARILLON, "event", "list", "-o", "ids", "--config", world.config], capture_output=True, text=True,
                            env={**os.environ, "CARILLON_DATA": image})
    assert listed.returncode in (0, 3), listed
    lost = promises["id"] - set(listed.stdout.split())
    assert not lost, f"I1: {len(lost)} of {len(promises['id'])} events are gone: {sorted(lost)[:5]}"
    registry = sqlite3.connect(f"file:{image}/registry.db?mode=ro", uri=True)
    devices = {row[0] for row in registry.execute("SELECT installation FROM device")}
    registry.close()
    lost = promises["device"] - devices
    # At most 20 an account: what was registered later may have put an older one out.
    assert not {device for device in lost if int(device.rsplit("-", 1)[1]) < 3}, f"{len(lost)} devices are gone: {sorted(lost)[:5]}"
    queue = sqlite3.connect(f"file:{image}/queue.db?mode=ro", uri=True)
    orders = queue.execute("SELECT count(*) FROM operation WHERE verb = 'hold'").fetchone()[0]
    nameless = queue.execute("SELECT count(*) FROM event WHERE id NOT IN (SELECT event FROM idempotency)").fetchone()[0]
    queue.close()
    assert nameless == 0, f"I5: {nameless} events without the identity they were posted with"
    assert orders >= len(promises["hold"]), f"{orders} of {len(promises['hold'])} orders are there"


def go_on(world, image, load, promises, given):
    """The gateway starts on this disk, ends what is open, and gives no delivery's number again."""
    shutil.rmtree(DATA, ignore_errors=True)
    shutil.copytree(image, DATA, ignore=shutil.ignore_patterns("*-shm"))
    os.chmod(DATA, 0o700)
    world.simulated("POST", "/control/reset")
    world.start()
    # Also what an order held that was on the disk before it was answered.
    held = world.command("queue", "list", "--state", "held", "-o", "ndjson").stdout.splitlines()
    for event in promises["hold"] | {json.loads(line)["event"] for line in held}:
        released = world.command("queue", "release", "--event", event, "--yes")
        assert released.returncode in (0, 3), released
    settle(world, load)
    new = world.done(world.publish(USERS[:3], "after the cut")[1]["id"])
    assert new["deliveries"]["accepted"] >= 3, new
    again = {delivery["id"] for delivery in world.deliveries(new["id"])} & given
    assert not again, f"given twice: {sorted(again)[:5]}"
    doctor(CARILLON, world.config)


def numbers(world):
    listed = world.command("queue", "list", "--state", "pending,deferred,accepted,rejected,expired,withheld,dead,dropped,held", "-o", "ids")
    assert listed.returncode in (0, 3), listed
    return set(listed.stdout.split())


def power_cuts(world):
    """Power fails at any moment, twice: every disk it may leave is sound and has what was promised; the gateway goes on from it."""
    print(f"seed {SEED}, {CUTS} cuts", file=sys.stderr)
    chance, ways, base = random.Random(SEED), collections.Counter(), None
    for generation in range(2):
        trace_file = os.path.join(FOLDER, f"trace-{generation}")
        start_recorded(world, trace_file)
        first = len(list(records(trace_file)))
        load = work(world, chance, generation)
        given = numbers(world)
        world.kill()
        trace = list(records(trace_file))
        disk, next_record, chosen = Disk(base), 0, None
        cuts = moments(trace, first, chance, CUTS // 2)
        starts = set(chance.sample(range(len(cuts)), STARTS // 2))
        images = os.path.join(FOLDER, "images")
        os.makedirs(images)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            waiting = []
            for number, moment in enumerate(cuts):
                while next_record <= moment:
                    disk.apply(*trace[next_record][1:])
                    next_record += 1
                image = os.path.join(images, str(number))
                ways.update(disk.cut(image, chance).values())
                promises = promised(load, trace[moment][0])
                waiting.append(pool.submit(judge, world, image, promises))
                if number in starts:
                    chosen = image
                    shutil.copytree(image, image + "-start")
            for result in waiting:
                result.result()
        for number in sorted(starts):
            go_on(world, os.path.join(images, f"{number}-start"), load, promised(load, trace[cuts[number]][0]), given)
            world.kill()
        # The second time from a disk the first cut left, and with what was promised before it.
        base = os.path.join(FOLDER, f"base-{generation}")
        shutil.copytree(chosen + "-start", base)
        keep_promises(load, trace[cuts[max(starts)]][0])
        shutil.rmtree(images)
        shutil.rmtree(DATA)
        shutil.copytree(base, DATA)
        os.chmod(DATA, 0o700)
        world.simulated("DELETE", "/control/script")
    print(f"what became of unsynced files: {dict(ways)}", file=sys.stderr)
    assert len(ways) >= 5, ways


CHECKS = [power_cuts]

if __name__ == "__main__":
    main(CHECKS, {"power_cuts": {"simulator": ["--latency", "5"]}})
