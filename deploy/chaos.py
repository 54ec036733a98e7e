"""The storm behind deploy/chaos; the rules it holds the gateway to are those of Tests/GatewayTests/checks/gateway.py."""
import argparse, collections, http.client, os, random, secrets, shutil, sys, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "Tests/GatewayTests/checks"))
from crowd import Crowd
from faults import fault
from gateway import World, conserved, receiver, resource

options = argparse.ArgumentParser(prog="deploy/chaos")
options.add_argument("bin")
options.add_argument("--minutes", type=float, default=10)
options.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
options.add_argument("--no-crowd", action="store_true", help="without hostile clients beside the honest ones")
options.add_argument("--keep", action="store_true", help="leave data and logs")
options = options.parse_args()
WORK = os.path.join(ROOT, ".build/chaos")
# No fault ever: what happens elsewhere must not be felt here.
CONTROL = "fcm"
USERS = [f"u{number:03}" for number in range(150)]
# Only their tokens are ever called gone, so that of everybody else each delivery must arrive.
MORTAL = USERS[:15]
# Beside a hostile crowd: what an honest publisher waits for its answer, and what the gateway may hold in memory.
ACCEPT_SECONDS_P99, MEMORY_MIB = 1.0, 300
violations, said, figures = [], collections.Counter(), collections.Counter()
accepts, memory = [], []


def say(text):
    print(f"{time.monotonic() - STARTED:7.1f} s  {text}", flush=True)


def violation(text):
    violations.append(text)
    say(f"VIOLATION {text}")


def script(dice, world, tokens):
    """A new mixture; each provider is well in a third of the cases."""
    made, names = {}, []
    for provider in ("apns", "fcm"):
        if dice.random() < 0.67:
            name, step = fault(dice, provider)
            made[provider] = {"*": [step]}
            names.append(f"{provider}: {name}")
    steps = []
    for service in world.services:
        if service != CONTROL and dice.random() < 0.6:
            name, step = fault(dice, "webpush")
            steps.append({**step, "listener": world.services[service][0]})
            names.append(f"{service}: {name}")
    if steps:
        made["webpush"] = {"*": steps}
    if dice.random() < 0.3:
        word = dice.choice(["503", "html-502", "no-access-token", "invalid-grant", "silence", "close"])
        made["google"] = {"*": {"behaviour": word, "times": 3}}
        names.append(f"token endpoint: {word}")
    if dice.random() < 0.3:
        for user in dice.sample(MORTAL, 4):
            for number, provider in enumerate(("fcm", "fcm", "apns")):
                made.setdefault(provider, {})[tokens[f"{user}-{number}"]] = {"behaviour": "unregistered", "timestampFromNow": 0}
        names.append("410 of 4 persons")
    return names, made


class Publisher(threading.Thread):
    """Posts all the time, and each event again under the same key until the answer is known."""

    def __init__(self, world, dice):
        super().__init__(daemon=True)
        self.world, self.dice, self.stopped = world, dice, threading.Event()
        self.events, self.to = {}, {}

    def run(self):
        number = 0
        while not self.stopped.wait(self.dice.uniform(0.1, 0.5)):
            number += 1
            name = f"e{number}"
            users = self.dice.sample(USERS, self.dice.choice([1, 3, 10, 40]))
            while not self.stopped.is_set():
                try:
                    begun = time.monotonic()
                    status, answer, _ = self.world.publish(users, name, {"Idempotency-Key": name})
                    accepts.append(time.monotonic() - begun)
                except (OSError, ValueError, http.client.HTTPException):
                    figures["posts without answer"] += 1
                    time.sleep(0.1)
                    continue
                if status in (200, 202):
                    figures["posts repeated"] += status == 200
                    self.events[name], self.to[name] = answer["id"], users
                    break
                if status != 503:
                    violation(f"a post was answered {status}: {answer}")
                    break
                time.sleep(0.2)


