"""Checks of the running gateway: gateway_checks.py BINARIES FOLDER CHECK. Ends with 0, or with a traceback."""
import base64, ctypes, hashlib, http.client, json, os, secrets, signal, socket, subprocess, sys, threading, time

BINARIES, FOLDER, CHECK = sys.argv[1:4]
TITLE, BODY = "Le billet secret du jour", "Un texte que personne d'autre ne lit"


def end_with_parent():
    """In a child before its program starts: the kernel kills it when this process is gone, however that came (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def wait(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {seconds} s")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class World:
    """A simulator and a gateway in a folder of their own."""

    def __init__(self, *simulator_options):
        self.processes = []
        # Before the gateway's own command line.
        self.prefix = []
        self.options = list(simulator_options)
        self.http_port, self.https_port = free_port(), free_port()
        self.public, self.metrics = free_port(), free_port()
        self.admin = f"/tmp/carillon-{os.getpid()}-{secrets.token_hex(4)}.sock"
        self.key = "cpk_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        self.log = os.path.join(FOLDER, "gateway.log")
        os.makedirs(os.path.join(FOLDER, "secrets"), exist_ok=True)
        self.secret("one.keys", "k1 sha256:" + hashlib.sha256(self.key.encode()).hexdigest() + "\n")
        self.secret("storage.key", "s1:" + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        self.start_simulator()
        self.config = os.path.join(FOLDER, "carillon.yaml")
        self.write_config()

    def secret(self, name, text):
        path = os.path.join(FOLDER, "secrets", name)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)

    def write_config(self, more=""):
        with open(self.config, "w") as file:
            file.write(f"""data: data
listen: {{ public: "127.0.0.1:{self.public}", admin: "{self.admin}", metrics: "127.0.0.1:{self.metrics}" }}
publishers:
  - {{ name: one, sources: [], schools: ["*"], rights: [events, directory], keysFile: secrets/one.keys }}
parents: {{ userinfoURL: "http://127.0.0.1:{self.http_port}/auth/oauth2/userinfo" }}
providers:
  fcm:  [ {{ name: onepocket, app: onepocket, serviceAccountFile: simulator/fcm.json, endpoint: "https://localhost:{self.https_port}" }} ]
  apns: [ {{ name: onepocket, app: onepocket, topic: com.ode.one, teamID: SIMTEAM001, keyID: SIMKEY0001, keyFile: simulator/apns.p8,
            environment: production, endpoint: "https://localhost:{self.https_port}" }} ]
