"""A simulator and a gateway in a folder of their own, and what every check asks them. Used as `main(CHECKS, SETUPS)` by a file of checks,
which is called with BINARIES FOLDER CHECK and ends with 0 or with a traceback."""
import base64, ctypes, hashlib, http.client, json, os, re, secrets, signal, socket, sqlite3, subprocess, sys, threading, time

TITLE, BODY = "Le billet secret du jour", "Un texte que personne d'autre ne lit"
LINKS = "https://ent.example.org"
# Of the command line of a file of checks; nothing when it is only imported.
BINARIES, FOLDER = (sys.argv[1:3] + ["", ""])[:2]
# What commands say is asserted in English, whatever language whoever runs the checks reads.
os.environ["LC_ALL"] = "C.UTF-8"


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


RESERVED = []


def free_port():
    """
    Ours until this process ends: the socket stays bound and never listens, so the kernel gives the port to nobody who asks for a free one,
    and to a server that asks for it by number with SO_REUSEADDR, as all of ours do.
    """
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", 0))
    RESERVED.append(reserved)
    return reserved.getsockname()[1]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def usual_provider(number):
    return "apns" if number % 3 == 0 else "fcm"


def token_of(user, number, provider):
    """64 hexadecimal digits are Apple's; the gateway refuses them as a token of FCM."""
    digits = hashlib.sha256(f"{user}/{number}".encode()).hexdigest()
    return digits if provider == "apns" else "f-" + digits


