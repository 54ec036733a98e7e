"""T9 and T12: what grows with the registry, and what with the event."""
import statistics, time

from processes import BenchError, Meter
from results import Row, Yardstick, most
from world import DONE
from yardsticks import h2load

FIRST_PUSH = {100_000: (30, "< 30 ms"), 1_000_000: (100, "< 100 ms")}


def by_devices(bench):
    """The same school is rung while others fill the registry around it."""
    row = Row("T9", "cost of a delivery by the size of the registry")
    costs = []
    for step in range(len(bench.sizes.steps)):
        world = bench.large(step, "apns")
        uai, _, guardians, _ = world.schools[0]
        found, theirs = [], []
        # What a start reads and looks after once is no delivery's.
        world.wait(world.post(uai, {"school": uai}), DONE)
        time.sleep(min(10, bench.sizes.idle))
        for _ in range(bench.runs):
            time.sleep(2)
            meter = Meter(world.process.pid)
            for _ in range(bench.sizes.events):
                world.wait(world.post(uai, {"school": uai}), DONE)
            count = guardians * bench.sizes.events
            found.append(meter.cpu() * 10_000 / count)
            theirs.append(h2load(bench.work, world.services["apns"].port, max(count, 10_000), 4, 250)[0])
        row.add(f"{world.devices:,} devices", "CPU s/10,000", found, None, Yardstick("h2load 4 × 250", theirs), size=world.devices)
        costs.append(statistics.median(row.measures[-1].ratios))
    row.add("dearest over cheapest, as ratios to h2load", "", [max(costs) / min(costs)], most(1.1, "flat within 10 %"))
    if bench.sizes.steps[-1][0][2] < 5_000_000 and not bench.options.full:
        row.notes.append("5,000,000 devices: with --full only")
    return row


def first_push(bench):
    """From the first byte of the POST to the first whole request at the push service."""
    row = Row("T12", "first push by the size of the event")
    world = bench.large(min(3, len(bench.sizes.steps) - 1), "apns")
    service, alone = world.services["apns"], []
    for _ in range(bench.runs * 4):
        alone.append(once(world, service, world.schools[0][0], {"user": f"user-{world.schools[0][1]}-1"}))
    # One school of each size: the others ring the same phones.
    sizes = {guardians: uai for uai, _, guardians, _ in reversed(world.schools)}
    if not bench.options.quick:
        sizes = {size: sizes[size] for size in (1000, 10_000, 100_000, 1_000_000)}
    for size, uai in sorted(sizes.items()):
        found = [once(world, service, uai, {"school": uai}) for _ in range(bench.runs)]
        bound = FIRST_PUSH.get(size)
        row.add(f"{size:,} phones", "ms", found, most(*bound) if bound else None, Yardstick("one phone", [statistics.median(alone)]), size=size)
    return row


def once(world, service, uai, audience):
    """Milliseconds to the first push."""
    time.sleep(1)
    service.taken()
    begin = time.time()
    event = world.post(uai, audience)
    world.wait(event, DONE, step=0.02)
    count, first, _ = service.taken()
    if not count:
        raise BenchError("no push arrived")
    return (first - begin) * 1000
