"""T6 and T7: how long one small event takes, alone and beside a large one."""
import time

from client import event
from processes import BenchError
from results import Row, Yardstick, most
from world import DONE
from yardsticks import sync

# Between two posts, so that none meets the one before it.
APART = 0.01


def share(times, part):
    """Of times in order."""
    return times[min(len(times) - 1, int(len(times) * part))]


def idle(bench):
    """From the first byte of the POST to the whole request at the push service, one phone after another."""
    row, words = Row("T6", "idle: POST → request at the push service"), bench.sizes.words
    world = bench.base("apns")
    found, livez, syncs = [], [], []
    uai, prefix, guardians, _ = world.schools[0]
    for _ in range(bench.runs):
        syncs.append(sync(world.configuration.data))
        time.sleep(1)
        question, times = world.client.request("GET", "/livez"), []
        for _ in range(words):
            begin = time.time()
            world.client.ask(question)
            times.append((time.time() - begin) * 1000)
            time.sleep(APART / 10)
        livez.append(sorted(times))
        found.append(in_a_row(world, uai, prefix, guardians, words))
    row.add("p50", "ms", [share(times, 0.5) for times in found], most(2, "< 2 ms"), Yardstick("GET /livez", [share(times, 0.5) for times in livez]))
    row.add("p99", "ms", [share(times, 0.99) for times in found], most(10, "< 10 ms"), Yardstick("GET /livez", [share(times, 0.99) for times in livez]))
    row.add("worst", "ms", [times[-1] for times in found], most(50, "< 50 ms"), Yardstick("GET /livez", [times[-1] for times in livez]))
    row.add("one fdatasync of 4 KiB, p50", "ms", [share(times, 0.5) for times in syncs])
    return row


def in_a_row(world, uai, prefix, guardians, words):
    """Milliseconds of each, in order of length."""
    service, begun, arrived = world.services["apns"], [], []
    requests = [world.client.request("POST", "/v1/events", event(uai, {"user": f"user-{prefix}-{number % guardians}"})) for number in range(words)]
    service.taken()
    for request in requests:
        begun.append(time.time())
        status, body = world.client.ask(request)
        if status != 202:
            raise BenchError(f"not accepted: {body.decode()}")
        time.sleep(APART)
    end = time.monotonic() + 30
    while len(arrived) < words and time.monotonic() < end:
        arrived += service.arrivals()
        time.sleep(0.01)
    if len(arrived) != words:
        raise BenchError(f"{len(arrived)} requests arrived for {words} events")
    # Each is in its order unless one took longer than the pause: then both are counted too long together, never too short.
    return sorted((there - here) * 1000 for here, there in zip(begun, sorted(arrived)))


def beside_large(bench):
    """Events to one phone each, of another school, while a large event runs on the same lane; from accepted to recorded."""
    large = bench.sizes.guardians
    row, world = Row("T7", f"a small event beside one to {large:,}"), bench.base("apns")
    for urgency, targets in (("normal", (most(250, "< 250 ms"), most(500, "< 500 ms"))), ("urgent", (None, None))):
        found, took, alone = [], [], []
        for _ in range(bench.runs):
            alone.append(share(small_ones(world, urgency, lambda count: count >= 20), 0.99))
            time.sleep(2)
            uai = world.schools[0][0]
            big = world.post(uai, {"school": uai})
            found.append(small_ones(world, urgency, lambda _: world.state(big) == DONE))
            done, accepted = world.database.execute("SELECT done_at, accepted_at FROM event WHERE id = ?", (big,)).fetchone()
            took.append(done - accepted)
        row.add(f"{urgency}, p50", "ms", [share(times, 0.5) for times in found])
        row.add(f"{urgency}, p99", "ms", [share(times, 0.99) for times in found], targets[0], Yardstick("without the large one", alone))
        row.add(f"{urgency}, worst", "ms", [times[-1] for times in found], targets[1])
        row.add(f"{urgency}: the large one took", "ms", took)
        row.notes.append(f"{urgency}: {', '.join(str(len(times)) for times in found)} small ones in the runs")
    return row


def small_ones(world, urgency, is_over):
    """Milliseconds from accepted to recorded, in order of length; at least one."""
    uai, prefix, guardians, _ = next(school for school in world.schools if school[1] == "s")
    events = []
    while not events or not is_over(len(events)):
        events.append(world.post(uai, {"user": f"user-{prefix}-{len(events) % guardians}"}, urgency))
        time.sleep(APART)
    for posted in events:
        world.wait(posted, DONE)
    marks = ",".join("?" * len(events))
    return sorted(done - accepted for done, accepted in
                  world.database.execute(f"SELECT done_at, accepted_at FROM event WHERE id IN ({marks})", events))
