"""A mixed load for the checks that kill and starve a gateway: every dialect, singles and batches, registrations, provider faults."""
import http.client, json, os, random, threading, time

from gateway import FOLDER, token_of, usual_provider

SCHOOL = "0429901A"
SOURCE = "https://ent.example.org/one"
# Of one load; a check may run two, beside the devices it registers first.
REGISTRATIONS_PER_USER = 7
FAULTS = [
    {},
    {"fcm": {"*": {"behaviour": "503", "retryAfter": 1, "times": 40}}},
    {"apns": {"*": {"behaviour": "429", "retryAfter": 1, "times": 20}}},
    {"apns": {"*": {"every": 50, "goaway": {"last": "before", "code": "NO_ERROR"}}}},
    {"fcm": {"*": {"every": 40, "behaviour": "reset", "code": "REFUSED_STREAM", "times": 20}}},
    {"fcm": {"*": {"every": 60, "behaviour": "reset", "code": "INTERNAL_ERROR", "delivers": True, "times": 5}}},
    {"apns": {"*": {"every": 90, "behaviour": "close", "delivers": True, "times": 2}}},
]


def import_school(world):
    """The schools the CloudEvents speak of."""
    delivery = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "SampleData/saint-etienne/aaf1d/complet-2026-09-01")
    imported = world.command("directory", "import", delivery, "--format", "aaf1d", "--mode", "complete")
    assert imported.returncode == 0, imported


