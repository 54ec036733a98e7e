"""The measurements behind deploy/bench. Figures are of this machine at this moment: trust the ratios."""
import argparse, base64, datetime, hashlib, http.client, http.server, json, mmap, os, re, resource, secrets, shutil, signal, socket, sqlite3, statistics, struct
import subprocess, sys, threading, time, zoneinfo

options = argparse.ArgumentParser(prog="deploy/bench")
options.add_argument("bin")
options.add_argument("tools")
options.add_argument("--only", default="a,b,c,d,e,f,g,h,i",
                     help="parts: a engine, b deliveries, c accepts, d audience, e fairness, f isolation, g readers, h import of a region, i a morning")
options.add_argument("--guardians", type=int, default=100_000, help="of the school that rings through APNs; of that of FCM up to 100,000")
options.add_argument("--requests", type=int, default=300_000, help="of part a")
options.add_argument("--runs", type=int, default=3)
options.add_argument("--perf", action="store_true", help="record part b with perf")
options = options.parse_args()
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORK = os.path.join(os.path.abspath(options.tools), "work")
CARILLON, ENGINE, SEED = (os.path.join(options.bin, name) for name in ("carillon", "EngineBench", "BenchSeed"))
ACCEPT_ALL, LOAD = (os.path.join(os.path.abspath(options.tools), name) for name in ("accept-all", "load-events"))
APNS_SCHOOL, FCM_SCHOOL, ORDINARY_SCHOOL = "0420001A", "0420002B", "0420003C"
FCM_GUARDIANS = min(options.guardians, 100_000)
CORES = sorted(os.sched_getaffinity(0))
started, PARTS = [], options.only.split(",")


def say(text):
    print(f"\n== {text} (load of the machine: {os.getloadavg()[0]:.1f})", flush=True)


def row(what, **figures):
    print(f"   {what:<44}" + "  ".join(f"{name} {value}" for name, value in figures.items()), flush=True)


def middle(values):
    return statistics.median(values)


# --- processes ------------------------------------------------------------------------------------------------------------
def spawn(name, *command, core=None, output=False, environment=None):
    log = open(os.path.join(WORK, name + ".log"), "w")
    process = subprocess.Popen(command, stdout=subprocess.PIPE if output else log, stderr=log, text=True,
                               env={**os.environ, **(environment or {})},
                               preexec_fn=(lambda: os.sched_setaffinity(0, {core})) if core is not None else None)
    started.append(process)
    return process


def stop():
    for process in reversed(started):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in started:
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


class AcceptAll:
    def __init__(self, name, *more, core=None):
        self.process = spawn(name, ACCEPT_ALL, "--cert", f"{WORK}/cert.pem", "--key", f"{WORK}/key.pem", *more, core=core, output=True)
        self.port = int(self.process.stdout.readline())

    def taken(self):
        """(requests since the last call, first and last of them in seconds since 1970)"""
        self.process.send_signal(signal.SIGUSR1)
        count, first, last = map(int, self.process.stdout.readline().split())
        return count, first / 1000, last / 1000


class Meter:
    """What a process that goes on running costs between two moments."""

    def __init__(self, pid):
        self.pid, self.clock = pid, (~pid << 3) | 2  # CPUCLOCK_SCHED of the whole process
        with open(f"/proc/{pid}/clear_refs", "w") as file:
            file.write("5")  # peak memory begins anew
        self.before = time.clock_gettime(self.clock)

    def cpu(self):
        return time.clock_gettime(self.clock) - self.before

    def peak(self):
        return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{self.pid}/status").read())[1]) // 1024


