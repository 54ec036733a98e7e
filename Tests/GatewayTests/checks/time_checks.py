"""Checks of clocks, stops and floods: time_checks.py BINARIES FOLDER CHECK. CARILLON_SEED repeats a run."""
import glob, http.client, json, os, random, re, signal, socket, sys, threading, time

from checker import Join, doctor
from gateway import BINARIES, FOLDER, main, start_with_shim, wait
from load import SCHOOL, Load, import_school, settle

CARILLON = os.path.join(BINARIES, "carillon")
SEED = int(os.environ.get("CARILLON_SEED") or random.SystemRandom().randrange(1 << 32))
STOP_SECONDS = float(os.environ.get("CARILLON_STOP_SECONDS") or 3)


def stopped_and_continued(world):
    """SIGSTOP in the middle of an event, then SIGCONT: answers that came meanwhile count, nothing is lost, duplicates are explained."""
    world.start()
    load = Load(world, [f"u{number:03}" for number in range(100)], SEED)
    load.register_first(10)
    status, answer, _ = world.publish(load.users)
    load.note({"id": answer["id"], "users": load.users})
    wait("the first pushes", lambda: world.rung() > 50)
    world.gateway.send_signal(signal.SIGSTOP)
    threading.Event().wait(STOP_SECONDS)
    world.gateway.send_signal(signal.SIGCONT)
    assert world.done(answer["id"])["deliveries"]["accepted"] == 1000
    Join(CARILLON, world.config, load.acked, os.path.join(FOLDER, "pushes.ndjson")).check(kills=1)


