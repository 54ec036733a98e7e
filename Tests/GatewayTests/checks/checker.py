"""Joins what a load client was promised, what the providers got and what the store says, and tells where they differ.

    checker.py CARILLON CONFIG ACKED PUSHES [KILLS]

ACKED: lines of {"id": "E-…", "users": […]} for each 202, {"installation", "token", "user"} for each device
(without installation: asked for, perhaps not answered); PUSHES: the simulator's log.
"""
import collections, concurrent.futures, json, random, subprocess, sys

STATES = "pending,deferred,accepted,rejected,expired,withheld,dead,dropped"
# What may be under way on a lane, and as much again answered and not yet recorded: what a crash may send twice.
UNDER_WAY = 2 * 12 * 50


def run(carillon, config, *words, ok=(0,)):
    done = subprocess.run([carillon, *words, "--config", config], capture_output=True, text=True)
    if done.returncode not in ok:
        raise AssertionError(f"carillon {' '.join(words)} ended with {done.returncode}: {done.stdout[-3000:]} {done.stderr[-1000:]}")
    return done.stdout


def doctor(carillon, config, *more):
    """The deep check; its violations are an AssertionError."""
    report = json.loads(run(carillon, config, "doctor", "--deep", "-o", "json", *more, ok=(0, 1)))
    assert report["isSound"] and not report["violations"], json.dumps(report["violations"][:20], indent=1)
    return report["checked"]


class Join:
    def __init__(self, carillon, config, acked, pushes):
        self.carillon, self.config = carillon, config
        lines = [json.loads(line) for line in open(acked)]
        self.events = {line["id"]: line for line in lines if "id" in line}
        self.devices = {line["installation"]: line for line in lines if "installation" in line}
        # Registrations whose answer was lost included.
        self.owner = {line["token"]: line["user"] for line in lines if "token" in line}
        # Taken by the provider, whether or not its answer came back.
        self.taken = collections.defaultdict(list)
        for line in open(pushes):
            push = json.loads(line)
            if push["provider"] in ("apns", "fcm") and (push["outcome"] == "accepted" or push.get("delivered")):
                self.taken[push["token"]].append(push.get("collapseID") or push.get("tag"))
        self.faults = []

    def expect(self, holds, sentence):
        if not holds:
            self.faults.append(sentence)

    def check(self, kills=0, ambiguous=0, sample=20, seed=1):
        """Returns figures; raises with every difference."""
        checked = doctor(self.carillon, self.config)
        known = set(run(self.carillon, self.config, "event", "list", "-o", "ids").split())
        for event in self.events:
            self.expect(event in known, f"I1: {event} was answered 202 and is not in the store")
        accepted, now, seen = collections.Counter(), collections.Counter(), collections.Counter()
        for line in run(self.carillon, self.config, "queue", "list", "--state", STATES, "-o", "ndjson", ok=(0, 3)).splitlines():
            delivery = json.loads(line)
            now[delivery["state"]] += 1
            # A device that was given up since has no name any more.
            if delivery["device"] or delivery["state"] == "withheld":
                seen[delivery["event"], delivery["device"], delivery["user"]] += 1
            if delivery["state"] == "accepted" and delivery["device"] in self.devices:
                accepted[self.devices[delivery["device"]]["token"]] += 1
        # A person without device has one slot without device; everybody else one for each device.
        for (event, device, user), count in seen.items():
            self.expect(count == 1, f"I2: {event} has {count} deliveries for {user} on {device}")
        collapses, copies = {}, 0
        for token, identifiers in self.taken.items():
            distinct = set(identifiers)
            copies += len(identifiers) - len(distinct)
            for identifier in distinct:
                self.expect(identifier is not None, f"I4: a push to {token[:6]}… without collapse identifier")
                owner = collapses.setdefault(identifier, self.owner.get(token))
                self.expect(owner == self.owner.get(token), f"one message for two accounts: {owner} and {self.owner.get(token)}")
        for token, count in accepted.items():
            pushed = len(set(self.taken[token]))
            self.expect(count <= pushed, f"I2: {count} accepted for {token[:6]}… in the store, {pushed} at the provider")
        bound = ambiguous + kills * UNDER_WAY
        self.expect(copies <= bound, f"I4: {copies} duplicates, at most {bound} are explained")
        self.trace(sample, seed)
        if self.faults:
            raise AssertionError(f"{len(self.faults)} differences:\n" + "\n".join(self.faults[:30]))
        return {"events": len(self.events), "devices": len(self.devices), "duplicates": copies, **checked, **now}

    def trace(self, sample, seed):
        """Some events as an operator would see them: everybody the client named is accounted for."""
        chosen = random.Random(seed).sample(sorted(self.events), min(sample, len(self.events)))

        def look(event):
            return event, json.loads(run(self.carillon, self.config, "event", "trace", event, "-o", "json"))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for event, answer in pool.map(look, chosen):
                people = {person["guardian"] or person["user"] for person in answer["users"]}
                if answer["state"] in ("done", "sending"):
                    missing = set(self.events[event]["users"]) - people
                    self.expect(not missing, f"I2: {event} does not account for {sorted(missing)[:5]}")
                deliveries = answer["deliveries"]
                self.expect(deliveries["total"] == sum(v for k, v in deliveries.items() if k != "total"), f"I2: {event} {deliveries}")


if __name__ == "__main__":
    carillon, config, acked, pushes = sys.argv[1:5]
    print(json.dumps(Join(carillon, config, acked, pushes).check(kills=int(sys.argv[5]) if len(sys.argv) > 5 else 0)))
