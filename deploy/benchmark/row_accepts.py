"""T5, T11 and T14: what comes in over HTTP, with 64 keep-alive connections; gateway and client share the cores."""
import json, os, secrets, time

from processes import Meter, finish
from results import Row, Yardstick, least, most, ratio
from world import DONE
from yardsticks import livez, sync

CONNECTIONS = 64
# Of a load at a rate.
SECONDS = 3


def tomorrow():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400))


def load(world, events, *more):
    output, _, _ = finish(os.path.join(world.bench.tools, "load-events"), "--port", str(world.public), "--key", world.configuration.key,
                          "--events", str(events), "--connections", str(CONNECTIONS), *more)
    return json.loads(output.splitlines()[-1])


def accepts(bench):
    """Events for tomorrow are accepted and on the disk, and nothing else; those for nobody end at once, so their end is in the figure."""
    row, events = Row("T5", "durable accepts, single events"), bench.sizes.accepts
    world, own, theirs, syncs, found, half, ended, whole, batches = bench.base(), [], [], [], [], [], [], [], []
    for _ in range(bench.runs):
        theirs.append(livez(world, events, CONNECTIONS)[0])
        syncs.append(sync(world.configuration.data))
        time.sleep(1)
        meter = Meter(world.process.pid)
        found.append(load(world, events, "--later", tomorrow()))
        own.append(meter.cpu() * 1e6 / events)
        # What waits from before is not the next one's.
        world.fresh()
        rate = found[-1]["perSecond"] / 2
        half.append(load(world, max(200, int(rate * SECONDS)), "--later", tomorrow(), "--rate", f"{rate:.0f}"))
        world.fresh()
        batches.append(load(world, events, "--batch", "100", "--later", tomorrow()))
        world.fresh()
        meter = Meter(world.process.pid)
        ended.append(load(world, events, "--user", "nobody-", "--users", str(events)))
        whole.append(meter.cpu() * 1e6 / events)
        world.fresh()
    row.add("CPU", "µs each", own, ratio(1.6, "its own /livez"), Yardstick("GET /livez", theirs))
    row.add("at full speed", "/s", [run["perSecond"] for run in found], least(15_000, "≥ 15,000/s"))
    row.add("p99 at half that rate", "ms", [run["p99us"] / 1000 for run in half], most(20, "< 20 ms"))
    row.add("in batches of 100", "/s", [run["perSecond"] for run in batches])
    row.add("for nobody, ended at once", "/s", [run["perSecond"] for run in ended])
    row.add("for nobody, CPU until the last is accepted", "µs each", whole)
    row.add("one fdatasync of 4 KiB, p50", "ms", [times[len(times) // 2] for times in syncs])
    row.add("CPU of the client", "µs each", [run["clientCPUSecondsPer10k"] * 100 for run in found])
    return row


def registrations(bench):
    """Twenty phones to an account, whose token was shown to the ENT by its first."""
    row, devices = Row("T11", "device registrations, userinfo cached"), bench.sizes.registrations
    accounts, rates, slow, theirs = max(1, devices // 19), [], [], []
    world = bench.base()

    def register(name, first, count, connections):
        output, _, _ = finish(os.path.join(bench.tools, "load-devices"), "--port", str(world.public), "--run", name, "--accounts", str(accounts),
                              "--first", str(first), "--devices", str(count), "--connections", str(connections))
        return json.loads(output.splitlines()[-1])
    for _ in range(bench.runs):
        theirs.append(livez(world, devices, CONNECTIONS)[1])
        name = secrets.token_hex(4)
        register(name, 0, accounts, 16)
        found = register(name, accounts, devices - accounts, CONNECTIONS)
        rates.append(found["perSecond"])
        slow.append(found["p99us"] / 1000)
    row.add("registered", "/s", rates, least(5000, "≥ 5,000/s"), Yardstick("GET /livez", theirs))
    row.add("p99", "ms", slow)
    return row


def end_to_end(bench):
    """Each event is for a phone of its own: accepted, expanded, sent, recorded."""
    row, events = Row("T14", "small events end to end, one phone each"), bench.sizes.small
    world, rates, cpu, theirs = bench.base("apns"), [], [], []
    users = min(events, bench.sizes.guardians)
    for _ in range(bench.runs):
        theirs.append(livez(world, events, CONNECTIONS)[1])
        time.sleep(1)
        meter, begin = Meter(world.process.pid), time.time()
        load(world, events, "--users", str(users))
        last = world.database.execute("SELECT max(id) FROM event").fetchone()[0]
        # The last is not always the last to end.
        while True:
            end = world.wait(last, DONE)
            left = world.database.execute("SELECT max(id) FROM event WHERE state < ?", (DONE,)).fetchone()[0]
            if left is None:
                break
            last = left
        rates.append(events / (end - begin))
        cpu.append(meter.cpu() * 1e6 / events)
    row.add("events", "/s", rates, least(12_000, "≥ 12,000/s"), Yardstick("GET /livez", theirs))
    row.add("CPU", "µs each", cpu)
    return row