class World:
    """
    simulator: options of `carillon-simulator serve`.
    services: names of push services, each on a port of its own; the one called `http1` speaks HTTP/1.1 only.
    private: what allowPrivateAddresses is.
    fcm: more members of the lane fcm/onepocket. more: more lines of the configuration.
    """

    def __init__(self, binaries, folder, simulator=(), services=(), private=True, fcm="", more=""):
        self.binaries, self.folder = binaries, folder
        self.processes, self.devices_known = [], {}
        # Before the command lines of gateway and simulator, and around them; the operator's commands live in the time of this machine.
        self.prefix, self.environment = [], {}
        self.options, self.fcm, self.private = list(simulator), fcm, private
        self.http_port, self.https_port = free_port(), free_port()
        self.public, self.metrics = free_port(), free_port()
        # Listeners are numbered in the order of the options, those of HTTP/1.1 last.
        names = [name for name in services if name != "http1"] + [name for name in services if name == "http1"]
        self.services = {name: (f"webpush-{number}", free_port()) for number, name in enumerate(names, 1)}
        self.admin = f"/tmp/carillon-{os.getpid()}-{secrets.token_hex(4)}.sock"
        self.key = "cpk_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        self.log, self.pushes_file = os.path.join(folder, "gateway.log"), os.path.join(folder, "pushes.ndjson")
        os.makedirs(os.path.join(folder, "secrets"), exist_ok=True)
        self.secret("one.keys", "k1 sha256:" + hashlib.sha256(self.key.encode()).hexdigest() + "\n")
        self.secret("storage.key", "s1:" + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        if self.services:
            made = subprocess.run([self.binary("carillon"), "key", "generate", "vapid", "--out", os.path.join(folder, "secrets", "vapid.pem"),
                                   "-o", "json"], capture_output=True, text=True, check=True)
            self.vapid = json.loads(made.stdout)["publicKey"]
        self.start_simulator()
        # Checks run at any hour; those of quiet hours set their own.
        self.quiet_hours = "enabled: false"
        # Most checks post one text again and again.
        self.merge_seconds = 0
        self.rights, self.proofs = "events, directory", "keysFile: secrets/one.keys"
        self.config = os.path.join(folder, "carillon.yaml")
        self.write_config(more)

    def binary(self, name):
        return os.path.join(self.binaries, name)

    def secret(self, name, text):
        path = os.path.join(self.folder, "secrets", name)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)

    def write_config(self, more=""):
        # Two names of one simulator: what ails one host must not be held against the other.
        browsers = "" if not self.services else f"""
  webpush: {{ name: web, keyFile: secrets/vapid.pem, subject: "mailto:ops@carillon-checks.fr", baseURL: "{LINKS}",
              allowHosts: [{", ".join(f'"localhost:{port}"' for _, port in self.services.values())}],
              allowPrivateAddresses: {"true" if self.private else "false"} }}"""
        with open(self.config, "w") as file:
            file.write(f"""data: data
merge: {{ windowSeconds: {self.merge_seconds} }}
listen: {{ public: "127.0.0.1:{self.public}", admin: "{self.admin}", metrics: "127.0.0.1:{self.metrics}" }}
publishers:
  - {{ name: one, sources: [], schools: ["*"], rights: [{self.rights}], {self.proofs} }}
parents: {{ userinfoURL: "http://127.0.0.1:{self.http_port}/auth/oauth2/userinfo" }}
providers:
  fcm:  [ {{ name: onepocket, app: onepocket, serviceAccountFile: simulator/fcm.json, endpoint: "https://localhost:{self.https_port}"{self.fcm} }} ]
  apns: [ {{ name: onepocket, app: onepocket, topic: com.ode.one, teamID: SIMTEAM001, keyID: SIMKEY0001, keyFile: simulator/apns.p8,
            environment: production, endpoint: "https://127.0.0.1:{self.https_port}" }} ]{browsers}
tls: {{ caFile: simulator/ca.pem }}
storage: {{ keyFile: secrets/storage.key, softFreeBytes: 0, softFreePercent: 0, ballastBytes: 0 }}
quietHours: {{ {self.quiet_hours} }}
{more}""")

    # --- processes

    def start_simulator(self):
        services = []
        for name, (_, port) in self.services.items():
            services += ["--webpush-http1", f"unifiedpush:{port}"] if name == "http1" else ["--webpush", f"{name}:{port}"]
        self.simulator = subprocess.Popen(
            [*self.prefix, self.binary("carillon-simulator"), "serve", "--data", os.path.join(self.folder, "simulator"), "--port",
             str(self.https_port), "--http-port", str(self.http_port), "--log", self.pushes_file, "--log-lines", "1000",
             *services, *self.options], stdout=subprocess.PIPE, text=True, env={**os.environ, **self.environment},
            preexec_fn=end_with_parent)
        self.processes.append(self.simulator)
        json.loads(self.simulator.stdout.readline())

    def serve(self, environment=None):
        return subprocess.Popen(
            [*self.prefix, self.binary("carillon"), "serve", "--config", self.config], stderr=open(self.log, "a"),
            env={**os.environ, **self.environment, **(environment or {})}, preexec_fn=end_with_parent)

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

    def stop(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.kill()
                process.wait()
        if os.path.exists(self.admin):
            os.unlink(self.admin)

    # --- the gateway

    def command(self, *words, **more):
        return subprocess.run([self.binary("carillon"), *words, "--config", self.config], capture_output=True, text=True, env={**os.environ, **more})

    def items(self, *words):
        """Of a list, without a limit."""
        listed = self.command(*words, "-o", "ndjson")
        assert listed.returncode in (0, 3), listed.stderr
        return [json.loads(line) for line in listed.stdout.splitlines()]

    def call(self, method, path, body=None, headers=None, connection=None):
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.public, timeout=30)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None, answer.headers

    def put_device(self, user, installation, registration, connection=None):
        return self.call("PUT", f"/v1/devices/{installation}", json.dumps({"app": "onepocket", "environment": "production", **registration}),
                         {"Authorization": f"Bearer ent-{user}", "Content-Type": "application/json"}, connection)

    def register(self, user, number, provider, connection=None):
        token = token_of(user, number, provider)
        status, answer, headers = self.put_device(
            user, f"{user}-{number}", {"provider": provider, "token": token, "platform": "ios" if provider == "apns" else "android"}, connection)
        if status not in (200, 201):
            return status, answer, headers
        self.devices_known[f"{user}-{number}"] = token
        return token

    def register_all(self, users, devices, provider=usual_provider):
        tokens, lock = set(), threading.Lock()

        def work(part):
            connection = http.client.HTTPConnection("127.0.0.1", self.public, timeout=60)
            for user in part:
                for number in range(devices):
                    token = self.register(user, number, provider(number), connection)
                    assert isinstance(token, str), token
                    with lock:
                        tokens.add(token)
        threads = [threading.Thread(target=work, args=(users[i::8],)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return tokens

    def browser(self, user, service, installation=None):
        """A new browser that has subscribed with the gateway's key; its installation is its subscription's id, too."""
        listener, _ = self.services[service]
        installation = installation or f"{user}-{service}"
        key = self.call("GET", "/v1/webpush/key")[1]["publicKey"]
        made = self.simulated("POST", f"/control/subscriptions?listener={listener}", json.dumps({"id": installation, "vapidKey": key}))
        status, answer, headers = self.put_device(
            user, installation, {"provider": "webpush", "subscription": made["subscriptions"][0]["subscription"], "platform": "web"})
        if status not in (200, 201):
            return status, answer, headers
        self.devices_known[installation] = installation
        return installation

    def publish(self, users, name="r", headers=None):
        body = json.dumps({
            "action": "add", "type": "BLOG", "event-type": "PUBLISH-POST", "recipientsIds": users, "resource": name, "sender": "teacher",
            "params": {"resourceUri": f"/blog#/view/{name}"}, "pushNotif": {"title": TITLE, "body": BODY}})
        return self.call("POST", "/v1/events", body,
                         {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **(headers or {})})

    def published(self, users, name="r"):
        status, answer, _ = self.publish(users, name)
        assert status == 202, answer
        return answer["id"]

    def event(self, event):
        """How it stands; who asks for many is told to come again, and does."""
        def state():
            status, answer, _ = self.call("GET", f"/v1/events/{event}", headers={"Authorization": f"Bearer {self.key}"})
            return None if status == 429 else answer
        return wait(f"an answer about {event}", state)

    def done(self, event, seconds=120):
        return wait(f"the end of {event}", lambda: (lambda e: e if e["state"] == "done" else None)(self.event(event)), seconds)

    def trace(self, event):
        return json.loads(self.command("event", "trace", event, "-o", "json").stdout)["users"]

    def devices(self, user):
        return json.loads(self.command("device", "list", "--user", user, "-o", "json").stdout)["items"]

    def states(self, *users):
        """The states of all devices of these users."""
        return [device["state"] for device in self.items("device", "list") if device["user"] in users]

    def deliveries(self, event):
        return self.items("queue", "list", "--event", event)

    def lanes(self):
        status, answer, _ = self.call("GET", "/admin/lanes", connection=UnixConnection(self.admin))
        return {lane["lane"]: lane for lane in answer["items"]}

    def lane(self, name):
        return self.lanes()[name]

    def web_lane(self, service):
        return f"webpush/localhost:{self.services[service][1]}"

    def resume(self, name):
        status, answer, _ = self.call("POST", f"/admin/lanes/resume?lane={name}", json.dumps({"actor": "test", "why": "test"}),
                                      {"Content-Type": "application/json"}, UnixConnection(self.admin))
        assert status == 200, answer

    def query(self, store, text, *values):
        """Rows of `queue` or `registry`, as they are on the disk."""
        database = sqlite3.connect(f"file:{self.folder}/data/{store}.db?mode=ro", uri=True)
        try:
            return database.execute(text, values).fetchall()
        finally:
            database.close()

    # --- the providers

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

    def counts(self, member, *providers):
        counts = self.simulated("GET", "/control/counts")
        return sum(counts[provider][member] for provider in providers or ("apns", "fcm", "webpush"))

    def accepted(self, *providers):
        return self.counts("accepted", *providers)

    def rung(self):
        return self.counts("distinctTokens")

    def records(self):
        """Every request so far, the file being complete after a question to the simulator."""
        self.simulated("GET", "/control/counts")
        with open(self.pushes_file) as file:
            for line in file:
                record = json.loads(line)
                if record["provider"] in ("apns", "fcm", "webpush"):
                    record["collapse"] = record.get("collapseID") or record.get("tag") or record.get("topic")
                    yield record

    def pushes(self):
        for push in self.records():
            if push["outcome"] == "accepted":
                yield push["token"], push["collapse"]


def receiver(push):
    """The user a push says it is for."""
    payload = push["payload"]
    keys = payload if push["provider"] == "apns" else payload["data"]
    return keys["receiver"]


def resource(push):
    """The name it was published under."""
    return re.search(r"/view/([\w-]+)", json.dumps(push["payload"])).group(1)


def sums(state):
    deliveries = state["deliveries"]
    assert deliveries["total"] == sum(v for k, v in deliveries.items() if k != "total"), deliveries


def conserved(world, events, copies=False):
    """Nothing is lost and nobody rings twice: the event's sums, each delivery of the queue and the providers' log say the same.

    `events`: ids by the names they were published under. `copies`: a lost answer may have been followed by a second copy, which carries
    the same collapse identifier.
    """
    pushes, person_of, rung = {}, {}, {}
    for push in world.records():
        if push["outcome"] != "accepted":
            continue
        name, user = resource(push), receiver(push)
        assert re.fullmatch("[0-9a-f]{32}", push["collapse"]), push
        # One identifier for each event and person, and one person and event for each identifier.
        assert person_of.setdefault(push["collapse"], (name, user)) == (name, user), "two persons or events share a collapse identifier"
        assert rung.setdefault((name, user), push["collapse"]) == push["collapse"], "one event has two collapse identifiers for a person"
        pushes.setdefault(name, []).append(push["token"])
    for name, event in events.items():
        state = world.event(event)
        sums(state)
        found = pushes.get(name, [])
        assert copies or len(found) == len(set(found)), f"{len(found) - len(set(found))} phones rang twice for {name}"
        accepted = [d for d in world.deliveries(event) if d["state"] == "accepted"]
        assert len(accepted) == state["deliveries"]["accepted"], (len(accepted), state)
        # A device that is gone by now has no name any more.
        tokens = [world.devices_known.get(d["device"]) for d in accepted if d["device"]]
        missing = [token for token in tokens if token and token not in found]
        assert not missing, f"{len(missing)} deliveries of {name} count as accepted that no provider has taken"
        assert copies or len(set(found)) == len(accepted), f"{len(set(found))} phones rang, {len(accepted)} count as accepted"


def end_with_test(parent):
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def start_with_shim(world):
    """The gateway on a disk that is full, or otherwise sick, while the file returned exists: io-faults.c."""
    shim, flag = os.path.join(world.folder, "faults.so"), os.path.join(world.folder, "faults")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "io-faults.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True)
    world.start({"LD_PRELOAD": shim, "IO_FAULTS": flag, "IO_FAULTS_FOLDER": os.path.realpath(os.path.join(world.folder, "data"))})
    return flag


def failed(flag):
    """How many calls io-faults.c has made fail so far."""
    return os.path.getsize(flag + ".failed") if os.path.exists(flag + ".failed") else 0


def main(checks, setups):
    """`setups`: arguments of ``World`` by check."""
    binaries, folder, name = sys.argv[1:4]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    threading.Thread(target=end_with_test, args=(os.getppid(),), daemon=True).start()
    world = World(binaries, folder, **setups.get(name, {}))
    try:
        next(check for check in checks if check.__name__ == name)(world)
    except BaseException:
        if os.path.exists(world.log):
            print(open(world.log).read()[-3000:], file=sys.stderr)
        raise
    finally:
        world.stop()
