"""T2, T3, T4 and T10: one event to many phones, from the POST to the last recorded outcome."""
import os, signal, time

from processes import BenchError, Meter
from results import Row, Yardstick, most, ratio
from world import DONE
from yardsticks import bare_encryption, h2load

# What the last run left to do (a checkpoint) is not the next one's.
PAUSE = 2


def apns(bench):
    return to_phones(bench, Row("T2", f"event → {bench.sizes.guardians:,} phones of APNs"), "apns", ratio(2.0, "h2load"))


def fcm(bench):
    return to_phones(bench, Row("T3", f"event → {bench.sizes.guardians:,} phones of FCM"), "fcm", ratio(2.2, "h2load"))


def run(world, lane, perf=None):
    """One event to the large school of a lane: what it cost."""
    uai, _, count, _ = next(school for school in world.schools if school[3] == lane)
    service = world.services[lane]
    time.sleep(PAUSE)
    service.taken()
    server, meter, begin = Meter(service.process.pid), Meter(world.process.pid), time.time()
    recording = world.bench.processes.spawn("perf", "perf", "record", "-F", "999", "-g", "--call-graph", "fp", "-p", str(world.process.pid),
                                            "-o", perf) if perf else None
    event = world.post(uai, {"school": uai})
    end = world.wait(event, DONE)
    cpu = meter.cpu()
    if recording:
        world.bench.processes.end(recording, signal.SIGINT)
    pushes, first, last = service.taken()
    if pushes != count:
        raise BenchError(f"{pushes} pushes for {count} phones")
    return {"count": count, "cpu": cpu, "rate": count / (end - begin), "peak": meter.peak(), "first": (first - begin) * 1000,
            "server": server.cpu(), "meter": meter}


def to_phones(bench, row, lane, target):
    world, runs, theirs = bench.base(lane), [], []
    for number in range(bench.runs):
        perf = os.path.join(bench.work, f"perf-{lane}-{number}.data") if bench.options.perf else None
        runs.append(run(world, lane, perf))
        theirs.append(h2load(bench.work, world.services[lane].port, max(runs[-1]["count"], 10_000), 4, 250)[0])
    row.add("CPU of the gateway", "s/10,000", [found["cpu"] * 10_000 / found["count"] for found in runs], target, Yardstick("h2load 4 × 250", theirs))
    row.add("deliveries", "/s", [found["rate"] for found in runs])
    row.add("first push", "ms", [found["first"] for found in runs])
    row.add("memory at most", "MiB", [found["peak"] for found in runs])
    row.add("CPU of the push service", "s/10,000", [found["server"] * 10_000 / found["count"] for found in runs])
    return row


def web_push(bench):
    row = Row("T4", f"event → {bench.sizes.browsers:,} browsers")
    world, runs, bare = bench.base("webpush"), [], []
    for _ in range(bench.runs):
        runs.append(run(world, "webpush"))
        bare.append(bare_encryption(bench.bin))
    yardstick = None if None in bare else Yardstick("a loop that only encrypts", bare)
    if not yardstick:
        row.notes.append("not judged: CryptoBench, the loop that only encrypts, is not built")
    row.add("CPU of the gateway", "µs each", [found["cpu"] * 1e6 / found["count"] for found in runs], ratio(1.3, "the bare cryptography"), yardstick)
    row.add("deliveries", "/s", [found["rate"] for found in runs])
    return row


def written(bench):
    """The checkpoints that follow are a delivery's, too: two seconds later they are over."""
    row = Row("T10", "bytes written to disk per delivery")
    world, found = bench.base("apns"), []
    for _ in range(bench.runs):
        one = run(world, "apns")
        time.sleep(PAUSE)
        found.append(one["meter"].written() / one["count"])
    row.add("pages written (/proc/PID/io)", "bytes", found, most(60, "≤ 60"))
    if any(figure == 0 for figure in found):
        row.notes.append("the work folder lies on a file system that counts no writes (tmpfs): not a figure of a disk")
    return row