class Load:
    """Posts and registers until `stop`; what was promised goes to the acked log at once. What was not answered is sent again with the
    same identity, also over a restart, and its first answer has to stay its answer."""

    def __init__(self, world, users, seed, publishers=3, pause=0.05, posts=None):
        """`pause`: seconds between two registrations. `posts`: what each publisher may post until it is raised; None: no end."""
        self.world, self.users, self.random = world, users, random.Random(seed)
        self.acked = os.path.join(FOLDER, "acked.ndjson")
        self.file, self.lock = open(self.acked, "a"), threading.Lock()
        self.answers, self.pause, self.posts = {}, pause, posts
        # Seconds from a post to its answer, since somebody last took them away.
        self.waits = []
        self.ending, self.faults = threading.Event(), []
        self.refused = self.unanswered = 0
        self.threads = [threading.Thread(target=self.guard, args=(self.publish, seed * 100 + n), daemon=True) for n in range(publishers)]
        self.threads.append(threading.Thread(target=self.guard, args=(self.register, seed * 100 + 99), daemon=True))

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(120)
            assert not thread.is_alive(), "the load does not end"
        assert not self.faults, self.faults[:5]

    def guard(self, work, seed):
        try:
            work(random.Random(seed), seed)
        except BaseException as fault:  # noqa: B902  (a thread's end has to reach the check)
            self.faults.append(repr(fault))

    def posted(self):
        """Events that were answered."""
        return len(self.answers)

    def note(self, line):
        """`at`: nanoseconds of CLOCK_MONOTONIC."""
        with self.lock:
            self.file.write(json.dumps({**line, "at": time.monotonic_ns()}) + "\n")
            self.file.flush()

    # --- events -------------------------------------------------------------------------------------------------------------
    def cloud_event(self, identity, users, number):
        return {"specversion": "1.0", "id": identity, "source": SOURCE, "type": "fr.ent.publication", "subject": f"BLOG/{number}",
                "time": "2026-09-18T10:00:00+02:00", "datacontenttype": "application/json", "dataclassification": "clear",
                "data": {"app": "BLOG", "action": "PUBLISH-POST", "school": SCHOOL, "audience": [{"user": user} for user in users],
                         "title": "Titre", "body": "Texte " * random.Random(number).randint(1, 40)}}

    def publish(self, chance, thread):
        number = 0
        # Slow enough for a debug build on a busy machine to send what is posted.
        while not self.ending.wait(0.1):
            if self.posts is not None and number >= self.posts:
                continue
            number += 1
            identity = f"{thread}-{number}"
            users = chance.sample(self.users, chance.randint(1, 4))
            self.until_answered(*self.form(chance.randrange(5), identity, users, number))

    def form(self, dialect, identity, users, number):
        """(identities, users, body, headers) in one of five forms"""
        headers = {"Authorization": f"Bearer {self.world.key}", "Content-Type": "application/json", "Idempotency-Key": identity}
        if dialect == 0:
            body = {"action": "add", "type": "BLOG", "event-type": "PUBLISH-POST", "recipientsIds": users, "resource": identity,
                    "sender": "teacher", "params": {}, "pushNotif": {"title": "Titre", "body": "Texte"}}
        elif dialect == 1:
            body = {"notificationName": "Communities.Announcement_New", "recipientIds": users, "params": {"n": number}}
        elif dialect == 2:
            body, headers["Content-Type"] = self.cloud_event(identity, users, number), "application/cloudevents+json"
        elif dialect == 3:
            whole = self.cloud_event(identity, users, number)
            body = whole.pop("data")
            headers.update({f"ce-{name}": value for name, value in whole.items() if name != "datacontenttype"})
        else:
            body = [self.cloud_event(f"{identity}-{part}", users, number) for part in range(5)]
            headers["Content-Type"] = "application/cloudevents-batch+json"
            return [f"{identity}-{part}" for part in range(5)], users, json.dumps(body), headers
        return [identity], users, json.dumps(body), headers

    def publish_to_all(self, name):
        """One event to every phone there is."""
        self.until_answered(*self.form(0, name, self.users, 1))

    def until_answered(self, identities, users, body, headers):
        while True:
            start = time.monotonic()
            try:
                status, answer, _ = self.world.call("POST", "/v1/events", body, headers)
                self.waits.append(time.monotonic() - start)
            except (OSError, http.client.HTTPException):
                # Killed, or not up yet: nobody knows whether it was taken.
                self.unanswered += 1
                if self.ending.wait(0.02):
                    return
                continue
            if status in (429, 503):
                self.refused += 1
                if self.ending.wait(0.05):
                    return
                continue
            assert status in (200, 202), (status, answer)
            results = answer.get("results") or [{"status": status, **answer}]
            for identity, result in zip(identities, results):
                if result["status"] in (429, 503):
                    continue
                assert result["status"] in (200, 202), result
                first = self.answers.setdefault(identity, result["id"])
                assert first == result["id"], f"I5: {identity} was {first} and is {result['id']}"
                self.note({"id": result["id"], "users": users, "identity": identity})
            return

    # --- devices ------------------------------------------------------------------------------------------------------------
    def register(self, chance, thread):
        number = 0
        # In turn and so many only, however long a slow machine takes: beyond twenty an account loses its oldest phone.
        while not self.ending.wait(self.pause) and number < REGISTRATIONS_PER_USER * len(self.users):
            user, provider = self.users[number % len(self.users)], chance.choice(["fcm", "apns"])
            number += 1
            # Known to be possible before it is promised: an answer may be lost to a kill.
            self.note({"token": token_of(user, f"{thread}-{number}", provider), "user": user})
            try:
                token = self.world.register(user, f"{thread}-{number}", provider)
            except (OSError, http.client.HTTPException):
                continue
            if isinstance(token, str):
                self.promise(user, f"{thread}-{number}", token)

    def promise(self, user, number, token):
        self.note({"installation": f"{user}-{number}", "token": token, "user": user})

    def register_first(self, devices):
        import_school(self.world)
        self.world.register_all(self.users, devices)
        for user in self.users:
            for number in range(devices):
                self.promise(user, number, token_of(user, number, usual_provider(number)))


def settle(world, load, seconds=60):
    """After the faults: lanes open, everything accepted is done, or waits for a retry whose time has not come. A slow machine may take
    its time; `seconds` without an event expanded or a delivery ended is a fault."""
    world.simulated("DELETE", "/control/script")
    least, progress = None, time.monotonic()
    while True:
        lanes = [world.lane(lane) for lane in ("fcm/onepocket", "apns/onepocket")]
        for lane in lanes:
            if lane["state"] != "active":
                world.resume(lane["lane"])
        status = json.loads(world.command("queue", "status", "-o", "json").stdout)["events"]
        waits = {state: count for state, count in status.items() if state != "doneToday" and count}
        if not waits:
            return
        # In this order: an expanded event makes deliveries.
        left = (status.get("accepted", 0), sum(lane["pending"] for lane in lanes), sum(lane["deferred"] for lane in lanes))
        if least is None or left < least:
            least, progress = left, time.monotonic()
        if set(waits) == {"sending"} and time.monotonic() - progress > 5:
            listed = [json.loads(line) for line in world.command("queue", "list", "-o", "ndjson").stdout.splitlines()]
            if all(delivery["state"] == "deferred" for delivery in listed):
                return
        assert time.monotonic() - progress < seconds, f"I3: nothing ends for {seconds} s: {waits}, {lanes}"
        threading.Event().wait(0.2)
