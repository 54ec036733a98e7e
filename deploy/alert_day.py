"""The day behind deploy/alert-day. Its faults are those of the chaos run (Tests/GatewayTests/checks/faults.py), one at a time and at known hours."""
import argparse, http.client, json, os, re, shutil, signal, sys, threading, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "Tests/GatewayTests/checks"))
from gateway import World

options = argparse.ArgumentParser(prog="deploy/alert-day")
options.add_argument("bin")
options.add_argument("--seconds-per-minute", type=float, default=1.0)
options.add_argument("--out", default=os.path.join(ROOT, "deploy/prometheus/day.json"))
options = options.parse_args()
WORK = os.path.join(ROOT, ".build/alert-day")
SAMPLES = os.path.join(ROOT, "Tests/SampleData/saint-etienne/aaf1d")
DAY, SCALE = 24 * 60, 60 / options.seconds_per_minute
APNS, FCM = "apns/onepocket", "fcm/onepocket"
USERS = [f"u{number}" for number in range(40)]
RULES = open(os.path.join(ROOT, "deploy/prometheus/alerts.yml")).read()
WANTED = set(re.findall(r"\b(?:carillon|process)_\w+", RULES))


class Publisher(threading.Thread):
    def __init__(self, world):
        super().__init__(daemon=True)
        self.world, self.stopped = world, threading.Event()

    def run(self):
        number = 0
        while not self.stopped.wait(0.4):
            number += 1
            try:
                self.world.publish(USERS[number % 30:number % 30 + 10], f"e{number}")
            except (OSError, ValueError, http.client.HTTPException):
                pass


class Day:
    def __init__(self, world):
        self.world, self.begin = world, time.time()
        self.series, self.happened = {}, []

    def minute(self):
        return (time.time() - self.begin) / options.seconds_per_minute

    def scaled(self, name, value):
        """In the time of the day, which begins at zero."""
        if name.endswith("_timestamp_seconds") or name == "process_start_time_seconds":
            return round((value - self.begin) * SCALE)
        return value * SCALE if name == "carillon_queue_oldest_seconds" else value

    def scrape(self, minute):
        found = {}
        try:
            text = urllib.request.urlopen(f"http://127.0.0.1:{self.world.metrics}/metrics", timeout=5).read().decode()
            found['up{job="carillon",instance="a"}'] = 1
        except OSError:
            text = ""
            found['up{job="carillon",instance="a"}'] = 0
        for line in text.splitlines():
            match = re.match(r"(\w+)(?:\{(.*)\})? (\S+)$", line)
            if not match or not ({match[1], re.sub(r"_bucket$", "", match[1])} & WANTED):
                continue
            labels = ",".join(part for part in ('job="carillon",instance="a"', match[2]) if part)
            found[f"{match[1]}{{{labels}}}"] = self.scaled(match[1], float(match[3]))
        for name, value in found.items():
            self.series.setdefault(name, {})[minute] = value

    def until(self, minute):
        """Looks each minute of the day, as Prometheus would."""
        while True:
            next_look = int(self.minute()) + 1
            if next_look > minute:
                return
            time.sleep(max(0, self.begin + next_look * options.seconds_per_minute - time.time()))
            self.scrape(next_look)

    def happens(self, alert, begin, end, after=0, late=0, may=False, **labels):
        """
        From when to when it was so, in minutes of the day; the rule asks that it was so for `after`, besides its `for`. late: until the metric
        shows it. may: or does not fire.
        """
        self.happened.append({"alert": alert, "from": round(begin), "to": round(end), "after": after, "late": late, "may": may, "labels": labels})
        print(f"   {begin / 60:5.2f} h to {end / 60:5.2f} h  {alert} {labels or ''}", flush=True)

    def works_off(self):
        """What has waited is sent: in half a minute, which is half an hour of this day."""
        self.happens("CarillonBacklogOld", self.minute() - 1, self.minute() + 60, may=True)

    def ends_as(self, lane, state):
        end = time.time() + 60
        while self.world.lane(lane)["state"] != state and time.time() < end:
            self.until(self.minute() + 1)
        assert self.world.lane(lane)["state"] == state, self.world.lane(lane)


def command(world, *words):
    ran = world.command(*words)
    assert ran.returncode == 0, (words, ran.stdout, ran.stderr)


def outage(day, world, hours):
    world.script({"apns": {"*": {"behaviour": "503", "retryAfter": 1}}})
    begin = day.minute()
    day.until(begin + hours * 60)
    world.simulated("DELETE", "/control/script")
    world.resume(APNS)
    day.ends_as(APNS, "active")
    day.happens("CarillonLaneClosed", begin, day.minute(), after=15, lane=APNS)
    day.works_off()


def refused_credential(day, world, hours):
    world.script({"fcm": {"*": {"behaviour": "permission-denied"}}})
    begin = day.minute()
    day.until(begin + hours * 60)
    world.simulated("DELETE", "/control/script")
    world.resume(FCM)
    day.ends_as(FCM, "active")
    day.happens("CarillonCredentialRefused", begin, day.minute(), lane=FCM, state="credentialFault")


def down(day, world, hours):
    world.kill()
    begin = day.minute()
    day.until(begin + hours * 60)
    world.start()
    day.happens("CarillonDown", begin, day.minute())


def restarts(day, world):
    for _ in range(3):
        world.kill()
        world.start()
        last = day.minute()
        day.until(last + 12)
    day.happens("CarillonRestarts", last, last + 30)


