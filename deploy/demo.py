"""The demonstration behind deploy/demo: one school network, the whole way from the directory to the phones."""
import base64, datetime, hashlib, hmac, http.client, json, os, secrets, shutil, signal, socket, subprocess, sys, time, zoneinfo

BIN, KEEP = sys.argv[1], "--keep" in sys.argv[2:]
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, "Tests/SampleData/saint-etienne")
WORK = os.path.join(ROOT, ".build/demo")
CARILLON, SIMULATOR = os.path.join(BIN, "carillon"), os.path.join(BIN, "carillon-simulator")
STARTED = time.time()
started, mismatches, summary = [], [], []


def say(text):
    print(f"== {text}", flush=True)


def check(what, found, wanted):
    if found == wanted:
        return True
    mismatches.append(what)
    print(f"   MISMATCH {what}: found {found!r:.200}, expected {wanted!r:.200}")
    return False


def run(*command, echo=True, ok=(0,)):
    done = subprocess.run([CARILLON, *command, "--config", CONFIG], capture_output=True, text=True)
    if echo:
        print(f"$ carillon {' '.join(command)}")
        print("".join(f"  {line}\n" for line in done.stdout.splitlines()[:24]), end="")
    if done.returncode not in ok:
        mismatches.append(f"carillon {command[0]} {command[1]}")
        print(f"   exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def wait(what, until, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        value = until()
        if value:
            return value
        time.sleep(0.05)
    sys.exit(f"demo: {what} took longer than {seconds} s; see {WORK}")


def spawn(name, *command):
    log = open(os.path.join(WORK, name + ".log"), "w")
    process = subprocess.Popen(command, stdout=subprocess.PIPE if name == "simulator" else log, stderr=log, text=True)
    started.append(process)
    return process


def call(method, path, body=None, headers=None, port=None):
    connection = http.client.HTTPConnection("127.0.0.1", port or PUBLIC, timeout=30)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    content = answer.read()
    return answer.status, json.loads(content) if content else None


RESERVED = []


def free_port():
    """Ours until this process ends: bound and not listening, so that it is given to nobody else, and to a server that asks for it with SO_REUSEADDR."""
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", 0))
    RESERVED.append(probe)
    return probe.getsockname()[1]


def secret_file(name, text):
    path = os.path.join(WORK, "secrets", name)
    with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def stop():
    for process in reversed(started):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in reversed(started):
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


# --- start ----------------------------------------------------------------------------------------------------------------
shutil.rmtree(WORK, ignore_errors=True)
os.makedirs(os.path.join(WORK, "secrets"), mode=0o700)
say("starting the simulator (APNs, FCM, two push services of browsers, Google's token endpoint and the ENT's userinfo)")
browsers = json.load(open(os.path.join(DATA, "devices/webpush-keys.json")))
browser_of = {keys["p256dh"]: name for name, keys in browsers.items()}
simulator = spawn("simulator", SIMULATOR, "serve", "--data", os.path.join(WORK, "simulator"), "--log", os.path.join(WORK, "pushes.ndjson"),
                  "--webpush", "mozilla", "--webpush-http1", "unifiedpush", "--subscriptions", os.path.join(DATA, "devices/webpush-keys.json"))
sim = json.loads(simulator.stdout.readline())
PUBLIC, METRICS = free_port(), free_port()
ADMIN = os.path.join("/tmp", f"carillon-demo-{os.getpid()}.sock")
CONFIG = os.path.join(WORK, "carillon.yaml")
whsec, key = secrets.token_bytes(32), "cpk_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
secret_file("one.whsec", "whsec_" + base64.b64encode(whsec).decode() + "\n")
secret_file("one.keys", "demo sha256:" + hashlib.sha256(key.encode()).hexdigest() + "\n")
secret_file("storage.key", "demo:" + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
subprocess.run([CARILLON, "key", "generate", "vapid", "--out", os.path.join(WORK, "secrets/vapid.pem")], check=True, capture_output=True)
services = [service["origin"] for service in sim["webpush"]]
with open(CONFIG, "w") as file:
    file.write(f"""data: {WORK}/data
merge: {{ windowSeconds: 0 }}
listen: {{ public: "127.0.0.1:{PUBLIC}", admin: "{ADMIN}", metrics: "127.0.0.1:{METRICS}" }}
publishers:
  - {{ name: one, sources: ["https://ent.example.org/one"], schools: ["*"], rights: [events, directory],
      secretsFile: secrets/one.whsec, keysFile: secrets/one.keys }}
parents: {{ mode: userinfo, userinfoURL: "{sim['userinfo']}", cacheSeconds: 60 }}
providers:
  fcm:  [ {{ name: onepocket, app: onepocket, serviceAccountFile: simulator/fcm.json, endpoint: "{sim['fcm']}" }} ]
  apns: [ {{ name: onepocket, app: onepocket, topic: com.ode.one, teamID: SIMTEAM001, keyID: SIMKEY0001,
            keyFile: simulator/apns.p8, environment: production, endpoint: "{sim['apns']}" }} ]
  webpush: {{ name: web, keyFile: secrets/vapid.pem, subject: "mailto:ops@ent.example.org", baseURL: "https://ent.example.org",
              allowHosts: [{", ".join('"' + origin.removeprefix("https://") + '"' for origin in services)}], allowPrivateAddresses: true }}
tls: {{ caFile: simulator/ca.pem }}
storage: {{ keyFile: secrets/storage.key, softFreeBytes: 0, softFreePercent: 0, ballastBytes: 0 }}
quietHours: {{ enabled: false }}
""")
try:
    run("config", "check")
    say(f"starting the gateway on 127.0.0.1:{PUBLIC}, data in {WORK}/data")
    gateway = spawn("gateway", CARILLON, "serve", "--config", CONFIG)

    def ready():
        if gateway.poll() is not None:
            sys.exit(f"demo: the gateway ended with {gateway.returncode}: " + open(os.path.join(WORK, "gateway.log")).read()[-2000:])
        try:
            return call("GET", "/readyz")[0] == 200
        except OSError:
            return False
    wait("the start of the gateway", ready)

    # --- directory and devices --------------------------------------------------------------------------------------------
    say("importing the complete AAF 1D delivery of three schools, then the ENT's user ids")
    report = json.loads(run("directory", "import", os.path.join(DATA, "aaf1d/complet-2026-09-01"), "--format", "aaf1d",
                            "--mode", "complete", "-o", "json", echo=False) or "{}")
    wanted = json.load(open(os.path.join(DATA, "expected/directory.json")))["complet-2026-09-01"]
    diff = report.get("diff", {})
    for name in ("schools", "classes", "groups", "pupils", "guardians", "staff", "links"):
        check(f"import of {name}", diff.get(name, {}).get("added"), wanted[name])
    print("   " + ", ".join(f"{diff[name]['added']} {name}" for name in diff if diff[name]["added"])
          + f"; {report.get('warningsTotal', 0)} warnings")
    users = json.loads(run("directory", "import", os.path.join(DATA, "directory/users.ndjson"), "--format", "ndjson",
                           "--mode", "delta", "-o", "json", echo=False) or "{}")
    print(f"   {users.get('diff', {}).get('users', {}).get('added')} ENT users tied to persons of the directory")

    say("registering the parents' phones and browsers, oldest registration first")
    # The model the gateway is held against: an installation, and a token, belong to the last account that registered it.
    devices, count = {}, 0
    connection = http.client.HTTPConnection("127.0.0.1", PUBLIC)
    for line in open(os.path.join(DATA, "devices/registrations.ndjson")):
        registration = json.loads(line)
        user, installation = registration.pop("user"), registration.pop("installation")
        if registration["provider"] == "webpush":
            # The sample's push services are invented; the simulator plays two, one of them without HTTP/2. A subscription goes by its
            # key; one that was replaced before the sample was taken has none.
            browser = browser_of.get(registration["subscription"]["keys"]["p256dh"], "before-" + installation)
            registration["subscription"]["endpoint"] = f"{services[int(browser[0], 16) % len(services)]}/wp/{browser}"
        connection.request("PUT", f"/v1/devices/{installation}", json.dumps(registration),
                           {"Authorization": f"Bearer ent-{user}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (200, 201):
            mismatches.append("registration")
        token = registration.get("token") or browser
        devices = {i: d for i, d in devices.items() if d[1] != token}
        devices.pop(installation, None)
        devices[installation] = (user, token)
        own = [i for i, d in devices.items() if d[0] == user]
        for stale in own[:-20]:
            del devices[stale]
        count += 1
    expected = json.load(open(os.path.join(DATA, "expected/devices.json")))
    owners = [user for user, _ in devices.values()]
    check("devices", len(devices), expected["devices"])
    check("devices of each account", {user: owners.count(user) for user in owners}, expected["devicesPerUser"])
    print(f"   {count} registrations, {len(devices)} devices ({sum(token in browsers for _, token in devices.values())} browsers) of {len(set(owners))} accounts")
    tokens_of = {}
    for user, token in devices.values():
        tokens_of.setdefault(user, set()).add(token)

    # --- publications -----------------------------------------------------------------------------------------------------
    ent_id, person_of = {}, {}
    for line in open(os.path.join(DATA, "directory/users.ndjson")):
        user = json.loads(line)
        ent_id[user["externalId"]] = user["id"]
        person_of[user["id"]] = user["externalId"]
    truth = {e["file"]: e["complet-2026-09-01"] for e in json.load(open(os.path.join(DATA, "expected/audience.json")))["events"]
             if e["file"] != "batch.json"}

    def signed(body, content_type):
        message_id, stamp = "msg_" + secrets.token_hex(8), str(int(time.time()))
        mac = hmac.new(whsec, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
        return {"Content-Type": content_type, "webhook-id": message_id, "webhook-timestamp": stamp,
                "webhook-signature": "v1," + base64.b64encode(mac).decode()}

    def people(name, body):
        if name in truth:
            keys = [g["guardian"] for g in truth[name]["guardians"]] + list(truth[name]["otherUsers"])
            return {ent_id.get(k, k) for k in keys}
        named = body.get("recipientsIds") or body.get("recipientIds") or [r["userId"] for r in body["recipients"]]
        author = body.get("sender") or body.get("senderId")
        return {u for u in named if u != author}

    say("publishing in all three dialects, by signature and by key")
    files = ["cloudevent-01-class", "cloudevent-02-school", "cloudevent-03-pupil", "cloudevent-04-group", "cloudevent-06-siblings-two-classes",
             "cloudevent-07-twins", "cloudevent-09-two-schools", "cloudevent-11-author-teaches-own-child", "cloudevent-14-class-after-exit",
             "cloudevent-18-pupil-without-guardian", "timeline-blog-publish-post", "timeline-flash-message-push",
             "timeline-news-published", "broker-blog-publish-post"]
    published = []
    log_start = call("GET", "/control/counts", port=sim["httpPort"]) and 0
    for number, name in enumerate(files):
        raw = open(os.path.join(DATA, "events", name + ".json"), "rb").read()
        body = json.loads(raw)
        # Published now: the sample's own times only choose the school day.
        kind = "application/cloudevents+json" if name.startswith("cloudevent") else "application/json"
        headers = signed(raw, kind) if number % 2 else {"Content-Type": kind, "Authorization": "Bearer " + key}
        status, answer = call("POST", "/v1/events", raw, headers)
        if not check(f"{name} accepted", status, 202):
            print("  ", answer)
            continue
        published.append((name, body, answer["id"]))
        again, repeated = call("POST", "/v1/events", raw, headers)
        check(f"{name} posted twice is one event", (again, repeated.get("id"), repeated.get("duplicate")), (200, answer["id"], True))
    auth = {"Authorization": "Bearer " + key}

    def all_done():
        states = [call("GET", f"/v1/events/{event}", headers=auth)[1]["state"] for _, _, event in published]
        return all(state == "done" for state in states)
    wait("the delivery of all events", all_done, 120)

    # --- who was rung -----------------------------------------------------------------------------------------------------
    call("GET", "/control/counts", port=sim["httpPort"])
    rung, read = {}, 0
    for line in open(os.path.join(WORK, "pushes.ndjson")):
        push = json.loads(line)
        if push["provider"] not in ("apns", "fcm", "webpush") or push["outcome"] != "accepted":
            continue
        collapse = push.get("collapseID") or push.get("tag") or push.get("topic")
        if push["provider"] == "webpush":
            # Decrypted by the simulator with the browser's own key: it says the same thing as the outside of the message.
            read += push["payload"]["notification"]["tag"] == collapse
        rung.setdefault(collapse, []).append(push["token"])
    print(f"\n   {'publication':<42}{'guardians':>10}{'others':>8}{'phones':>8}{'rung':>8}  no phone")
    every_token = []
    for name, body, event in published:
        status, state = call("GET", f"/v1/events/{event}", headers=auth)
        wanted_people = people(name + ".json", body)
        wanted_tokens = sorted(t for u in wanted_people for t in tokens_of.get(u, ()))
        if name + ".json" in truth:
            check(f"{name}: guardians", state["guardians"]["total"], len(truth[name + ".json"]["guardians"]))
        check(f"{name}: deliveries accepted", state["deliveries"]["accepted"], len(wanted_tokens))
        check(f"{name}: sums", state["deliveries"]["total"], sum(v for k, v in state["deliveries"].items() if k != "total"))
        every_token += wanted_tokens
        guardians = state["guardians"]
        print(f"   {name:<42}{guardians['total']:>10}{state['otherUsers']:>8}{len(wanted_tokens):>8}"
              f"{state['deliveries']['accepted']:>8}  {state['notReached'].get('noDevice', 0)}")
    found = sorted(token for tokens in rung.values() for token in tokens)
    check("exactly the concerned parents' phones were rung, each once per publication", found, sorted(every_token))
    doubles = [c for c, tokens in rung.items() if len(tokens) != len(set(tokens))]
    check("no phone rang twice for one publication", len(doubles), 0)
    check("messages the browsers could read", read, sum(token in browsers for token in every_token))

    # --- ONDE moves on ----------------------------------------------------------------------------------------------------
    print()
    say("importing ONDE's changes (delta): the same publications now concern the parents of that day")
    report = json.loads(run("directory", "import", os.path.join(DATA, "aaf1d/delta-2026-09-15"), "--format", "aaf1d", "--mode", "delta",
                            "-o", "json", echo=False, ok=(0, 6)) or "{}")
    check("state of the delta", report.get("state"), "applied")
    print("   " + ", ".join(f"{kind}: " + " ".join(f"{count} {what}" for what, count in diff.items() if count)
                            for kind, diff in report.get("diff", {}).items() if any(diff.values())))
    later = {e["file"]: e["after-delta-2026-09-15"] for e in json.load(open(os.path.join(DATA, "expected/audience.json")))["events"]}

    def post(name, suffix, **data):
        body = json.load(open(os.path.join(DATA, "events", name + ".json")))
        body["id"] += suffix
        body["data"] |= data
        body.pop("expiresAt", None)
        status, answer = call("POST", "/v1/events", json.dumps(body), {"Content-Type": "application/cloudevents+json", **auth})
        check(f"{name}{suffix} accepted", status, 202)
        return answer

    def state(event):
        return call("GET", f"/v1/events/{event}", headers=auth)[1]

    def phones(of):
        return [t for key in of for t in tokens_of.get(ent_id.get(key, key), ())]
    moved = []
    for name in [n for n in files if n.startswith("cloudevent")]:
        event, people_then = post(name, "-after-delta")["id"], later[name + ".json"]
        wait("the delivery after the delta", lambda: state(event)["state"] == "done", 60)
        named = [g["guardian"] for g in people_then["guardians"]]
        check(f"{name} after the delta: guardians", state(event)["guardians"]["total"], len(named))
        check(f"{name} after the delta: rung", state(event)["deliveries"]["accepted"], len(phones(named + list(people_then["otherUsers"]))))
        moved.append((name, len(truth[name + ".json"]["guardians"]), len(named)))
    print("   guardians before and after: " + ", ".join(f"{name[11:13]}: {before} → {after}" for name, before, after in moved))

    # --- evening and morning ----------------------------------------------------------------------------------------------
    def quiet(pauses):
        text = open(CONFIG).read()
        begin = text.index("quietHours:")
        with open(CONFIG, "w") as file:
            file.write(text[:begin] + f"quietHours: {{ enabled: true, pauses: [{pauses}], releaseSpreadMinutes: 0 }}\n")
        gateway.send_signal(signal.SIGHUP)

    def opens_at():
        raw = open(os.path.join(DATA, "events/cloudevent-01-class.json"), "rb").read()
        return call("POST", "/v1/events?preview=true", raw, {"Content-Type": "application/cloudevents+json", **auth})[1]["opensAt"]
    say("it is evening: a parent has switched blog posts off, and a publication waits for the morning; for one guardian two more")
    guardians = [g["guardian"] for g in later["cloudevent-01-class.json"]["guardians"]]
    off = next(key for key in guardians if tokens_of.get(ent_id.get(key)))
    status, _ = call("PUT", "/v1/preferences", json.dumps({"kinds": {"BLOG.PUBLISH-POST": {"push": False}}}),
                     {"Authorization": f"Bearer ent-{ent_id[off]}", "Content-Type": "application/json"})
    check("the parent's wish", status, 200)
    local = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Paris"))
    quiet("{{ from: \"{:%H:%M}\", to: \"{:%H:%M}\" }}".format(local - datetime.timedelta(hours=1), local + datetime.timedelta(hours=2)))
    wait("the night", opens_at)
    receipt = post("cloudevent-01-class", "-evening")
    event, reachable = receipt["id"], {key for key in guardians if tokens_of.get(ent_id.get(key))} - {off}
    busy = min(reachable)
    more = [post("cloudevent-01-class", f"-evening-{number}", audience=[{"user": ent_id[busy]}])["id"] for number in (2, 3)]
    wait("the other publications", lambda: all(state(one)["state"] == "sending" for one in more))
    waiting = wait("the evening's publication", lambda: (lambda s: s if s["state"] == "sending" else None)(state(event)))
    check("who waits for the morning", waiting["waiting"], {"quietHours": len(reachable)})
    check("nobody rings at night", waiting["deliveries"]["accepted"], 0)
    print(f"   {waiting['waiting']['quietHours']} guardians wait, the first ring at {waiting['opensAt']}")
    run("queue", "why", json.loads(run("queue", "list", "--event", event, "--state", "deferred", "-o", "json", echo=False))["items"][0]["id"])
    say("it is morning")
    quiet("")
    wait("the morning's delivery", lambda: state(event)["state"] == "done", 120)
    morning = state(event)
    check("who rings in the morning", morning["deliveries"]["accepted"], len(phones(reachable)))
    wait("the other publications", lambda: all(state(one)["state"] == "done" for one in more))
    call("GET", "/control/counts", port=sim["httpPort"])
    recaps = [push for push in map(json.loads, open(os.path.join(WORK, "pushes.ndjson"))) if '"RECAP"' in json.dumps(push.get("payload"))]
    check("who gets one message for three", sorted(push["token"] for push in recaps), sorted(phones([busy])))
    row = next(row for row in call("GET", f"/v1/events/{event}/reach?limit=1000", headers=auth)[1]["items"] if row["guardian"] == busy)
    check("what the publisher reads of it", (row["state"], row["reason"]), ("reached", "recap"))
    title = json.dumps(recaps[0]["payload"], ensure_ascii=False).partition('"title": "')[2].partition('"')[0]
    print(f"   one guardian's {len(recaps)} devices ring once for all three: {title}")
    check("who was not reached", morning["notReached"], {"noDevice": len(guardians) - len(reachable) - 1, "optedOut": 1})
    print(f"   {morning['guardians']['reached']} of {morning['guardians']['total']} guardians reached; not reached: {morning['notReached']}")

    say("a parent without a phone gets one, and only the missed are rung")
    late = next(key for key in guardians if key in ent_id and not tokens_of.get(ent_id[key]))
    status, _ = call("PUT", "/v1/devices/demo-late", json.dumps({
        "provider": "fcm", "token": "demo-late-token", "app": "onepocket", "platform": "android", "environment": "production"}),
        {"Authorization": f"Bearer ent-{ent_id[late]}", "Content-Type": "application/json"})
    check("the new phone", status, 201)
    run("event", "resend", event, "--missing", "--yes")
    wait("the resend", lambda: state(event)["state"] == "done" and state(event)["guardians"]["reached"] == len(reachable) + 1)

    # --- what the operator sees -------------------------------------------------------------------------------------------
    print()
    run("queue", "status")
    if published:
        run("event", "trace", published[0][2])
    warnings = [line for line in open(os.path.join(WORK, "gateway.log")) if '"level":"error"' in line or '"level":"critical"' in line]
    check("errors in the gateway's log", warnings, [])
    secrets_seen = [t for t in every_token[:50] if t in open(os.path.join(WORK, "gateway.log")).read()]
    check("tokens in the gateway's log", secrets_seen, [])

    print()
    say("summary")
    print(f"   {len(published)} publications, {len(every_token)} devices to ring, {len(found)} rung, "
          f"{read} of them browsers that decrypted their message, "
          f"{len(mismatches)} mismatches, {time.time() - STARTED:.0f} s")
    print(f"   data, logs and configuration: {WORK}")
    if KEEP and not mismatches:
        bin_name = os.path.relpath(CARILLON, os.getcwd())
        print(f"""   everything keeps running (processes {', '.join(str(p.pid) for p in started)}); try:
     {bin_name} queue status --config {CONFIG}
     {bin_name} event list --config {CONFIG}
     {bin_name} lane pause fcm/onepocket --why "a look" --config {CONFIG}
     curl -H 'Authorization: Bearer {key}' http://127.0.0.1:{PUBLIC}/v1/events/{published[0][2]}
     curl http://127.0.0.1:{METRICS}/metrics
     kill {' '.join(str(p.pid) for p in started)}    # to end it""")
finally:
    if not (KEEP and not mismatches):
        stop()
        if os.path.exists(ADMIN):
            os.unlink(ADMIN)
if mismatches:
    print("FAILED: " + "; ".join(mismatches[:10]))
sys.exit(1 if mismatches else 0)
