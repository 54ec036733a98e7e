"""What no target names and is watched all the same: d audience, f isolation, i a morning."""
import datetime, json, os, time, zoneinfo

from client import event
from processes import BenchError, Meter, finish
from results import Row, most
from row_deliveries import PAUSE
from row_latency import share
from world import DONE, SENDING


def audience(bench):
    """Store only: the lane is paused; from the POST to the last page."""
    row = Row("d", f"audience of {bench.sizes.guardians:,} guardians and its pages")
    world = bench.base("apns")
    world.order("lane", "pause", "apns/onepocket", "--why", "bench")
    uai, _, count, _ = world.schools[0]
    seconds, cpu, peaks = [], [], []
    for _ in range(bench.runs):
        time.sleep(PAUSE)
        meter, begin = Meter(world.process.pid), time.time()
        seconds.append(world.wait(world.post(uai, {"school": uai}), SENDING) - begin)
        cpu.append(meter.cpu() * 10_000 / count)
        peaks.append(meter.peak())
    row.add("guardians", "/s", [count / passed for passed in seconds])
    row.add("CPU", "s/10,000", cpu)
    row.add("memory at most", "MiB", peaks)
    ordinary = next(school[0] for school in world.schools if school[1] == "s")
    found = json.loads(finish(os.path.join(bench.bin, "BenchSeed"), world.configuration.data, "audience", ordinary)[0])
    row.add(f"reading an ordinary school, {found['persons']} guardians, p50", "ms", [found["p50"] / 1000])
    for what, entry in (("an ordinary school", {"school": ordinary}), ("a class", {"class": "s-c1"})):
        request = world.client.request("POST", "/v1/events?preview=true", event(ordinary, entry))
        times = []
        for _ in range(bench.sizes.previews):
            begin = time.time()
            status, body = world.client.ask(request)
            times.append((time.time() - begin) * 1000)
            if status != 200:
                raise BenchError(f"no forecast: {body.decode()}")
        row.add(f"forecast of {what}, p99", "ms", [share(sorted(times), 0.99)])
    return row


def isolation(bench):
    """Beside a lane whose push service is gone, with a large event waiting for it."""
    row = Row("f", f"event → {bench.sizes.guardians:,} phones beside an ill lane")
    world = bench.base("apns", "fcm")
    (healthy, *_), (ill, *_) = world.schools[:2]

    def run():
        time.sleep(PAUSE)
        begin = time.time()
        return world.wait(world.post(healthy, {"school": healthy}), DONE) - begin
    alone = [run() for _ in range(bench.runs)]
    world.services["fcm"].end()
    world.wait(world.post(ill, {"school": ill}), SENDING)
    beside = [run() for _ in range(bench.runs)]
    world.services["fcm"].start()
    row.add("alone", "s", alone)
    row.add("beside it", "s", beside)
    row.add("beside it over alone", "", [there / here for there, here in zip(beside, alone)], most(1.1, "≤ 1.1"))
    return row


def morning(bench):
    """What quiet hours have held is let go at once, at the turn of a minute; once, since it has to be waited for."""
    world = bench.base("apns", "fcm")
    schools = world.schools[:2]
    services = [world.services[lane] for _, _, _, lane in schools]
    row = Row("i", f"a morning lets go {sum(school[2] for school in schools):,} deliveries")
    minute = int(time.time() // 60) * 60 + 60 * (2 + schools[0][2] // 100_000)
    # All schools are in departments of one zone.
    clock = [datetime.datetime.fromtimestamp(at, zoneinfo.ZoneInfo("Europe/Paris")).strftime("%H:%M") for at in (minute - 3600, minute)]
    world.quiet(f'pauses: [{{ from: "{clock[0]}", to: "{clock[1]}" }}], releaseSpreadMinutes: 0')
    meter = Meter(world.process.pid)
    events = [world.post(school[0], {"school": school[0]}) for school in schools]
    for held in events:
        world.wait(held, SENDING)
    count, = world.database.execute("SELECT count(*) FROM retry").fetchone()
    row.add("CPU to hold", "s/10,000", [meter.cpu() * 10_000 / count])
    if time.time() > minute - 1:
        raise BenchError("the morning came too soon")
    time.sleep(minute - time.time() - 0.5)
    for service in services:
        service.taken()
    meter = Meter(world.process.pid)
    ends = [world.wait(held, DONE) for held in events]
    found = [service.taken() for service in services]
    if sum(pushes for pushes, _, _ in found) != count:
        raise BenchError(f"{found} pushes of {count} held")
    row.add("first push", "ms", [(min(first for _, first, _ in found) - minute) * 1000])
    row.add("deliveries", "/s", [count / (max(ends) - minute)])
    row.add("CPU to let go", "s/10,000", [meter.cpu() * 10_000 / count])
    row.add("memory at most", "MiB", [meter.peak()])
    world.quiet("enabled: false")
    return row
