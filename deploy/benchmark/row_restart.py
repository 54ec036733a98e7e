"""T8: a million deliveries wait while the gateway is started anew."""
import signal, time

from processes import BenchError, Meter, memory
from results import Row, Yardstick, most
from world import SENDING

LANE = "apns/onepocket"


def restart(bench):
    world = bench.large(min(3, len(bench.sizes.steps) - 1), "apns")
    uai, _, guardians, _ = max(world.schools, key=lambda school: school[2])
    row = Row("T8", f"{guardians:,} waiting over a restart")
    sends, starts, empty, cuts, took = [], [], [], [], []
    for _ in range(bench.runs):
        world.fresh()
        world.end()
        begin = time.time()
        world.start()
        empty.append(time.time() - begin)
        world.order("lane", "pause", LANE, "--why", "bench")
        meter, begin = Meter(world.process.pid), time.time()
        took.append(world.wait(world.post(uai, {"school": uai}), SENDING, step=0.05) - begin)
        cuts.append(meter.peak())
        world.end()
        world.order("lane", "resume", LANE, "--offline", "--why", "bench")
        service = world.services["apns"]
        service.taken()
        begin = time.time()
        world.start()
        sends.append(first_send(service, begin))
        starts.append(memory(world.process.pid, "VmHWM"))
        world.end(signal.SIGKILL)
    row.add("start → first push", "s", sends, most(0.5, "< 0.5 s"), Yardstick("start of an empty one → /readyz", empty))
    row.add("memory until then", "MiB", starts, most(95.4, "< 100 MB"))
    row.add("memory while they are cut", "MiB", cuts, most(95.4, "< 100 MB"))
    row.add("time to cut them", "s", took)
    return row


def first_send(service, begin):
    end = time.monotonic() + 120
    while time.monotonic() < end:
        arrived = service.arrivals()
        if arrived:
            return arrived[0] - begin
        time.sleep(0.002)
    raise BenchError("nothing was sent after the restart")