class Watcher(threading.Thread):
    """Looks at the lanes twice a second."""

    def __init__(self, world):
        super().__init__(daemon=True)
        self.world, self.stopped, self.states = world, threading.Event(), collections.defaultdict(collections.Counter)

    def run(self):
        while not self.stopped.wait(0.5):
            try:
                with open(f"/proc/{self.world.gateway.pid}/status") as status:
                    memory.extend(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))
                lanes = self.world.lanes()
            except (OSError, ValueError, http.client.HTTPException):
                continue
            for name, lane in lanes.items():
                self.states[name][lane["state"]] += 1


def register(world, users):
    """Two Android phones, an iPhone and two browsers each."""
    tokens = world.register_all(users, 3, lambda number: "fcm" if number < 2 else "apns")
    for index, user in enumerate(users):
        others = [service for service in world.services if service != CONTROL]
        for service in (CONTROL, others[index % len(others)]):
            installation = world.browser(user, service)
            assert isinstance(installation, str), installation
            tokens.add(installation)
    return tokens


def storm(world, publisher, dice, seconds):
    end = time.monotonic() + seconds
    next_kill = time.monotonic() + dice.uniform(20, 40)
    while time.monotonic() < end:
        names, made = script(dice, world, world.devices_known)
        said.update(names)
        say("; ".join(names) or "all well")
        world.script(made)
        if dice.random() < 0.2:
            world.simulated("DELETE", "/control/access-tokens")
            said["access tokens revoked"] += 1
        until = min(end, time.monotonic() + dice.uniform(2, 8))
        while time.monotonic() < until:
            if world.gateway.poll() is not None:
                violation(f"the gateway ended by itself with {world.gateway.returncode}")
                world.start()
            if time.monotonic() >= next_kill:
                say("kill -9")
                world.kill()
                figures["kills"] += 1
                world.start()
                next_kill = time.monotonic() + dice.uniform(30, 60)
            time.sleep(0.1)
        # As their apps do at the next launch.
        for user in MORTAL:
            for number, provider in enumerate(("fcm", "fcm", "apns")):
                if dice.random() < 0.1:
                    world.register(user, number, provider)
        # An operator who has mended a credential.
        for name, lane in world.lanes().items():
            if lane["state"] == "credentialFault" and dice.random() < 0.5:
                world.resume(name)


def settle(world, publisher):
    """The faults end; everything accepted comes to its end."""
    publisher.stopped.set()
    publisher.join()
    world.simulated("DELETE", "/control/script")
    for name, lane in world.lanes().items():
        if lane["state"] != "active":
            world.resume(name)
    say(f"the faults end; {len(publisher.events)} events accepted")
    open_events, end = dict(publisher.events), time.monotonic() + 420
    while open_events and time.monotonic() < end:
        open_events = {name: event for name, event in open_events.items() if world.event(event)["state"] != "done"}
        time.sleep(0.5)
    for name, event in list(open_events.items())[:5]:
        violation(f"{name} ({event}) does not end: {world.event(event)['deliveries']}")


