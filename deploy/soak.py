"""The hour behind deploy/soak."""
import argparse, json, os, random, re, secrets, shutil, statistics, sys, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
options = argparse.ArgumentParser(prog="deploy/soak")
options.add_argument("bin")
options.add_argument("--minutes", type=int, default=60)
options.add_argument("--posts", type=int, default=20, help="a second; one in five is a batch of five events")
options.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
options.add_argument("--folder", default=os.path.join(ROOT, ".build/soak"))
options.add_argument("--keep", action="store_true", help="leave data and logs")
options = options.parse_args()
# The modules of the checks read their folders from the command line.
sys.argv[1:] = [options.bin, options.folder]
sys.path.insert(0, os.path.join(ROOT, "Tests/GatewayTests/checks"))
from checker import Join
from faults import fault
from gateway import World
from load import Load, settle

USERS = [f"u{number:03}" for number in range(400)]
# Second copies follow answers that were lost; how many the script loses is not counted here.
AMBIGUOUS = 1 << 40


def status(pid, name):
    return int(re.search(rf"{name}:\s+(\d+)", open(f"/proc/{pid}/status").read())[1])


def cpu(pid):
    words = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def sample(world):
    pid, data = world.gateway.pid, os.path.join(world.folder, "data")
    size = {name: os.path.getsize(os.path.join(data, name)) for name in os.listdir(data) if name.endswith((".db", ".db-wal"))}
    return {"rss": status(pid, "VmRSS") >> 10, "threads": status(pid, "Threads"), "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
            "wal": max(size["queue.db-wal"], size["registry.db-wal"]) >> 20, "store": (size["queue.db"] + size["registry.db"]) >> 20, "cpu": cpu(pid)}


def minute(world, load, dice, number, samples):
    """A fault for its first third, and an event to everybody."""
    start, names, script = time.monotonic(), [], {}
    for provider in ("apns", "fcm"):
        if dice.random() < 0.7:
            name, step = fault(dice, provider)
            script[provider] = {"*": [step]}
            names.append(f"{provider}: {name}")
    world.script(script)
    load.publish_to_all(f"all-{number}")
    isHealed, before = False, load.posted()
    while time.monotonic() < start + 60:
        assert world.gateway.poll() is None, f"the gateway ended by itself with {world.gateway.returncode}"
        assert not load.faults, load.faults
        if not isHealed and time.monotonic() > start + 20:
            world.simulated("DELETE", "/control/script")
            isHealed = True
        samples.append(sample(world))
        time.sleep(5)
    waits, load.waits = sorted(load.waits), []
    last = samples[-1]
    for name, lane in world.lanes().items():
        # An operator who has mended a credential.
        if lane["state"] == "credentialFault":
            world.resume(name)
    pending = sum(lane["pending"] + lane["deferred"] for lane in world.lanes().values())
    print(f"{number + 1:4} min  rss {last['rss']} MiB  threads {last['threads']}  descriptors {last['descriptors']}  wal {last['wal']} MiB  store {last['store']} MiB  "
          f"cpu {last['cpu']:.0f} s  posts {load.posted() - before}  p50 {1000 * waits[len(waits) // 2]:.0f} ms  p99 {1000 * waits[len(waits) * 99 // 100]:.0f} ms  "
          f"waiting {pending}  {'; '.join(names) or 'all well'}", flush=True)


def slope(samples, member):
    """(median of the second quarter, median of the last): the first quarter fills what is kept."""
    quarter = len(samples) // 4
    return [statistics.median(sample[member] for sample in part) for part in (samples[quarter:2 * quarter], samples[-quarter:])]


shutil.rmtree(options.folder, ignore_errors=True)
os.makedirs(options.folder, mode=0o700)
print(f"== soak of {options.minutes} minutes, seed {options.seed}; data and logs: {options.folder}", flush=True)
dice, samples, started = random.Random(options.seed), [], time.monotonic()
world = World(options.bin, options.folder, simulator=["--latency", "5", "--max-concurrent-streams", "100"])
try:
    world.start()
    load = Load(world, USERS, options.seed, publishers=max(1, options.posts // 10), pause=1)
    load.register_first(5)
    load.start()
    for number in range(options.minutes):
        minute(world, load, dice, number, samples)
    load.stop()
    settle(world, load, 300)
    end = sample(world)
    print("== judging", flush=True)
    figures = Join(world.binary("carillon"), world.config, load.acked, world.pushes_file).check(ambiguous=AMBIGUOUS, sample=100, seed=options.seed)
    print(f"== summary (seed {options.seed})\n   {json.dumps(figures)}")
    print(f"   {load.posted()} posts, {load.refused} refused, {load.unanswered} without an answer; {end['cpu']:.0f} CPU s in {time.monotonic() - started:.0f} s, "
          f"{10_000 * end['cpu'] / figures['accepted']:.2f} a 10,000 deliveries, all in")
    for member in ("rss", "threads", "descriptors", "wal", "store"):
        first, last = slope(samples, member)
        print(f"   {member}: {first:.0f} in the second quarter, {last:.0f} in the last; at most {max(sample[member] for sample in samples)}")
    memory = slope(samples, "rss")
    assert memory[1] < memory[0] * 1.2 + 16, f"memory grows: {memory}"
    assert max(sample["wal"] for sample in samples) <= 64, "the log grows"
    descriptors = slope(samples, "descriptors")
    assert descriptors[1] <= descriptors[0] + 32, f"descriptors grow: {descriptors}"
    print("   nothing lost, nothing grows")
finally:
    world.stop()
    if not options.keep:
        shutil.rmtree(os.path.join(options.folder, "data"), ignore_errors=True)
