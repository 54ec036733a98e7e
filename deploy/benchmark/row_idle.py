"""T13: a gateway with nothing to do."""
import time

from processes import Meter, memory, wakeups
from results import Row, most
from row_deliveries import run


def idle(bench):
    """Its lanes are connected: each has rung a phone a moment ago."""
    seconds = bench.sizes.idle
    row, world = Row("T13", f"idle for {seconds} s"), bench.base("apns", "fcm", "webpush")
    time.sleep(min(20, seconds))
    shares, woken, resident, own = [], [], [], []
    for _ in range(bench.runs):
        meter, before, begin = Meter(world.process.pid), wakeups(world.process.pid), time.monotonic()
        time.sleep(seconds)
        passed = time.monotonic() - begin
        shares.append(meter.cpu() * 100 / passed)
        woken.append((wakeups(world.process.pid) - before) / passed)
        resident.append(memory(world.process.pid, "VmRSS"))
        own.append(memory(world.process.pid, "RssAnon"))
    row.add("CPU", "% of a core", shares, most(0.2, "< 0.2 % of a core"))
    row.add("wake-ups", "/s", woken, most(10, "< 10/s"))
    row.add("memory (RSS)", "MiB", resident, most(38.1, "< 40 MB"))
    row.add("of it its own, not files", "MiB", own)
    run(world, "apns")
    time.sleep(min(10, seconds))
    row.add("memory after a large event", "MiB", [memory(world.process.pid, "VmRSS")])
    return row