def judge(world, publisher, watcher):
    try:
        conserved(world, publisher.events, copies=True)
    except AssertionError as error:
        violation(str(error))
    owner = {token: installation.split("-")[0] for installation, token in world.devices_known.items()}
    copies = collections.Counter()
    for push in world.records():
        if push["outcome"] != "accepted":
            continue
        if owner[push["token"]] != receiver(push):
            violation(f"a phone of {owner[push['token']]} rang for {receiver(push)}")
        copies[resource(push), push["token"]] += 1
    totals = collections.Counter()
    for name, event in publisher.events.items():
        state = world.event(event)
        totals.update(state["deliveries"])
        immortal = not set(publisher.to[name]) & set(MORTAL)
        if immortal and state["deliveries"]["accepted"] != 5 * len(publisher.to[name]):
            violation(f"{name}: {5 * len(publisher.to[name])} devices of people whose tokens are good, but {state['deliveries']}")
    strangers = {name for name in copies if name[0] not in publisher.events}
    # Posted, on disk, and killed before its 202 and again before the repetition: possible only at the very end.
    if len({name for name, _ in strangers}) > 1:
        violation(f"pushes of {len(strangers)} events nobody was told of")
    lane = world.web_lane(CONTROL)
    if set(watcher.states[lane]) - {"active"}:
        violation(f"the lane without faults was seen as {dict(watcher.states[lane])}")
    # Only what is out of the ordinary leaves a row.
    retried = world.query("queue", "SELECT count(*) FROM attempt JOIN page ON page.id = delivery >> 10 JOIN lane ON lane.id = page.lane WHERE lane.name = ?",
                          lane)[0][0]
    if retried:
        violation(f"the lane without faults tried {retried} times again")
    ill = [d["installation"] for user in USERS if user not in MORTAL for d in world.devices(user) if d["state"] != "active"]
    if ill:
        violation(f"{len(ill)} good tokens were given up, for example {ill[0]}")
    slowest = sorted(accepts)[len(accepts) * 99 // 100] if accepts else 0
    if slowest > ACCEPT_SECONDS_P99:
        violation(f"one post in a hundred waits longer than {slowest:.2f} s for its answer")
    if max(memory, default=0) > MEMORY_MIB:
        violation(f"the gateway held {max(memory)} MiB")
    errors = [line for line in open(world.log) if '"level":"critical"' in line]
    if errors:
        violation(f"critical: {errors[0]}")
    return totals, copies


shutil.rmtree(WORK, ignore_errors=True)
os.makedirs(WORK, mode=0o700)
STARTED, dice = time.monotonic(), random.Random(options.seed)
print(f"== chaos of {options.minutes:g} minutes, seed {options.seed}; data and logs: {WORK}", flush=True)
world = World(options.bin, WORK, simulator=["--latency", "5", "--max-concurrent-streams", "100"],
              services=["mozilla", "apple", CONTROL, "wns", "http1"])
# The usual limit of descriptors, which a crowd fills.
world.prefix = ["prlimit", "--nofile=1024:1024"]
try:
    world.start()
    tokens = register(world, USERS)
    say(f"{len(tokens)} devices of {len(USERS)} persons on {2 + len(world.services)} lanes")
    publisher, watcher = Publisher(world, random.Random(options.seed + 1)), Watcher(world)
    publisher.start()
    watcher.start()
    crowd = None if options.no_crowd else Crowd(world.public, options.seed + 2)
    if crowd:
        crowd.start()
    storm(world, publisher, dice, options.minutes * 60)
    if crowd:
        crowd.stop()
    settle(world, publisher)
    watcher.stopped.set()
    totals, copies = judge(world, publisher, watcher)
    print(f"\n== summary (seed {options.seed})")
    print(f"   {len(publisher.events)} events, {figures['kills']} kills, {figures['posts without answer']} posts without an answer, "
          f"{figures['posts repeated']} answered as duplicates")
    print("   deliveries: " + ", ".join(f"{count} {name}" for name, count in totals.items()))
    print(f"   pushes taken by the providers: {sum(copies.values())} for {len(copies)} deliveries; "
          f"{sum(copies.values()) - len(copies)} second copies, all with the first one's collapse identifier")
    print(f"   answers to posts: p50 {sorted(accepts)[len(accepts) // 2] * 1000:.0f} ms, p99 {sorted(accepts)[len(accepts) * 99 // 100] * 1000:.0f} ms; "
          f"memory at most {max(memory, default=0)} MiB")
    if crowd:
        print("   crowd: " + ", ".join(f"{count} {name}" for name, count in crowd.done.most_common()))
    print("   faults: " + ", ".join(f"{count} {name}" for name, count in said.most_common()))
    for name, states in sorted(watcher.states.items()):
        print(f"   {name}: seen " + ", ".join(f"{count} times {state}" for state, count in states.most_common()))
    print(f"   {len(violations)} violations, {time.monotonic() - STARTED:.0f} s")
finally:
    world.stop()
    if not options.keep and not violations:
        shutil.rmtree(os.path.join(WORK, "data"), ignore_errors=True)
for text in violations[:20]:
    print(f"   VIOLATION {text}")
sys.exit(1 if violations else 0)