tls: {{ caFile: simulator/ca.pem }}
storage: {{ keyFile: secrets/storage.key }}
{more}""")

    def start_simulator(self):
        self.simulator = subprocess.Popen(
            [os.path.join(BINARIES, "carillon-simulator"), "serve", "--data", os.path.join(FOLDER, "simulator"), "--port",
             str(self.https_port), "--http-port", str(self.http_port), "--log", os.path.join(FOLDER, "pushes.ndjson"),
             "--log-lines", "1000", *self.options], stdout=subprocess.PIPE, text=True, preexec_fn=end_with_parent)
        self.processes.append(self.simulator)
        json.loads(self.simulator.stdout.readline())

    def serve(self, environment=None):
        return subprocess.Popen(
            [*self.prefix, os.path.join(BINARIES, "carillon"), "serve", "--config", self.config], stderr=open(self.log, "a"),
            env={**os.environ, **(environment or {})}, preexec_fn=end_with_parent)

    def start(self, environment=None, mayDie=False):
        """mayDie: returns, too, when the gateway ends before it is ready."""
        self.gateway = self.serve(environment)
        self.processes.append(self.gateway)

        def ready():
            if self.gateway.poll() is not None and mayDie:
                return True
            assert self.gateway.poll() is None, (self.gateway.returncode, open(self.log).read()[-3000:])
            try:
                return self.call("GET", "/readyz")[0] == 200
            except OSError:
                return False
        wait("readiness", ready)

    def kill(self):
        self.gateway.send_signal(signal.SIGKILL)
        self.gateway.wait()
        self.processes.remove(self.gateway)

    def command(self, *words):
        return subprocess.run([os.path.join(BINARIES, "carillon"), *words, "--config", self.config], capture_output=True, text=True)

    def call(self, method, path, body=None, headers=None, connection=None):
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.public, timeout=30)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None, answer.headers

    def simulated(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=30)
        connection.request(method, path, body)
        content = connection.getresponse().read()
        return json.loads(content) if content else None

    def script(self, script):
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=30)
        connection.request("PUT", "/control/script", json.dumps(script))
        answer = connection.getresponse()
        assert answer.status in (200, 204), answer.read()

    def register(self, user, number, provider, connection=None):
        token = hashlib.sha256(f"{user}/{number}".encode()).hexdigest()
        status, answer, headers = self.call(
            "PUT", f"/v1/devices/{user}-{number}",
            json.dumps({"provider": provider, "token": token, "environment": "production", "app": "onepocket",
                        "platform": "ios" if provider == "apns" else "android"}),
            {"Authorization": f"Bearer ent-{user}", "Content-Type": "application/json"}, connection)
        return token if status in (200, 201) else (status, answer, headers)

    def register_all(self, users, devices):
        tokens, lock = set(), threading.Lock()

        def work(part):
            connection = http.client.HTTPConnection("127.0.0.1", self.public, timeout=60)
            for user in part:
                for number in range(devices):
                    token = self.register(user, number, "apns" if number % 3 == 0 else "fcm", connection)
                    assert isinstance(token, str), token
                    with lock:
                        tokens.add(token)
        threads = [threading.Thread(target=work, args=(users[i::8],)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return tokens

    def publish(self, users, name="r", headers=None):
        body = json.dumps({
            "action": "add", "type": "BLOG", "event-type": "PUBLISH-POST", "recipientsIds": users, "resource": name, "sender": "teacher",
            "params": {"resourceUri": f"/blog#/view/{name}"}, "pushNotif": {"title": TITLE, "body": BODY}})
        return self.call("POST", "/v1/events", body,
                         {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **(headers or {})})

    def event(self, event):
        return self.call("GET", f"/v1/events/{event}", headers={"Authorization": f"Bearer {self.key}"})[1]

    def done(self, event, seconds=120):
        return wait(f"the end of {event}", lambda: (lambda e: e if e["state"] == "done" else None)(self.event(event)), seconds)

    def accepted(self):
        counts = self.simulated("GET", "/control/counts")
        return counts["apns"]["accepted"] + counts["fcm"]["accepted"]

    def rung(self):
        counts = self.simulated("GET", "/control/counts")
        return counts["apns"]["distinctTokens"] + counts["fcm"]["distinctTokens"]

    def pushes(self):
        self.simulated("GET", "/control/counts")
        for line in open(os.path.join(FOLDER, "pushes.ndjson")):
            push = json.loads(line)
            if push["provider"] in ("apns", "fcm") and push["outcome"] == "accepted":
                yield push["token"], push.get("collapseID") or push.get("tag")

    def lane(self, name):
        status, answer, _ = self.call("GET", "/admin/lanes", connection=UnixConnection(self.admin))
        return next(lane for lane in answer["items"] if lane["lane"] == name)

    def resume(self, name):
        status, answer, _ = self.call("POST", f"/admin/lanes/resume?lane={name}", json.dumps({"actor": "test", "why": "test"}),
                                      {"Content-Type": "application/json"}, UnixConnection(self.admin))
        assert status == 200, answer

    def trace(self, event):
        return json.loads(self.command("event", "trace", event, "-o", "json").stdout)["users"]

    def devices(self, user):
        return json.loads(self.command("device", "list", "--user", user, "-o", "json").stdout)["items"]

    def stop(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.kill()
                process.wait()
        if os.path.exists(self.admin):
            os.unlink(self.admin)


def sums(state):
    deliveries = state["deliveries"]
    assert deliveries["total"] == sum(v for k, v in deliveries.items() if k != "total"), deliveries


# --- the checks -----------------------------------------------------------------------------------------------------------

def killed_three_times(world):
    """A gateway killed in the middle of an event to 10,000 devices, three times, loses nobody."""
    world.start()
    users = [f"u{number:04}" for number in range(1000)]
    tokens = world.register_all(users, 10)
    assert len(tokens) == 10_000
    status, answer, _ = world.publish(users)
    assert status == 202, answer
    event = answer["id"]
    for part in (2_500, 5_000, 7_500):
        wait(f"{part} phones", lambda: world.rung() >= part, 180)
        world.kill()
        assert world.rung() < 10_000, "the kill came too late to prove anything"
        world.start()
    state = world.done(event, 300)
    assert state["deliveries"]["accepted"] == 10_000, state
    sums(state)
    collapse, copies = {}, 0
    for token, identifier in world.pushes():
        copies += 1
        assert identifier and collapse.setdefault(token, identifier) == identifier, "a duplicate with another collapse identifier"
    assert set(collapse) == tokens, f"{len(tokens - set(collapse))} devices were never rung"
    # Bounded: at each kill what was in flight (12 connections of 50 streams) and as much again answered but not yet recorded.
    print(f"{copies - 10_000} duplicates after three kills", file=sys.stderr)
    assert copies - 10_000 <= 3 * 2 * 12 * 50
    log = open(world.log).read()
    assert TITLE not in log and BODY not in log and "u0000" not in log, "the log holds a text or a name"
    assert not any(token in log for token in tokens), "the log holds a token"


def accepted_is_on_disk(world):
    """Whatever got a 202 is there after kill -9, also with the answer as the last thing that happened."""
    world.start()
    world.register("parent", 0, "fcm")
    ids = []
    for round in range(5):
        for number in range(10):
            status, answer, _ = world.publish(["parent"], f"{round}-{number}")
            assert status == 202, answer
            ids.append(answer["id"])
        world.kill()
        world.start()
        assert [world.event(event)["id"] for event in ids] == ids
    assert len(set(ids)) == 50
    for event in ids:
        assert world.done(event)["guardians"]["notReached"] == 0
    status, answer, _ = world.publish(["parent"], "again", {"Idempotency-Key": "k"})
    world.kill()
    world.start()
    status, repeated, _ = world.publish(["parent"], "again", {"Idempotency-Key": "k"})
    assert (status, repeated["id"], repeated["duplicate"]) == (200, answer["id"], True), repeated


def one_process_per_folder(world):
    world.start()
    second = subprocess.run([os.path.join(BINARIES, "carillon"), "serve", "--config", world.config], capture_output=True, text=True)
    assert second.returncode == 75 and str(world.gateway.pid) in second.stderr, second
    assert world.call("GET", "/readyz")[0] == 200


def configuration_mistakes(world):
    os.unlink(os.path.join(FOLDER, "simulator", "apns.p8"))
    world.secret("storage.key", "not a key\n")
    world.write_config("lisen: {}\n")
    refused = subprocess.run([os.path.join(BINARIES, "carillon"), "serve", "--config", world.config], capture_output=True, text=True)
    assert refused.returncode == 78, refused
    for mistake in ("keyFile", "apns.p8", "lisen", "storage"):
        assert mistake in refused.stderr, (mistake, refused.stderr)
    assert "not a key" not in refused.stderr
    assert not os.path.exists(os.path.join(FOLDER, "data", "queue.db"))


def stops_gracefully(world):
    world.start()
    users = [f"u{number:03}" for number in range(200)]
    world.register_all(users, 5)
    event = world.publish(users)[1]["id"]
    wait("the first pushes", lambda: world.accepted() > 20)
    world.gateway.send_signal(signal.SIGTERM)
    assert world.gateway.wait(30) == 0
    before = list(world.pushes())
    assert len(before) == len(set(before)), "a graceful stop sends nothing twice"
    world.start()
    state = world.done(event)
    assert state["deliveries"]["accepted"] == 1000, state
    after = list(world.pushes())
    assert len(after) == len(set(after)) == 1000, f"{len(after)} pushes"


def provider_unreachable(world):
    world.start()
    users = [f"u{number}" for number in range(20)]
    world.register_all(users, 2)
    world.simulator.terminate()
    world.simulator.wait()
    event = world.publish(users)[1]["id"]
    wait("a lane that says so", lambda: world.lane("fcm/onepocket")["state"] != "active" or world.lane("apns/onepocket")["state"] != "active")
    state = world.event(event)
    assert state["deliveries"]["accepted"] == 0 and state["deliveries"]["pending"] + state["deliveries"]["deferred"] == 40, state
    # The persons of a timeline message are no guardians here, so the trace says how each stands.
    assert {person["state"] for person in world.trace(event)} == {"waiting"}
    world.start_simulator()
    state = world.done(event, 120)
    assert state["deliveries"]["accepted"] == 40, state
    assert all(device["state"] == "active" for user in users for device in world.devices(user))


def credential_fault(world):
    world.start()
    users = [f"u{number}" for number in range(10)]
    world.register_all(users, 2)
    world.script({"apns": {"*": "invalid-provider-token"}})
    event = world.publish(users)[1]["id"]
    wait("the pause", lambda: world.lane("apns/onepocket")["state"] == "credentialFault")
    wait("the other lane", lambda: world.event(event)["deliveries"]["accepted"] == 10)
    state = world.event(event)
    assert state["deliveries"]["pending"] == 10 and state["deliveries"]["deferred"] == 0, state
    waiting = json.loads(world.command("queue", "list", "--lane", "apns/onepocket", "-o", "json").stdout)["items"]
    assert len(waiting) >= 10 and all(delivery["attempts"] == 0 for delivery in waiting), waiting
    assert all(device["state"] == "active" for user in users for device in world.devices(user))
    world.simulated("DELETE", "/control/script")
    world.resume("apns/onepocket")
    state = world.done(event)
    assert state["deliveries"]["accepted"] == 20, state
    assert world.lane("apns/onepocket")["state"] == "active"


def tokens_die_on_proof(world):
    world.start()
    gone, busy, slow = world.register("gone", 0, "fcm"), world.register("busy", 0, "fcm"), world.register("slow", 0, "apns")
    world.script({"fcm": {gone: "unregistered", busy: {"behaviour": "503", "retryAfter": 1, "times": 1}},
                  "apns": {slow: {"behaviour": "503", "retryAfter": 1, "times": 1}}})
    event = world.publish(["gone", "busy", "slow"])[1]["id"]
    state = world.done(event)
    assert state["deliveries"]["rejected"] == 1 and state["deliveries"]["accepted"] == 2, state
    assert [(p["guardian"] or p["user"], p["reason"]) for p in world.trace(event) if p["state"] != "reached"] == [("gone", "tokenGone")]
    wait("the disabled device", lambda: [device["state"] for device in world.devices("gone")] == ["disabled"])
    assert world.devices("busy")[0]["state"] == world.devices("slow")[0]["state"] == "active"
    later = world.publish(["gone"], "later")[1]["id"]
    assert world.done(later)["deliveries"] == {"total": 1, "accepted": 0, "pending": 0, "deferred": 0, "rejected": 0, "expired": 0, "withheld": 1}
    world.simulated("DELETE", "/control/script")
    world.register("gone", 0, "fcm")
    again = world.publish(["gone"], "again")[1]["id"]
    assert world.done(again)["deliveries"]["accepted"] == 1


def ent_down(world):
    world.start()
    world.script({"ent": {"*": "503"}})
    status, answer, headers = world.register("parent", 0, "fcm")
    assert status == 503 and headers["Retry-After"], answer
    assert world.devices("parent") == []
    world.simulated("DELETE", "/control/script")
    world.simulator.terminate()
    world.simulator.wait()
    status, answer, headers = world.register("other", 0, "fcm")
    assert status == 503 and headers["Retry-After"], answer
    assert world.devices("other") == []
    world.start_simulator()
    assert isinstance(world.register("parent", 0, "fcm"), str)


def start_with_shim(world):
    """The gateway on a disk that is full, or otherwise sick, while the file returned exists: io-faults.c."""
    shim, flag = os.path.join(FOLDER, "faults.so"), os.path.join(FOLDER, "faults")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "io-faults.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True)
    world.start({"LD_PRELOAD": shim, "IO_FAULTS": flag, "IO_FAULTS_FOLDER": os.path.realpath(os.path.join(FOLDER, "data"))})
    return flag


def disk_full(world):
    """Accepts are refused while nothing new can be written; what was accepted is sent and recorded on the full disk."""
    flag = start_with_shim(world)
    users = [f"u{number:03}" for number in range(100)]
    world.register_all(users, 5)
    first = world.publish(users, "before")[1]["id"]
    wait("the first pushes", lambda: world.accepted() > 10)
    open(flag, "w").close()
    status, answer, headers = world.publish(["u000"], "during")
    assert status == 503 and headers["Retry-After"], (status, answer)
    assert world.call("GET", "/readyz")[0] == 503
    assert world.event(first)["state"] != "done", "the event ended too early to prove anything"
    state = world.done(first)
    assert state["deliveries"]["accepted"] == 500, state
    assert "cannot be recorded" not in open(world.log).read()
    os.unlink(flag)
    status, answer, _ = world.publish(["u000"], "during")
    assert status == 202, answer
    assert world.done(answer["id"])["deliveries"]["accepted"] == 5
    assert world.gateway.poll() is None and world.call("GET", "/readyz")[0] == 200


def nothing_unrecorded_is_sent(world):
    """While outcomes cannot be recorded the lanes stand still; afterwards everything goes out, nothing twice."""
    flag = start_with_shim(world)
    users = [f"u{number:03}" for number in range(200)]
    tokens = world.register_all(users, 5)
    event = world.publish(users)[1]["id"]
    wait("the first pushes", lambda: world.accepted() > 10)
    with open(flag, "w") as file:
        file.write("blocked")
    wait("the stop", lambda: "cannot be recorded" in open(world.log).read())
    stopped = world.accepted()
    assert stopped < 1000, "the event ended too early to prove anything"
    # Three tries of the recorder later only what was in flight at the stop (12 connections of 2 streams) has come on top.
    time.sleep(3)
    assert world.accepted() - stopped <= 24, f"{world.accepted() - stopped} sent that could not be recorded"
    os.unlink(flag)
    assert world.done(event)["deliveries"]["accepted"] == 1000
    pushes = [token for token, _ in world.pushes()]
    assert len(pushes) == 1000 and set(pushes) == tokens, f"{len(pushes)} pushes"


def reload(world):
    world.start()
    new = "cpk_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    old, world.key = world.key, new
    assert world.publish(["nobody"])[0] == 401
    good = open(world.config).read()
    with open(world.config, "a") as file:
        file.write("unknown: 1\n")
    world.secret("one.keys", "k2 sha256:" + hashlib.sha256(new.encode()).hexdigest() + "\n")
    world.gateway.send_signal(signal.SIGHUP)
    wait("the refusal", lambda: "reload refused" in open(world.log).read())
    refusals = [line for line in open(world.log) if "reload refused" in line]
    assert len(refusals) == 1 and '"level":"error"' in refusals[0] and "unknown" in refusals[0], refusals
    assert world.publish(["nobody"])[0] == 401
    with open(world.config, "w") as file:
        file.write(good)
    world.gateway.send_signal(signal.SIGHUP)
    wait("the new key", lambda: world.publish(["nobody"])[0] in (200, 202))
    world.key = old
    assert world.publish(["nobody"])[0] == 401


CHECKS = {check.__name__: check for check in (
    killed_three_times, accepted_is_on_disk, one_process_per_folder, configuration_mistakes, stops_gracefully, provider_unreachable,
    credential_fault, tokens_die_on_proof, ent_down, disk_full, nothing_unrecorded_is_sent, reload)}
# Slow enough to meet an event in the middle.
SIMULATOR_OPTIONS = {
    "killed_three_times": ["--latency", "20", "--max-concurrent-streams", "50"],
    "stops_gracefully": ["--latency", "20", "--max-concurrent-streams", "50"],
    "disk_full": ["--latency", "100", "--max-concurrent-streams", "2"],
    "nothing_unrecorded_is_sent": ["--latency", "100", "--max-concurrent-streams", "2"],
}


def end_with_test(parent=os.getppid()):
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def main(checks, simulator_options):
    """Runs the check of the command line in a world of its own; for the other files of checks, too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    threading.Thread(target=end_with_test, daemon=True).start()
    world = World(*simulator_options.get(CHECK, []))
    try:
        checks[CHECK](world)
    except BaseException:
        if os.path.exists(world.log):
            print(open(world.log).read()[-3000:], file=sys.stderr)
        raise
    finally:
        world.stop()


if __name__ == "__main__":
    main(CHECKS, SIMULATOR_OPTIONS)