def bad_reload(day, world, hours):
    text = open(world.config).read()
    with open(world.config, "w") as file:
        file.write("data: [\n")
    world.gateway.send_signal(signal.SIGHUP)
    begin = day.minute()
    day.until(begin + hours * 60)
    with open(world.config, "w") as file:
        file.write(text)
    world.gateway.send_signal(signal.SIGHUP)
    day.happens("CarillonReloadRefused", begin, day.minute())


def refused_publisher(day, world, hours):
    """An update of the ENT that names a class nobody has, in all it posts."""
    headers = {"Authorization": f"Bearer {world.key}", "Content-Type": "application/cloudevents+json"}
    begin, number = day.minute(), 0
    while day.minute() < begin + hours * 60:
        for _ in range(4):
            number += 1
            event = {"specversion": "1.0", "id": f"bad-{number}", "source": "https://ent.example.org/one", "type": "fr.ent.publication",
                     "data": {"app": "BLOG", "action": "PUBLISH-POST", "school": "0000000X", "audience": [{"class": "none"}], "title": "T"}}
            status, answer, _ = world.call("POST", "/v1/events", json.dumps(event), headers)
            assert status == 422, answer
        day.until(day.minute() + 1)
    day.happens("CarillonPublisherRefused", begin, day.minute(), after=6, publisher="one", code=answer["code"])


def forgotten_pause(day, world, hours):
    command(world, "lane", "pause", FCM, "--why", "the certificate is looked at")
    begin = day.minute()
    day.until(begin + hours * 60)
    command(world, "lane", "resume", FCM, "--why", "found it")
    day.ends_as(FCM, "active")
    day.happens("CarillonLaneStopped", begin, day.minute(), after=120, lane=FCM)
    day.works_off()


def wrong_topic(day, world, hours):
    world.script({"apns": {"*": "device-token-not-for-topic"}})
    begin = day.minute()
    while not world.lane(APNS)["removalsFrozen"]:
        assert day.minute() < begin + hours * 60, "the guard does not stop the removals"
        day.until(day.minute() + 1)
    frozen = day.minute()
    day.until(begin + hours * 60)
    world.simulated("DELETE", "/control/script")
    command(world, "lane", "release", APNS, "--discard", "--why", "the topic was wrong")
    day.happens("CarillonRemovalsFrozen", frozen, day.minute(), lane=APNS, alarm="removalsFrozen")
    # Its alarm looks back over a time of its own.
    day.happens("CarillonManyRejections", begin, day.minute() + 30, may=True)


def failed_import(day, world, hours):
    broken = os.path.join(WORK, "broken")
    shutil.copytree(os.path.join(SAMPLES, "complet-2026-09-01"), broken)
    name = next(name for name in sorted(os.listdir(broken)) if "Eleve" in name)
    with open(os.path.join(broken, name), "r+b") as file:
        file.truncate(os.path.getsize(os.path.join(broken, name)) // 2)
    ran = world.command("directory", "import", broken, "--format", "aaf1d", "--mode", "complete")
    assert ran.returncode not in (0, 6), (ran.stdout, ran.stderr)
    begin = day.minute()
    day.until(begin + hours * 60)
    day.happens("CarillonImportFailed", begin, begin + 60, feed="main", format="aaf1d")


def held_import(day, world, hours):
    ran = world.command("directory", "import", os.path.join(SAMPLES, "complet-truncated"), "-o", "json")
    assert ran.returncode == 6, (ran.stdout, ran.stderr)
    begin = day.minute()
    day.until(begin + hours * 60)
    # The whole delivery takes its place.
    command(world, "directory", "import", os.path.join(SAMPLES, "complet-2026-09-01"), "--format", "aaf1d", "--mode", "complete")
    day.happens("CarillonImportHeld", begin, day.minute(), late=30)


def runs(values, last):
    """Values a minute apart as promtool writes them."""
    words, minute = [], 0
    while minute <= last:
        value, count = values.get(minute), 1
        while minute + count <= last and values.get(minute + count) == value:
            count += 1
        if value is not None:
            words.append(f"{int(value) if value == int(value) else value}+0x{count - 1}")
        elif words:
            # As Prometheus marks what a scrape did not find any more.
            words += ["stale"] + [f"_x{count - 1}"] * (count > 1)
        else:
            words.append(f"_x{count}")
        minute += count
    return " ".join(words)


shutil.rmtree(WORK, ignore_errors=True)
os.makedirs(WORK, mode=0o700)
world = World(options.bin, WORK)
try:
    world.start()
    world.register_all(USERS, 2, lambda number: "apns" if number else "fcm")
    command(world, "directory", "import", os.path.join(SAMPLES, "complet-2026-09-01"), "--format", "aaf1d", "--mode", "complete")
    # Metrics are looked at every five seconds; the day begins when they have been.
    time.sleep(6)
    day, publisher = Day(world), Publisher(world)
    publisher.start()
    for hour, fault, hours in [(1, outage, 2), (4.5, refused_credential, 1), (7, down, 0.5), (9, restarts, None), (11, bad_reload, 1), (13, refused_publisher, 0.6),
                               (14.5, forgotten_pause, 3), (18.5, wrong_topic, 1), (20.25, failed_import, 0.25), (21, held_import, 2.9)]:
        day.until(hour * 60)
        fault(*((day, world) if hours is None else (day, world, hours)))
    day.until(DAY)
    publisher.stopped.set()
    recording = {"minutes": DAY, "happened": day.happened,
                 "series": {name: runs(values, DAY) for name, values in sorted(day.series.items())}}
    with open(options.out, "w") as file:
        json.dump(recording, file, indent=1, ensure_ascii=False)
        file.write("\n")
    print(f"   {len(day.series)} series, {os.path.getsize(options.out) // 1024} KiB: {options.out}")
finally:
    world.stop()
