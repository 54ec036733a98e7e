"""The gateway that is measured, the push services it rings, and a registry of made-up schools."""
import glob, os, re, signal, socket, sqlite3, time

import stubs
from client import Client, event
from configuration import Configuration
from processes import AcceptAll, BenchError, finish, log_tail

# States of an event as the store has them.
SENDING, DONE = 3, 4


class World:
    def __init__(self, bench, name, schools):
        """schools: (UAI, prefix of all its ids, guardians, push service). A push service of `apns`, `fcm` or `webpush` answers at once."""
        self.bench, self.name, self.schools = bench, name, []
        self.services = {lane: AcceptAll(bench.processes, bench.tools, f"{name}-{lane}", *more)
                         for lane, more in (("apns", []), ("fcm", ["--fcm"]), ("webpush", ["--webpush"]))}
        self.configuration = Configuration(bench.work, name, stubs.start())
        self.public, self.metrics = free_port(), free_port()
        self.admin = f"/tmp/carillon-bench-{os.getpid()}-{name}.sock"
        self.process = self.database = self.client = None
        self.quiet("enabled: false")
        self.grow(schools)

    # --- its life

    def quiet(self, section):
        """Writes the configuration with these quiet hours; a running gateway reads it anew."""
        ports = {lane: service.port for lane, service in self.services.items()}
        self.configuration.write((self.public, self.admin, self.metrics), ports, os.path.join(self.bench.work, "cert.pem"), section)
        if self.process:
            self.process.send_signal(signal.SIGHUP)
            time.sleep(1)

    def grow(self, schools):
        """More schools; the gateway is not running meanwhile."""
        self.end()
        texts = [f"{uai}:{prefix}:{guardians}:" + (f"webpush={self.services[lane].port}" if lane == "webpush" else lane)
                 for uai, prefix, guardians, lane in schools]
        self.bench.say("making " + ", ".join(f"a school of {guardians:,} ({lane})" for _, _, guardians, lane in schools))
        finish(os.path.join(self.bench.bin, "BenchSeed"), self.configuration.data, self.configuration.storage, *texts)
        self.schools += schools

    @property
    def devices(self):
        return sum(guardians for _, _, guardians, _ in self.schools)

    def start(self, environment=None):
        """Returns when it is ready."""
        self.process = self.bench.processes.spawn(f"{self.name}-gateway", self.bench.carillon, "serve", "--config", self.configuration.path,
                                                  environment=environment)
        end = time.monotonic() + 120
        while True:
            if self.process.poll() is not None or time.monotonic() > end:
                raise BenchError("the gateway does not start: " + log_tail(f"{self.bench.work}/{self.name}-gateway.log"))
            try:
                self.client = Client(self.public, self.configuration.key)
                if self.client.ask(self.client.request("GET", "/readyz"))[0] == 200:
                    break
                self.client.close()
            except OSError:
                pass
            time.sleep(0.002)
        self.database = sqlite3.connect(f"file:{self.configuration.data}/queue.db?mode=ro", uri=True, isolation_level=None)

    def end(self, order=signal.SIGTERM):
        if self.process:
            self.database.close()
            self.client.close()
            self.bench.processes.end(self.process, order)
            self.process = None
        if os.path.exists(self.admin):
            os.unlink(self.admin)

    def fresh(self, *lanes, environment=None):
        """Begins with an empty queue, so that no row meets what another has left, and with a first push on these lanes."""
        self.end(signal.SIGKILL)
        for path in glob.glob(f"{self.configuration.data}/queue.db*"):
            os.unlink(path)
        self.start(environment)
        for uai, prefix, _, lane in self.schools:
            if lane in lanes:
                self.wait(self.post(uai, {"user": f"user-{prefix}-0"}), DONE)
        for service in self.services.values():
            service.taken()

    def discard(self):
        self.end(signal.SIGKILL)
        for service in self.services.values():
            service.end()

    # --- what is asked of it

    def post(self, school, audience, urgency="normal"):
        """The id of an accepted event, looked up in the store itself: asking the gateway would be part of what is measured."""
        status, body = self.client.ask(self.client.request("POST", "/v1/events", event(school, audience, urgency)))
        if status != 202:
            raise BenchError(f"not accepted: {body.decode()}")
        return self.database.execute("SELECT max(id) FROM event").fetchone()[0]

    def state(self, event):
        return self.database.execute("SELECT state FROM event WHERE id = ?", (event,)).fetchone()[0]

    def wait(self, event, state, seconds=600, step=0.005):
        """When the event came to this state."""
        end = time.time() + seconds
        while time.time() < end:
            if self.state(event) >= state:
                return time.time()
            if self.process.poll() is not None:
                break
            time.sleep(step)
        raise BenchError(f"an event did not come to state {state}: " + log_tail(f"{self.bench.work}/{self.name}-gateway.log"))

    def order(self, *words):
        return finish(self.bench.carillon, *words, "--config", self.configuration.path)[0]

    def histogram(self, name):
        """Cumulated buckets of all its series, to be subtracted from later ones."""
        client, found = Client(self.metrics, self.configuration.key), {}
        text = client.ask(client.request("GET", "/metrics"))[1].decode()
        client.close()
        for line in text.splitlines():
            if line.startswith(f"carillon_{name}_bucket"):
                bound = float(re.search(r'le="([^"]+)"', line)[1].replace("+Inf", "inf"))
                found[bound] = found.get(bound, 0) + float(line.split()[-1])
        return found


def quantile(before, after, share):
    """The bucket's upper bound, in milliseconds: the histograms are coarse."""
    counts = {bound: after[bound] - before.get(bound, 0) for bound in after}
    total = counts[float("inf")]
    return 1000 * next(bound for bound in sorted(counts) if counts[bound] >= total * share)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