def finish(*command, core=None):
    """Runs to the end: (output, CPU seconds, peak MiB)"""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               preexec_fn=(lambda: os.sched_setaffinity(0, {core})) if core is not None else None)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bench: {command[0]} ended with {process.returncode}: {output[-2000:]}")
    return output, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def h2load(port, requests, connections, streams, core=None):
    headers = ["authorization: bearer " + "eyJhbGciOiJFUzI1NiJ9" * 10, "apns-topic: net.onepocket.parents", "apns-push-type: alert",
               "apns-priority: 10", "apns-expiration: 1790000000", "apns-id: eabeae54-14a8-11e5-b60b-9e3779b97f4a",
               "apns-collapse-id: event-9e3779b97f4a"]
    body = os.path.join(WORK, "body.json")
    if not os.path.exists(body):
        open(body, "w").write('{"aps":{"alert":{"title":"' + "t" * 40 + '","body":"' + "b" * 228 + '"}}}')
    command = ["h2load", "-c", str(connections), "-m", str(streams), "-d", body]
    for header in headers:
        command += ["-H", header]
    url = f"https://localhost:{port}/3/device/" + "9e3779b97f4a7c15" * 4
    output, cpu, peak = finish(*command, "-n", str(requests), url, core=core)
    rate = float(re.search(r"finished in .*?, ([\d.]+) req/s", output)[1])
    if f"{requests} succeeded" not in output:
        sys.exit("bench: h2load did not succeed\n" + output)
    # The log of single requests costs h2load something: percentiles come from a run of their own.
    log = os.path.join(WORK, "h2load.log")
    if os.path.exists(log):
        os.unlink(log)
    finish(*command, f"--log-file={log}", "-n", str(max(requests // 5, connections * streams)), url, core=core)
    times = sorted(int(line.split()[2]) for line in open(log))
    return {"cpu": cpu * 10_000 / requests, "rate": rate, "peak": peak, "p50": times[len(times) // 2], "p99": times[len(times) * 99 // 100]}


def show(what, runs):
    value = {name: middle([run[name] for run in runs]) for name in runs[0]}
    row(what, **{"CPU s/10k": f"{value['cpu']:.4f}", "per second": f"{value['rate']:,.0f}", "peak MiB": f"{value['peak']:.0f}",
                 "p50": f"{value['p50'] / 1000:.2f} ms", "p99": f"{value['p99'] / 1000:.2f} ms"})
    return value


# --- a: the engine alone --------------------------------------------------------------------------------------------------
def part_a():
    say(f"a: the engine alone, {options.requests:,} requests, median of {options.runs}, server and client on a core each")
    server_core, client_core = (CORES[0], CORES[1]) if len(CORES) > 1 else (None, None)
    server = AcceptAll("accept-all-engine", core=server_core)
    for connections, streams in ((1, 100), (4, 250)):
        ours, theirs = [], []
        for _ in range(options.runs):
            output, _, _ = finish(ENGINE, str(server.port), f"{WORK}/cert.pem", str(options.requests), str(connections), str(streams),
                                  core=client_core)
            words = output.split()
            found = {name: float(words[words.index(key) + 1]) for name, key in
                     (("cpu", "cpu_s_per_10k"), ("rate", "requests_per_s"), ("peak", "peak_rss_MiB"), ("p50", "p50_us"), ("p99", "p99_us"))}
            if "failed 0" not in output:
                sys.exit("bench: the engine failed\n" + output)
            ours.append(found)
            theirs.append(h2load(server.port, options.requests, connections, streams, core=client_core))
        mine = show(f"engine  {connections} x {streams}", ours)
        yardstick = show(f"h2load  {connections} x {streams}", theirs)
        row("", ratio=f"{mine['cpu'] / yardstick['cpu']:.2f} of h2load's CPU (target 1.5)")
    server.process.terminate()


# --- the gateway ----------------------------------------------------------------------------------------------------------
def token_server():
    """Google's token endpoint, as far as the gateway needs it."""
    class Endpoint(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"access_token": "ya29." + "b" * 200, "expires_in": 3599, "token_type": "Bearer"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def private(name, text):
    with open(os.open(os.path.join(WORK, name), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def openssl(*command):
    return subprocess.run(["openssl", *command], check=True, capture_output=True, text=True).stdout


class Gateway:
    def __init__(self):
        self.apns, self.fcm = AcceptAll("accept-all-apns"), AcceptAll("accept-all-fcm", "--fcm")
        self.key = "cpk_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        storage = "bench:" + base64.b64encode(secrets.token_bytes(32)).decode()
        private("one.keys", "bench sha256:" + hashlib.sha256(self.key.encode()).hexdigest() + "\n")
        private("storage.key", storage + "\n")
        private("apns.p8", openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"))
        private("fcm.json", json.dumps({
            "type": "service_account", "project_id": "bench", "private_key_id": "1", "client_email": "bench@example.org",
            "private_key": openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
            "token_uri": f"http://127.0.0.1:{token_server()}/token"}))
        self.data, self.public, self.metrics = os.path.join(WORK, "data"), free_port(), free_port()
        self.admin = os.path.join("/tmp", f"carillon-bench-{os.getpid()}.sock")
        self.config = os.path.join(WORK, "carillon.yaml")
        with open(self.config, "w") as file:
            file.write(f"""data: {self.data}
merge: {{ windowSeconds: 0 }}
listen: {{ public: "127.0.0.1:{self.public}", admin: "{self.admin}", metrics: "127.0.0.1:{self.metrics}" }}
publishers:
  - {{ name: one, sources: ["https://ent.example.org/one"], schools: ["*"], rights: [events, directory], keysFile: one.keys }}
parents: {{ mode: userinfo, userinfoURL: "http://127.0.0.1:9/userinfo", cacheSeconds: 60 }}
providers:
  fcm:  [ {{ name: onepocket, app: onepocket, serviceAccountFile: fcm.json, endpoint: "https://localhost:{self.fcm.port}" }} ]
  apns: [ {{ name: onepocket, app: onepocket, topic: com.ode.one, teamID: BENCHTEAM1, keyID: BENCHKEY01,
            keyFile: apns.p8, environment: production, endpoint: "https://localhost:{self.apns.port}" }} ]
tls: {{ caFile: cert.pem }}
storage: {{ keyFile: storage.key, softFreeBytes: 0, softFreePercent: 0, ballastBytes: 0 }}
log: {{ level: warning }}
""")
        self.quiet("enabled: false", start=True)
        os.mkdir(self.data, 0o700)
        say(f"making a school of {options.guardians:,} guardians, one of {FCM_GUARDIANS:,} and one of 400, with a phone each")
        begin = time.time()
        output, cpu, peak = finish(SEED, self.data, storage, str(options.guardians))
        row(output.strip(), seconds=f"{time.time() - begin:.1f}", CPU=f"{cpu:.1f} s", **{"peak MiB": peak})
        self.locks_file = os.path.join(WORK, "lock-waits")
        watch = {"LD_PRELOAD": os.path.join(os.path.abspath(options.tools), "lock-waits.so"), "LOCK_WAITS": self.locks_file}
        self.process = spawn("gateway", CARILLON, "serve", "--config", self.config, environment=watch if "g" in PARTS else None)
        end = time.time() + 60
        while True:
            if self.process.poll() is not None or time.time() > end:
                sys.exit("bench: the gateway does not start: " + open(f"{WORK}/gateway.log").read()[-2000:])
            try:
                if self.get("/readyz")[0] == 200:
                    break
            except OSError:
                time.sleep(0.05)
        self.database = sqlite3.connect(f"file:{self.data}/queue.db?mode=ro", uri=True)

    def quiet(self, section, start=False):
        text = open(self.config).read()
        with open(self.config, "w") as file:
            file.write(re.sub(r"quietHours: .*\n", "", text) + f"quietHours: {{ {section} }}\n")
        if not start:
            self.process.send_signal(signal.SIGHUP)
            time.sleep(1)

    def get(self, path, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.public, timeout=30)
        connection.request("GET", path, headers={"Authorization": "Bearer " + self.key})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def event(self, school, audience, urgency="normal"):
        return {"specversion": "1.0", "id": secrets.token_hex(16), "source": "https://ent.example.org/one", "type": "fr.ent.publication",
                "data": {"app": "NEWS", "action": "NEWS-PUBLISHED", "school": school, "audience": [audience],
                         "author": {"id": "teacher", "name": "M. Durand-Œuvrard"}, "title": "Nouvelle actualité",
                         "body": "M. Durand-Œuvrard : Fête de l'école — « appel aux bénévoles »",
                         "resource": {"id": "187f1b91-8619-54b9-a515-9f90dc013511", "uri": "/actualites#/view/thread/187f1b91"},
                         "params": {"resourceUri": "/actualites#/view/thread/187f1b91"}, "urgency": urgency}}

    def preview(self, school, audience):
        """Seconds from the request to its answer, and how many guardians that has."""
        connection, begin = http.client.HTTPConnection("127.0.0.1", self.public, timeout=60), time.time()
        connection.request("POST", "/v1/events?preview=true", json.dumps(self.event(school, audience)), {
            "Authorization": "Bearer " + self.key, "Content-Type": "application/cloudevents+json"})
        answer = json.loads(connection.getresponse().read())
        return time.time() - begin, answer["guardians"]["total"]

    def post(self, school, audience, urgency="normal"):
        connection = http.client.HTTPConnection("127.0.0.1", self.public, timeout=60)
        connection.request("POST", "/v1/events", json.dumps(self.event(school, audience, urgency)), {"Authorization": "Bearer " + self.key,
                                                                  "Content-Type": "application/cloudevents+json"})
        answer = connection.getresponse()
        content = answer.read().decode()
        if answer.status != 202:
            sys.exit(f"bench: not accepted: {content}")
        # Looked for in the store itself: asking the gateway would be part of what is measured.
        return self.database.execute("SELECT max(id) FROM event").fetchone()[0]

    def wait(self, event, state, seconds=300, step=0.005):
        end = time.time() + seconds
        while time.time() < end:
            if self.database.execute("SELECT state FROM event WHERE id = ?", (event,)).fetchone()[0] >= state:
                return time.time()
            time.sleep(step)
        sys.exit(f"bench: the event did not come to state {state} within {seconds} s; see {WORK}/gateway.log")

    def histogram(self, name, label):
        """Cumulated buckets, to be subtracted from later ones."""
        found = {}
        for line in self.get("/metrics", self.metrics)[1].splitlines():
            if line.startswith(f"carillon_{name}_bucket") and label in line:
                found[float(re.search(r'le="([^"]+)"', line)[1].replace("+Inf", "inf"))] = float(line.split()[-1])
        return found

    def locks(self):
        """(calls, refusals, milliseconds of the longest and of the longest that has waited) of all file locks since the last call"""
        with open(self.locks_file, "r+b") as file, mmap.mmap(file.fileno(), 32) as room:
            calls, refusals, longest, waited = struct.unpack("4Q", room[:])
            room[:] = bytes(32)
            return calls, refusals, longest / 1e6, waited / 1e6

    def lane(self, order, name):
        finish(CARILLON, "lane", order, name, "--why", "bench", "--config", self.config)


def quantile(before, after, share):
    """The bucket's upper bound, in milliseconds: the histograms are coarse."""
    counts = {bound: after[bound] - before.get(bound, 0) for bound in after}
    total = counts[float("inf")]
    return "<= " + "{:g} ms".format(1000 * next(bound for bound in sorted(counts) if counts[bound] >= total * share))


DONE, SENDING = 4, 3


def part_b(gateway):
    say(f"b: one event to {options.guardians:,} phones of Apple, one to {FCM_GUARDIANS:,} of Google, from the POST to state done; all CPU of the gateway between, median of {options.runs}")
    for name, school, count, server in (("apns", APNS_SCHOOL, options.guardians, gateway.apns), ("fcm", FCM_SCHOOL, FCM_GUARDIANS, gateway.fcm)):
        letter = "a" if name == "apns" else "f"
        singles = []
        for number in range(20):
            server.taken()
            begin = time.time()
            gateway.wait(gateway.post(school, {"user": f"user-{letter}-{number}"}), DONE)
            singles.append((server.taken()[1] - begin) * 1000)
        runs = []
        for _ in range(options.runs):
            # What the last run left (a checkpoint) is not this one's.
            time.sleep(2)
            server.taken()
            seen = gateway.histogram("delivery_duration_seconds", f'lane="{name}/onepocket"')
            other = Meter(server.process.pid)
            meter, begin = Meter(gateway.process.pid), time.time()
            perf = spawn("perf", "perf", "record", "-F", "999", "-g", "--call-graph", "fp", "-p", str(gateway.process.pid), "-o",
                         f"{WORK}/perf-{name}.data") if options.perf else None
            event = gateway.post(school, {"school": school})
            end = gateway.wait(event, DONE)
            cpu = meter.cpu()
            if perf:
                perf.send_signal(signal.SIGINT)
                perf.wait()
            pushes, first, last = server.taken()
            if pushes != count:
                print(f"   MISMATCH: {pushes} pushes for {count} phones")
            now = gateway.histogram("delivery_duration_seconds", f'lane="{name}/onepocket"')
            runs.append({"cpu": cpu * 10_000 / count, "seconds": end - begin, "first": first - begin, "last": last - begin,
                         "peak": meter.peak(), "server": other.cpu() * 10_000 / count,
                         "p50": quantile(seen, now, 0.5), "p99": quantile(seen, now, 0.99)})
        best = sorted(runs, key=lambda run: run["cpu"])[len(runs) // 2]
        row(f"gateway, {name}", **{"CPU s/10k": f"{best['cpu']:.3f} (target 0.3; all: " + ", ".join(f"{r['cpu']:.3f}" for r in runs) + ")",
                                   "per second": f"{count / best['seconds']:,.0f}", "peak MiB": best["peak"]})
        row("", done=f"{best['seconds']:.2f} s", **{"first push": f"{best['first'] * 1000:.0f} ms", "last push": f"{best['last']:.2f} s",
                                                   "provider's answer p50": best["p50"], "p99": best["p99"]})
        singles.sort()
        row(f"one phone, {name}: POST to push, 20 times", p50=f"{singles[10]:.0f} ms", worst=f"{singles[-1]:.0f} ms",
            **{"accept-all itself, CPU s/10k": f"{best['server']:.4f}"})
        show(f"h2load 4 x 250 against the same server", [h2load(server.port, max(count, 10_000), 4, 250)])


def part_d(gateway):
    count = options.guardians
    say(f"d: audience of {count:,} guardians and its pages, store only (the lane is paused), from the POST to state sending")
    gateway.lane("pause", "apns/onepocket")
    runs = []
    for _ in range(options.runs):
        time.sleep(2)
        meter, begin = Meter(gateway.process.pid), time.time()
        event = gateway.post(APNS_SCHOOL, {"school": APNS_SCHOOL})
        end = gateway.wait(event, SENDING)
        runs.append((end - begin, meter.cpu(), meter.peak()))
    best = sorted(runs)[len(runs) // 2]
    row("audience and pages", seconds=f"{best[0]:.2f}", **{"guardians per second": f"{count / best[0]:,.0f}",
        "CPU s/10k": f"{best[1] * 10_000 / count:.4f}", "peak MiB": best[2]})
    gateway.lane("resume", "apns/onepocket")
    gateway.wait(event, DONE)
    found = json.loads(finish(SEED, gateway.data, "audience", ORDINARY_SCHOOL)[0])
    row(f"audience of an ordinary school, {found['persons']} guardians", p50=f"{found['p50'] / 1000:.2f} ms", p99=f"{found['p99'] / 1000:.2f} ms")
    for what, audience in (("an ordinary school", {"school": ORDINARY_SCHOOL}), ("a class", {"class": "s-c1"})):
        time.sleep(2)
        answers = sorted(gateway.preview(ORDINARY_SCHOOL, audience) for _ in range(500))
        row(f"preview of {what}, {answers[0][1]} guardians", p50=f"{answers[250][0] * 1000:.1f} ms", p99=f"{answers[494][0] * 1000:.1f} ms")


def part_e(gateway):
    count = options.guardians
    say(f"e: words to one phone each, of another school, while an event to {count:,} phones runs on the same lane; accept to recorded answer")
    for urgency in ("normal", "urgent"):
        time.sleep(2)
        big = gateway.post(APNS_SCHOOL, {"school": APNS_SCHOOL})
        small = []
        while gateway.database.execute("SELECT state FROM event WHERE id = ?", (big,)).fetchone()[0] < DONE:
            small.append(gateway.post(FCM_SCHOOL, {"user": f"user-a-{len(small)}"}, urgency))
            time.sleep(0.01)
        for event in small:
            gateway.wait(event, DONE)
        marks = ",".join("?" * len(small))
        times = sorted(done - accepted for done, accepted in
                       gateway.database.execute(f"SELECT done_at, accepted_at FROM event WHERE id IN ({marks})", small))
        done, accepted = gateway.database.execute("SELECT done_at, accepted_at FROM event WHERE id = ?", (big,)).fetchone()
        row(f"{urgency}, {len(small)} words", p50=f"{times[len(times) // 2]} ms", p99=f"{times[len(times) * 99 // 100]} ms", worst=f"{times[-1]} ms",
            **{"the large event": f"{(done - accepted) / 1000:.2f} s"})


def part_f(gateway):
    count = options.guardians
    say(f"f: one event to {count:,} phones of a healthy lane, alone and beside a lane whose provider is gone with as many waiting")
    def run():
        time.sleep(2)
        meter, begin = Meter(gateway.process.pid), time.time()
        end = gateway.wait(gateway.post(APNS_SCHOOL, {"school": APNS_SCHOOL}), DONE)
        return end - begin, meter.cpu() * 10_000 / count
    alone = [run() for _ in range(options.runs)]
    gateway.fcm.process.terminate()
    gateway.fcm.process.wait()
    gateway.wait(gateway.post(FCM_SCHOOL, {"school": FCM_SCHOOL}), SENDING)
    beside = [run() for _ in range(options.runs)]
    for what, runs in (("alone", alone), ("beside the ill lane", beside)):
        row(what, seconds=f"{middle([r[0] for r in runs]):.2f}", **{"CPU s/10k": f"{middle([r[1] for r in runs]):.3f}"})
    row("", ratio=f"{middle([r[0] for r in beside]) / middle([r[0] for r in alone]):.2f} in time (target 1.1)")


def part_c(gateway):
    say("c: accepts over 64 keep-alive connections, each event with an id of its own; gateway and client share the cores")
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400))

    def load(what, events, batch, *more, until_done=False):
        time.sleep(2)
        meter, begin = Meter(gateway.process.pid), time.time()
        output, _, _ = finish(LOAD, "--port", str(gateway.public), "--key", gateway.key, "--events", str(events), "--batch", str(batch), *more)
        cpu, found = meter.cpu(), json.loads(output.splitlines()[-1])
        row(what, **{"per second": f"{found['perSecond']:,}", "CPU s/10k": f"{cpu * 10_000 / events:.3f}",
                     "p50": f"{found['p50us'] / 1000:.1f} ms", "p99": f"{found['p99us'] / 1000:.1f} ms", "peak MiB": meter.peak(),
                     "client CPU s/10k": found["clientCPUSecondsPer10k"]})
        if until_done:
            while gateway.database.execute("SELECT count(*) FROM event WHERE state < 4 AND not_before IS NULL").fetchone()[0]:
                time.sleep(0.02)
                if time.time() - begin > 300:
                    sys.exit("bench: the events do not end")
            seconds = time.time() - begin
            row("   until all are done", seconds=f"{seconds:.2f}", **{"events per second": f"{events / seconds:,.0f}",
                "CPU s/10k": f"{meter.cpu() * 10_000 / events:.3f}"})
    load("singles, accept alone (for tomorrow)", 50_000, 0, "--later", later)
    load("batches of 100, accept alone (for tomorrow)", 200_000, 100, "--later", later)
    load("singles to one phone each, sent at once", 5_000, 0, until_done=True)
    load("batches of 100 to one phone each, sent at once", 10_000, 100, until_done=True)
    meter = Meter(gateway.process.pid)
    output, _, _ = finish("h2load", "--h1", "-c", "64", "-n", "50000", f"http://127.0.0.1:{gateway.public}/livez")
    row("yardstick: h2load --h1 /livez, 64 connections", **{
        "per second": re.search(r"finished in .*?, ([\d.]+) req/s", output)[1], "CPU s/10k": f"{meter.cpu() * 10_000 / 50_000:.3f}"})


def part_g(gateway):
    events = max(1, 1_000_000 // options.guardians)
    say(f"g: reading beside the writer: {events} events to {options.guardians:,} phones wait on a paused lane; 20 readers in loops, one held snapshot")
    gateway.lane("pause", "apns/onepocket")
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400))
    event = [gateway.post(APNS_SCHOOL, {"school": APNS_SCHOOL}) for _ in range(events)][-1]
    gateway.wait(event, SENDING, step=0.1)
    listed = finish(CARILLON, "queue", "list", "--limit", "1", "-o", "ids", "--config", gateway.config)[0].split()[0]
    row("waiting", deliveries=f"{gateway.database.execute('SELECT sum(count) FROM page WHERE state = 0').fetchone()[0]:,}")
    questions = {"queue status": [], "queue shape": [], "queue list": [], "queue why": [listed], "queue shape --of users": [],
                 "queue list --where": ["school=0420001A and age>1s and not class=urgent"]}

    def ask(name):
        command = [CARILLON, *name.split(), *questions[name], "--config", gateway.config, "-o", "json"]
        begin = time.time()
        finish(*command)
        return time.time() - begin
    for name in questions:
        times = [ask(name) for _ in range(options.runs)]
        row(name, median=f"{middle(times):.2f} s (target 1)", worst=f"{max(times):.2f} s")

    def load(what):
        time.sleep(2)
        seen, meter = gateway.histogram("store_commit_seconds", ""), Meter(gateway.process.pid)
        gateway.locks()
        output, _, _ = finish(LOAD, "--port", str(gateway.public), "--key", gateway.key, "--events", "20000", "--batch", "0", "--later", later)
        found, now = json.loads(output.splitlines()[-1]), gateway.histogram("store_commit_seconds", "")
        calls, refused, longest, waited = gateway.locks()
        row(what, **{"per second": f"{found['perSecond']:,}", "accept p50": f"{found['p50us'] / 1000:.1f} ms", "p99": f"{found['p99us'] / 1000:.1f} ms",
                     "commit p50": quantile(seen, now, 0.5), "commit p99": quantile(seen, now, 0.99), "longest": quantile(seen, now, 1)})
        # A refusal costs nobody time: the writer has no busy handler, a checkpoint is put off. The longest call is the scheduler's doing.
        row("", **{"locks asked for": f"{calls:,}", "refused": refused, "longest wait for one": f"{waited:.3f} ms (target 5)",
                   "longest call": f"{longest:.1f} ms",
                   "wal MiB": os.stat(f"{gateway.data}/queue.db-wal").st_size >> 20, "CPU s": f"{meter.cpu():.1f}"})
    load("alone")
    ending, reads = threading.Event(), []

    def read(number):
        names = list(questions)
        while not ending.is_set():
            ask(names[number % len(names)])
            reads.append(1)
    threads = [threading.Thread(target=read, args=(number,), daemon=True) for number in range(20)]
    for thread in threads:
        thread.start()
    load("beside 20 readers, which share its cores")
    ending.set()
    for thread in threads:
        thread.join()
    row("", reads=len(reads))
    held = sqlite3.connect(f"file:{gateway.data}/queue.db?mode=ro", uri=True, isolation_level=None)
    held.execute("BEGIN")
    held.execute("SELECT count(*) FROM event").fetchone()
    load("beside one snapshot that is held")
    held.execute("COMMIT")
    gateway.lane("resume", "apns/onepocket")


def part_i(gateway):
    say(f"i: a morning: {options.guardians + FCM_GUARDIANS:,} deliveries are held by quiet hours and let go at once")
    minute = int(time.time() // 60) * 60 + 60 * (2 + options.guardians // 100_000)
    # Both schools are in the department 042.
    clock = [datetime.datetime.fromtimestamp(at, zoneinfo.ZoneInfo("Europe/Paris")).strftime("%H:%M") for at in (minute - 3600, minute)]
    gateway.quiet(f'pauses: [{{ from: "{clock[0]}", to: "{clock[1]}" }}], releaseSpreadMinutes: 0')
    for server in (gateway.apns, gateway.fcm):
        server.taken()
    meter = Meter(gateway.process.pid)
    events = [gateway.post(school, {"school": school}) for school in (APNS_SCHOOL, FCM_SCHOOL)]
    for event in events:
        gateway.wait(event, SENDING)
    held, = gateway.database.execute("SELECT count(*) FROM retry").fetchone()
    row("held", deliveries=f"{held:,}", **{"CPU s/10k": f"{meter.cpu() * 10_000 / held:.3f}", "peak MiB": meter.peak()})
    if time.time() > minute - 1:
        sys.exit("bench: the morning came too soon")
    time.sleep(minute - time.time() - 0.5)
    meter = Meter(gateway.process.pid)
    ends = [gateway.wait(event, DONE) for event in events]
    found = [server.taken() for server in (gateway.apns, gateway.fcm)]
    pushes, first, last = sum(f[0] for f in found), min(f[1] for f in found), max(f[2] for f in found)
    if pushes != held:
        print(f"   MISMATCH: {pushes} pushes of {held} held")
    row("let go", done=f"{max(ends) - minute:.2f} s", **{"first push": f"{(first - minute) * 1000:.0f} ms", "last push": f"{last - minute:.2f} s",
        "per second": f"{held / (last - first):,.0f}", "CPU s/10k": f"{meter.cpu() * 10_000 / held:.3f}", "peak MiB": meter.peak()})
    gateway.quiet("enabled: false")


# --- h: a region's directory ----------------------------------------------------------------------------------------------
def part_h():
    """The whole process: reading, comparing, applying in one transaction; its peak memory. The second time nothing changes."""
    say("h. import of 200,000 pupils and 350,000 guardians")
    folder = os.path.join(WORK, "region")
    subprocess.run([sys.executable, os.path.join(ROOT, "deploy/region.py"), folder], check=True)
    data, config, key = (os.path.join(WORK, name) for name in ("region-data", "region.yaml", "region.key"))
    os.makedirs(data, mode=0o700)
    with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write("s1:" + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    with open(config, "w") as file:
        file.write(f"data: {data}\nlisten: {{ admin: {data}/admin.sock }}\nstorage: {{ keyFile: {key} }}\n")
    for name in ("empty registry", "the same again"):
        began = time.monotonic()
        process = subprocess.Popen([CARILLON, "directory", "import", folder, "--config", config, "-o", "json"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        report = json.loads(process.stdout.read())
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0 and report["state"] == "applied", report
        row(name, seconds=f"{time.monotonic() - began:.1f}", cpu=f"{usage.ru_utime + usage.ru_stime:.1f}", MiB=usage.ru_maxrss // 1024,
            added=report["diff"]["pupils"]["added"] + report["diff"]["guardians"]["added"])
    shutil.rmtree(folder)


# --- the run --------------------------------------------------------------------------------------------------------------
shutil.rmtree(WORK, ignore_errors=True)
os.makedirs(WORK, mode=0o700)
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", f"{WORK}/key.pem", "-out", f"{WORK}/cert.pem"],
               check=True, capture_output=True)
model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
gateway = None
try:
    print(f"   {len(CORES)} cores, {model}; loopback; load of the machine at start {os.getloadavg()[0]:.1f}")
    if "a" in PARTS:
        part_a()
    if set(PARTS) & {"b", "c", "d", "e", "f", "g", "i"}:
        gateway = Gateway()
    for name, part in (("b", part_b), ("d", part_d), ("e", part_e), ("i", part_i), ("c", part_c), ("f", part_f), ("g", part_g)):
        if name in PARTS:
            part(gateway)
    if "h" in PARTS:
        part_h()
    print(f"\n   data and logs: {WORK}")
finally:
    stop()
    if gateway and os.path.exists(gateway.admin):
        os.unlink(gateway.admin)