# --- clocks -----------------------------------------------------------------------------------------------------------------
class Clock:
    """The wall clock of one process (libfaketime); its monotonic clock stays the machine's."""

    def __init__(self):
        self.file = os.path.join(FOLDER, "clock")
        libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        assert libraries, "the Debian package faketime is missing: deploy/packages test"
        self.environment = {"LD_PRELOAD": libraries[0], "FAKETIME_TIMESTAMP_FILE": self.file, "FAKETIME_NO_CACHE": "1",
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        self.step(0)

    def step(self, seconds):
        with open(self.file + ".new", "w") as file:
            file.write(f"{seconds:+d}\n")
        os.replace(self.file + ".new", self.file)


def in_doubt(world):
    return world.call("GET", "/healthz", connection=http.client.HTTPConnection("127.0.0.1", world.metrics, timeout=30))[1]["isClockInDoubt"]


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def cloud_event(world, users, identity, **data):
    body = {"specversion": "1.0", "id": identity, "source": "https://ent.example.org/one", "type": "fr.ent.publication", "subject": identity,
            "time": rfc3339(0), "dataclassification": "clear",
            "data": {"app": "BLOG", "action": "PUBLISH-POST", "school": SCHOOL, "audience": [{"user": user} for user in users], "title": "T", "body": "B", **data}}
    status, answer, _ = world.call("POST", "/v1/events", json.dumps(body),
                                   {"Authorization": f"Bearer {world.key}", "Content-Type": "application/cloudevents+json"})
    assert status == 202, answer
    return answer["id"]


def clock_words(world, *words, code=0):
    ran = world.command("clock", *words, "-o", "json")
    assert ran.returncode == code, ran
    return json.loads(ran.stdout) if ran.stdout.strip() else None


def clock_is_accepted(world):
    """A person's word ends the doubt at once: what lay between the two times happens, and who said it is written down."""
    clock = Clock()
    world.prefix = ["/usr/bin/env"]
    world.start(clock.environment)
    world.register("parent", 0, "fcm")
    import_school(world)
    later = cloud_event(world, ["parent"], "later", notBefore=rfc3339(1200), expiresAt=rfc3339(7200))
    assert clock_words(world, "show")["isSuspect"] is False
    clock_words(world, "accept", "--why", "nothing is doubted", code=3)
    clock.step(3600)
    wait("the doubt", lambda: in_doubt(world), 10)
    assert clock_words(world, "show")["heldBack"]["scheduledEvents"] == 1
    assert world.command("clock", "accept").returncode == 2
    accepted = clock_words(world, "accept", "--why", "the server was behind")
    assert accepted["isSuspect"] is False and accepted["operation"], accepted
    assert not in_doubt(world)
    # Begun; sent it is not, since the provider doubts a credential signed an hour ahead of its clock.
    wait("the scheduled event", lambda: world.event(later)["state"] in ("expanding", "sending", "done"), 30)
    log = json.loads(world.command("operation", "list", "-o", "json").stdout)["items"]
    assert [item["verb"] for item in log][0] == "clock.accept" and log[0]["why"] == "the server was behind", log
    world.gateway.terminate()
    assert world.gateway.wait(30) == 0
    shown = clock_words(world, "show")
    assert shown["source"] == "store" and shown["highWater"], shown


def clock_steps(world):
    """An hour forward, an hour back, ten years back at start: nothing expires, starts or is lost by it."""
    clock = Clock()
    # libfaketime changes the environment of the first program it meets, and Swift finds its arguments beside the environment.
    world.prefix = ["/usr/bin/env"]
    world.start(clock.environment)
    users = [f"u{number:02}" for number in range(20)]
    world.register_all(users, 3)
    import_school(world)
    world.script({name: {"*": {"behaviour": "503", "retryAfter": 5}} for name in ("fcm", "apns")})
    waiting = cloud_event(world, users, "waiting", expiresAt=rfc3339(1800))
    later = cloud_event(world, users, "later", notBefore=rfc3339(1200), expiresAt=rfc3339(7200))
    wait("its pages", lambda: world.event(waiting)["deliveries"]["total"] == 60)
    assert not in_doubt(world)
    clock.step(3600)
    wait("the doubt", lambda: in_doubt(world), 10)
    # Several turns of the sweeper and the expander.
    threading.Event().wait(3)
    state = world.event(waiting)
    assert state["deliveries"]["expired"] == 0 and state["state"] == "sending", state
    assert world.event(later)["state"] == "scheduled"
    assert "the clock has stepped" in open(world.log).read()
    shown = clock_words(world, "show")
    assert shown["isSuspect"] and shown["suspectSince"] and shown["heldBack"]["scheduledEvents"] == 1, shown
    assert shown["heldBack"]["expiringEvents"] == 1, shown
    clock.step(0)
    wait("the end of the doubt", lambda: not in_doubt(world), 10)
    world.simulated("DELETE", "/control/script")
    for lane in ("fcm/onepocket", "apns/onepocket"):
        world.resume(lane)
    assert world.done(waiting)["deliveries"]["accepted"] == 60
    clock.step(-3600)
    back = cloud_event(world, users, "back", expiresAt=rfc3339(1800))
    assert world.done(back)["deliveries"]["accepted"] == 60
    world.kill()
    # A machine whose clock battery is empty.
    clock.step(-10 * 365 * 86_400)
    world.start(clock.environment)
    assert in_doubt(world)
    # Accepted and cut into pages; sent it cannot be, since every certificate lies in that clock's future.
    old = cloud_event(world, users, "old")
    wait("its pages", lambda: world.event(old)["deliveries"]["total"] == 60)
    assert len({waiting, later, back, old}) == 4 and world.event(later)["state"] == "scheduled"
    # The time server answers.
    clock.step(0)
    wait("the end of the doubt", lambda: not in_doubt(world), 10)
    for lane in ("fcm/onepocket", "apns/onepocket"):
        world.resume(lane)
    assert world.done(old)["deliveries"]["accepted"] == 60
    new = cloud_event(world, users, "new")
    assert world.done(new)["deliveries"]["accepted"] == 60 and new > old
    world.gateway.terminate()
    assert world.gateway.wait(30) == 0
    doctor(CARILLON, world.config)


# --- floods -----------------------------------------------------------------------------------------------------------------
def resident(world):
    return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{world.gateway.pid}/status").read())[1]) // 1024


def overload(world):
    """Ten times what it takes: refused in words, memory and descriptors bounded, everything promised kept."""
    world.write_config("limits: { acceptQueueMax: 4 }\n")
    flag = start_with_shim(world)
    load = Load(world, [f"u{number:03}" for number in range(50)], SEED, publishers=0)
    load.register_first(4)
    calm = resident(world)
    statuses, lock, ending = {}, threading.Lock(), threading.Event()

    def work(thread):
        number = 0
        while not ending.is_set():
            number += 1
            batch = [load.cloud_event(f"{thread}-{number}-{part}", load.users[:1], number) for part in range(20)]
            status, answer, headers = world.call("POST", "/v1/events", json.dumps(batch), {
                "Authorization": f"Bearer {world.key}", "Content-Type": "application/cloudevents-batch+json"})
            assert status in (202, 429, 503), (status, answer)
            assert status == 202 or headers["Retry-After"] and answer["detail"], (status, answer)
            with lock:
                statuses[status] = statuses.get(status, 0) + 1
            for result in (answer.get("results") or []) if status == 202 else []:
                if result["status"] == 202:
                    load.note({"id": result["id"], "users": load.users[:1]})
    faults = []
    # A slow disk on top, so that more comes than can be promised.
    with open(flag + ".new", "w") as file:
        file.write("* sync 0 0 -1 100\n")
    os.replace(flag + ".new", flag)

    def guarded(thread):
        try:
            work(thread)
        except BaseException as fault:
            faults.append(repr(fault))
    threads = [threading.Thread(target=guarded, args=(thread,), daemon=True) for thread in range(16)]
    for thread in threads:
        thread.start()
    # However fast the machine: until enough was asked, and refused, to prove something.
    wait("the flood", lambda: faults or sum(statuses.values()) >= 700 and statuses.get(503, 0) + statuses.get(429, 0) >= 100, 120)
    ending.set()
    for thread in threads:
        thread.join(120)
    os.unlink(flag)
    assert not faults, faults[:3]
    assert statuses.get(503, 0) + statuses.get(429, 0) > 0, f"nothing was refused, so nothing is proven: {statuses}"
    descriptors = len(os.listdir(f"/proc/{world.gateway.pid}/fd"))
    print(f"{statuses}; resident {calm} MB calm, {resident(world)} MB at most; {descriptors} descriptors", file=sys.stderr)
    assert resident(world) < 600 and descriptors < 300
    wal = os.path.getsize(os.path.join(FOLDER, "data", "queue.db-wal")) >> 20
    assert wal <= 68, f"the log has {wal} MB"
    world.publish(["u000"], "after")
    settle(world, load, 240)
    assert resident(world) < 600
    Join(CARILLON, world.config, load.acked, os.path.join(FOLDER, "pushes.ndjson")).check(sample=5)


DEEP = b"[" * 100_000
CORPUS = [
    b"", b"\x00" * 64, b"GET / HTTP/0.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
    b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin/lanes HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /v1/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
    b"POST /v1/events HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(5000)) + b"\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /v1/events/E-\xc3\x9f HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /v1/events/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /v1/events HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"\r\n\r\n\r\n", b"POST /v1/events\r\n",
]
BODIES = [
    b"", b"{", b"[]", b"null", b"0", b'"x"', DEEP, b'{"a":' * 50_000, b'{"action":"add","action":"add"}', b"\xff\xfe{}", b'{"a":"\\ud800"}', b'{"a":1e999999}',
    b'{"notificationName":1,"recipientIds":{}}', b'{"notificationName":"A.B","recipientIds":[' + b",".join([b'"x"'] * 20_001) + b"]}",
    b'{"notificationName":"A.B","recipientIds":[null,1,{},"' + b"x" * 10_000 + b'"]}', b'[{"specversion":"1.0"}]', b"-" * 1000, b"1" * 100_000,
    b'{"action":"add","type":"BLOG","event-type":"X","recipientsIds":["u"],"resource":"' + b"r" * 300_000 + b'"}', b'{"\x00":1}', b"\xef\xbb\xbf{}",
]


def malformed_input(world):
    """What no client should send: refused with 4xx or a closed connection; a valid neighbour is answered after each."""
    world.start()
    world.register("parent", 0, "fcm")
    chance, promised = random.Random(SEED), []
    print(f"seed {SEED}", file=sys.stderr)

    def neighbour(number):
        status, answer, _ = world.publish(["parent"], f"neighbour-{number}")
        assert status == 202, answer
        promised.append(answer["id"])
    for number, request in enumerate(CORPUS):
        with socket.create_connection(("127.0.0.1", world.public), timeout=10) as raw:
            try:
                raw.sendall(request)
                raw.shutdown(socket.SHUT_WR)
                answer = b""
                while block := raw.recv(65536):
                    answer += block
            except OSError:
                answer = b""
        assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4", b"HTTP/1.1 505", b"HTTP/1.1 501")), (request[:60], answer[:200])
        neighbour(number)
    valid = json.dumps({"action": "add", "type": "BLOG", "event-type": "PUBLISH-POST", "recipientsIds": ["parent"], "resource": "r", "params": {}}).encode()
    bodies = list(BODIES)
    for _ in range(300):
        body = bytearray(valid)
        for _ in range(chance.randint(1, 4)):
            position = chance.randrange(len(body))
            match chance.randrange(3):
                case 0: body[position] = chance.randrange(256)
                case 1: del body[position:position + chance.randint(1, 10)]
                case 2: body[position:position] = body[:chance.randint(1, 20)]
        bodies.append(bytes(body))
    types = ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json", "text/plain", "", "application/json; charset=\x7f"]
    for number, body in enumerate(bodies):
        for kind in types[:3] if number < len(BODIES) else [types[0] if chance.random() < 0.8 else chance.choice(types)]:
            headers = {"Authorization": f"Bearer {world.key}", "Content-Type": kind}
            try:
                status, answer, _ = world.call("POST", "/v1/events", body, headers)
            except (ConnectionError, http.client.HTTPException):
                # The body was too long to be read to its end.
                continue
            assert status in (200, 202) and number >= len(BODIES) or 400 <= status < 500, (kind, body[:80], status, answer)
        if number % 20 == 0:
            neighbour(f"body-{number}")
    slow = socket.create_connection(("127.0.0.1", world.public), timeout=30)
    slow.sendall(b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\nContent-Type: application/json\r\n\r\n{")
    neighbour("slow")
    slow.close()
    assert world.gateway.poll() is None and "Fatal error" not in open(world.log).read()
    for event in promised:
        assert world.done(event)["deliveries"]["accepted"] == 1
    doctor(CARILLON, world.config)


CHECKS = [stopped_and_continued, clock_steps, clock_is_accepted, overload, malformed_input]

if __name__ == "__main__":
    main(CHECKS, {"stopped_and_continued": {"simulator": ["--latency", "20", "--max-concurrent-streams", "50"]}})
