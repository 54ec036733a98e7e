"""Checks of one publication: what was forecast against what then happens, page by page who was reached, and a publication taken back."""
import base64, collections, hashlib, hmac, http.server, json, os, signal, threading
from gateway import conserved, main, receiver, resource, sums, wait

SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "SampleData", "saint-etienne")
SLOW = ["--latency", "300", "--max-concurrent-streams", "5"]
EVENTS = ["cloudevent-01-class", "cloudevent-02-school", "cloudevent-03-pupil", "cloudevent-04-group", "cloudevent-05-users",
          "cloudevent-06-siblings-two-classes", "cloudevent-07-twins", "cloudevent-08-union-all-kinds", "cloudevent-09-two-schools",
          "cloudevent-10-author-is-guardian", "cloudevent-11-author-teaches-own-child", "cloudevent-12-empty-class",
          "cloudevent-17-expired", "cloudevent-18-pupil-without-guardian", "cloudevent-19-unknown-class-and-pupil",
          "timeline-blog-publish-post", "timeline-no-push-wanted", "broker-blog-publish-post"]


def school_network(world):
    """Directory and devices of the sample; its push services are invented, so browsers subscribe with ours."""
    for path, form, mode in [("aaf1d/complet-2026-09-01", "aaf1d", "complete"), ("directory/users.ndjson", "ndjson", "delta")]:
        done = world.command("directory", "import", os.path.join(SAMPLE, path), "--format", form, "--mode", mode)
        assert done.returncode == 0, done
    listener, _ = world.services["mozilla"]
    key = world.call("GET", "/v1/webpush/key")[1]["publicKey"]
    for number, line in enumerate(open(os.path.join(SAMPLE, "devices/registrations.ndjson"))):
        registration = json.loads(line)
        user, installation = registration.pop("user"), registration.pop("installation")
        if registration["provider"] == "webpush":
            made = world.simulated("POST", f"/control/subscriptions?listener={listener}", json.dumps({"id": f"b{number}", "vapidKey": key}))
            registration["subscription"] = made["subscriptions"][0]["subscription"]
        status, answer, _ = world.put_device(user, installation, registration)
        assert status in (200, 201), answer


def post(world, name, query=""):
    with open(os.path.join(SAMPLE, "events", name + ".json"), "rb") as file:
        body = file.read()
    kind = "application/cloudevents+json" if name.startswith("cloudevent") else "application/json"
    return world.call("POST", "/v1/events" + query, body, {"Authorization": f"Bearer {world.key}", "Content-Type": kind})


def reach(world, event, limit, state=None):
    """All rows, `limit` a page."""
    rows, after = [], ""
    while True:
        path = f"/v1/events/{event}/reach?limit={limit}{after}" + (f"&state={state}" if state else "")
        status, answer, _ = world.call("GET", path, headers={"Authorization": f"Bearer {world.key}"})
        assert status == 200 and len(answer["items"]) <= limit, answer
        rows += answer["items"]
        if answer["next"] is None:
            return rows
        after = "&after=" + answer["next"]


def forecast_is_what_happens(world):
    world.start()
    school_network(world)
    rung = 0
    for name in EVENTS:
        status, forecast, _ = post(world, name, "?preview=true")
        assert status == 200, (name, forecast)
        # The same from the stores alone.
        told = world.command("event", "preview", os.path.join(SAMPLE, "events", name + ".json"), "--publisher", "one", "-o", "json")
        assert told.returncode == 0, (name, told)
        own = json.loads(told.stdout)
        for member in ("at", "expiresAt"):
            own.pop(member), forecast.pop(member)
        assert own == forecast, (name, own, forecast)
        status, answer, _ = post(world, name)
        assert status == 202, (name, answer)
        event = world.done(answer["id"])
        sums(event)
        found, wanted = event["guardians"], forecast["guardians"]
        assert (found["total"], found["reached"], found["notReached"]) == (wanted["total"], wanted["reachable"], wanted["notReached"]), (name, event, forecast)
        found, wanted = event["pupils"], forecast["pupils"]
        assert (found["total"], found["withReachedGuardian"], found["withAllGuardiansReached"], found["withoutGuardian"]) == (
            wanted["total"], wanted["withReachableGuardian"], wanted["withAllGuardiansReachable"], wanted["withoutGuardian"]), (name, event, forecast)
        found, wanted = event["deliveries"], forecast["deliveries"]
        assert (found["total"], found["accepted"], found["withheld"], found["expired"]) == (
            wanted["total"], wanted["pending"], wanted["withheld"], wanted["expired"]), (name, event, forecast)
        for member in ("otherUsers", "unresolved", "notReached"):
            assert event[member] == forecast[member], (name, member, event, forecast)
        rows = reach(world, answer["id"], 7)
        assert rows == world.trace(answer["id"]), name
        lanes = collections.Counter(device["lane"] for row in rows for device in row["devices"] if device["state"] == "accepted")
        assert lanes == forecast["lanes"], (name, lanes, forecast)
        for state in ("reached", "notReached"):
            asked = reach(world, answer["id"], 50, state)
            assert asked == [row for row in rows if row["state"] == state], (name, state)
            assert sum(row["role"] == "guardian" for row in asked) == event["guardians"][state], (name, state)
        rung += event["deliveries"]["accepted"]
    assert rung == world.accepted() > 500, rung
    # With the service down the forecast goes on.
    world.kill()
    down = world.command("event", "preview", os.path.join(SAMPLE, "events", EVENTS[0] + ".json"), "-o", "json")
    assert down.returncode == 0 and json.loads(down.stdout)["guardians"]["reachable"] > 10, down


def withdraw(world, event, reason="wrong class"):
    return world.call("POST", f"/v1/events/{event}/withdraw", json.dumps({"reason": reason}),
                      {"Authorization": f"Bearer {world.key}", "Content-Type": "application/json"})


def thousands(world):
    """An event to thousands of phones of which some have rung."""
    users = [f"u{number:04}" for number in range(2500)]
    world.register_all(users, 2, lambda number: "apns" if number % 2 else "fcm")
    event = world.published(users)
    wait("the first phones", lambda: world.accepted() >= 100)
    return users, event


def ended(world, event):
    return wait("the end of what waited", lambda: (lambda e: e if e["doneAt"] else None)(world.event(event)))


def withdrawn_in_the_middle(world):
    world.start()
    users, event = thousands(world)
    status, first, _ = withdraw(world, event)
    assert status == 200 and first["state"] == "withdrawn" and first["reason"] == "wrong class", first
    wait("the last answer", lambda: all(lane["inFlight"] == 0 for lane in world.lanes().values()))
    sent = len(list(world.records()))
    state = ended(world, event)
    sums(state)
    assert state["state"] == "withdrawn" and state["deliveries"]["accepted"] == sent < 5000, (state, sent)
    assert state["guardians"]["waiting"] == 0 and state["deliveries"]["total"] == 5000, state
    missing = reach(world, event, 1000, "notReached")
    assert {row["reason"] for row in missing} == {"withdrawn"} and len(missing) + len(reach(world, event, 1000, "reached")) == 2500
    # Lanes move on, nothing of the withdrawn event with them, and nothing brings it back.
    other = world.published(users[:10], "other")
    world.done(other)
    assert world.command("queue", "retry", "--event", event, "--yes").returncode == 3, "nothing of it can be tried again"
    assert len(list(world.records())) == sent + 20
    status, second, _ = withdraw(world, event, "again")
    assert status == 200 and second == first, second
    assert withdraw(world, other)[0] == 409
    conserved(world, {"r": event, "other": other})
    log = world.items("operation", "list")
    assert [(line["verb"], line["actor"]) for line in log][-1] == ("withdraw", "publisher one"), log
    assert "wrong class" not in open(world.log).read(), "a publisher's words do not reach the log"


def killed_while_withdrawing(world):
    """The mark is on the disk before anything else: whatever the kill cut in two, the next process sends nothing of the event."""
    world.start()
    users, event = thousands(world)

    def ask():
        try:
            withdraw(world, event)
        except (OSError, ValueError):
            pass  # killed before it answered
    asking = threading.Thread(target=ask)
    asking.start()
    wait("the mark", lambda: world.query("queue", "SELECT 1 FROM event WHERE withdrawal IS NOT NULL"))
    world.gateway.send_signal(signal.SIGKILL)
    world.gateway.wait()
    asking.join()
    sent = len(list(world.records()))
    world.start()
    assert world.event(event)["state"] == "withdrawn"
    state = ended(world, event)
    sums(state)
    assert state["deliveries"]["pending"] == state["deliveries"]["deferred"] == 0, state
    other = world.published(users[:10], "other")
    world.done(other)
    assert len(list(world.records())) == sent + 20, "something of the withdrawn event was sent after the restart"
    status, answer, _ = withdraw(world, event)
    assert status == 200 and answer["reason"] == "wrong class", answer
    operations = world.query("queue", "SELECT verb, state FROM operation")
    assert operations == [("withdraw", "done")], operations
    # What was in flight when the process died may have rung without being known.
    conserved(world, {"r": event, "other": other}, copies=True)
    world.kill()
    deep = world.command("doctor", "--deep", "-o", "json")
    assert json.loads(deep.stdout)["isSound"], deep.stdout
    assert world.command("operation", "verify").returncode == 0


def revision(world, users, number, identity=None):
    body = {"specversion": "1.0", "id": identity or f"r{number}", "source": "https://ent.example.org/one", "type": "fr.ent.publication",
            "subject": "BLOG/1/2", "data": {
                "app": "BLOG", "action": "PUBLISH-POST", "school": "0429901A", "audience": [{"user": user} for user in users],
                "title": "t", "body": f"b{number}", "params": {"resourceUri": f"/blog#/view/r{number}"}, "revision": number}}
    return world.call("POST", "/v1/events", json.dumps(body),
                      {"Authorization": f"Bearer {world.key}", "Content-Type": "application/cloudevents+json"})


def correction_takes_the_place(world):
    """What waits of the older revision is not sent, and every phone that showed it gets the newer one under the same identifier."""
    world.start()
    done = world.command("directory", "import", os.path.join(SAMPLE, "aaf1d/complet-2026-09-01"), "--format", "aaf1d", "--mode", "complete")
    assert done.returncode == 0, done
    users = [f"u{number:03}" for number in range(500)]
    tokens = world.register_all(users, 2, lambda number: "apns" if number % 2 else "fcm")
    status, older, _ = revision(world, users, 1)
    assert status == 202, older
    wait("the first phones", lambda: world.accepted() >= 50)
    status, newer, _ = revision(world, users, 2)
    assert status == 202, newer
    for number in (2, 1):
        status, stale, _ = revision(world, users, number, f"other{number}")
        assert status == 409 and stale["code"] == "staleRevision" and stale["id"] == newer["id"], stale
    world.kill()
    world.start()
    last, first = world.done(newer["id"]), world.done(older["id"])
    assert last["deliveries"]["accepted"] == 1000 and last["corrects"] == older["id"], last
    # What was answered in the last milliseconds before the kill is not known; it is not sent again.
    assert 0 < first["deliveries"]["rejected"] <= 1000 - first["deliveries"]["accepted"], first
    assert {row["reason"] for row in reach(world, older["id"], 1000, "notReached")} == {"superseded"}
    sums(first)
    identifiers = collections.defaultdict(set)
    shown = collections.defaultdict(list)
    for push in world.records():
        identifiers[receiver(push)].add(push["collapse"])
        shown[push["token"]].append(resource(push))
    assert all(len(found) == 1 for found in identifiers.values()), "a correction has the identifier of what it corrects"
    assert set(shown) == tokens and all(names[-1] == "r2" for names in shown.values())
    world.kill()
    assert json.loads(world.command("doctor", "--deep", "-o", "json").stdout)["isSound"]
    assert world.command("operation", "verify").returncode == 0


def resend(world, event, query="", order={"to": "notReached"}):
    return world.call("POST", f"/v1/events/{event}/resend{query}", json.dumps(order),
                      {"Authorization": f"Bearer {world.key}", "Content-Type": "application/json"})


def resend_rings_those_missed(world):
    world.start()
    with_phone, without = [f"u{number:03}" for number in range(20)], [f"v{number:03}" for number in range(150)]
    world.register_all(with_phone, 2)
    # Known from an earlier registration, and without a phone at the event.
    world.register_all(without, 1)
    for user in without:
        assert world.call("DELETE", f"/v1/devices/{user}-0", headers={"Authorization": f"Bearer ent-{user}"})[0] == 204
    event = world.done(world.published(with_phone + without))
    name = event["id"]
    assert (event["deliveries"]["accepted"], event["deliveries"]["withheld"], event["notReached"]) == (40, 150, {}), event
    assert event["otherUsersNotReached"] == {"noDevice": 150}, event
    # Nobody left who could be rung.
    assert resend(world, name)[:2] == (202, {"operation": None, "deliveries": 0})
    assert world.command("event", "resend", name, "--missing").returncode == 3
    world.register_all(without[:120], 1)
    status, plan, _ = resend(world, name, "?dryRun=true")
    assert (status, plan) == (200, {"operation": None, "deliveries": 120}), plan
    assert world.event(name) == event and world.accepted() == 40
    assert resend(world, name, order={"to": "all"})[0] == 422 and resend(world, "E-1M85GH3SH0000")[0] == 404
    refused = world.command("event", "resend", name, "--missing")
    assert refused.returncode == 6 and "120" in refused.stderr, refused
    status, answer, _ = resend(world, name)
    assert status == 202 and answer["deliveries"] == 120 and answer["operation"].startswith("O-"), answer
    world.kill()
    world.start()
    wait("the order's end", lambda: json.loads(world.command("operation", "show", answer["operation"], "-o", "json").stdout)["state"] == "done")
    event = world.done(name)
    sums(event)
    assert (event["deliveries"]["accepted"], event["deliveries"]["withheld"], event["deliveries"]["total"]) == (160, 30, 190), event
    assert event["otherUsersNotReached"] == {"noDevice": 30}, event
    rows = reach(world, name, 50)
    assert sorted(row["user"] for row in rows if row["state"] == "notReached") == without[120:]
    # What was under way at the kill may have come twice, with the same collapse identifier; nobody of the first round did.
    rung = collections.Counter(receiver(push) for push in world.records())
    assert set(rung) == {*with_phone, *without[:120]} and all(rung[user] == 2 for user in with_phone), rung
    status, again, _ = resend(world, name)
    assert status == 202 and again["deliveries"] == 0, again
    # From the command, for one more phone.
    world.register_all(without[120:121], 1)
    done = world.command("event", "resend", name, "--missing", "-o", "json")
    assert done.returncode == 0 and json.loads(done.stdout)["changed"] == 1, done
    wait("one more", lambda: world.event(name)["deliveries"]["accepted"] == 161)
    # What was taken back rings nobody.
    for lane in ("fcm/onepocket", "apns/onepocket"):
        assert world.command("lane", "pause", lane, "--why", "check").returncode == 0
    other = world.published(with_phone, "other")
    assert withdraw(world, other)[0] == 200 and resend(world, other)[:1] == (409,)
    assert world.command("event", "resend", other, "--missing").returncode == 6
    world.kill()
    assert json.loads(world.command("doctor", "--deep", "-o", "json").stdout)["isSound"]
    assert world.command("operation", "verify").returncode == 0


class Receiver(http.server.BaseHTTPRequestHandler):
    """Fails until it is told otherwise; keeps what was posted."""
    status, posts = 503, []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.posts.append((dict(self.headers), body, Receiver.status))
        self.send_response(Receiver.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def signed(secret, headers, body):
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode() in headers["webhook-signature"].split()


def publishers_are_told(world):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    secrets = [os.urandom(32), os.urandom(32)]
    world.secret("one.callback", "".join(f"whsec_{base64.b64encode(secret).decode()}\n" for secret in secrets))
    with open(world.config) as file:
        text = file.read()
    told = f"callbackURL: \"http://127.0.0.1:{server.server_port}/told\", callbackSecretFile: secrets/one.callback"
    with open(world.config, "w") as file:
        file.write(text.replace("keysFile: secrets/one.keys", "keysFile: secrets/one.keys, " + told))
    world.start()
    world.register_all(["u1", "u2"], 1)
    name = world.done(world.published(["u1", "u2", "nobody"]))["id"]
    first = wait("the first attempt", lambda: Receiver.posts[:])
    world.kill()
    Receiver.status = 204
    world.start()
    headers, body, _ = wait("the one that is taken", lambda: [post for post in Receiver.posts if post[2] == 204])[0]
    assert headers["webhook-id"] == first[0][0]["webhook-id"] and all(signed(secret, headers, body) for secret in secrets), headers
    view = json.loads(body)
    assert view == world.event(name) and view["state"] == "done" and view["deliveries"]["accepted"] == 2, view
    wait("its end", lambda: not world.query("queue", "SELECT 1 FROM callback"))
    # Not ended in time: told all the same, once.
    world.kill()
    with open(world.config) as file:
        text = file.read()
    with open(world.config, "w") as file:
        file.write(text.replace(told, told + ", callbackAfterSeconds: 1"))
    world.start()
    assert world.command("lane", "pause", "fcm/onepocket", "--why", "check").returncode == 0
    assert world.command("lane", "pause", "apns/onepocket", "--why", "check").returncode == 0
    late = world.published(["u1"], "late")
    posts = wait("word of what waits", lambda: [json.loads(post[1]) for post in Receiver.posts if late in post[0]["webhook-id"]])
    assert posts[0]["state"] != "done" and posts[0]["deliveries"]["accepted"] == 0, posts
    for lane in ("fcm/onepocket", "apns/onepocket"):
        assert world.command("lane", "resume", lane).returncode == 0
    world.done(late)
    wait("its end", lambda: not world.query("queue", "SELECT 1 FROM callback"))
    assert sum(late in post[0]["webhook-id"] for post in Receiver.posts) == 1


def said_twice_rings_once(world):
    """One text posted twice within the window, the gateway killed in the expansion of the second and while that waits: a parent of both rings
    once and counts as reached in both; of a first that is held, and then withdrawn, the second rings."""
    world.merge_seconds = 60
    world.write_config()
    # The first expansion is the first event's.
    world.start({"CARILLON_CRASH": "expansion:2"})
    tokens = {user: world.register(user, 0, "fcm") for user in ("both", "second")}
    assert world.command("lane", "pause", "fcm/onepocket", "--why", "test").returncode == 0
    first = world.published(["both"], "one")
    wait("its delivery", lambda: world.event(first)["deliveries"]["total"] == 1)
    identity = {"Idempotency-Key": "two"}
    try:
        world.publish(["both", "second"], "two", identity)
    except OSError:
        pass  # It is on the disk, or comes again below.
    wait("the crash", lambda: world.gateway.poll() is not None)
    assert world.gateway.returncode == -signal.SIGKILL, world.gateway.returncode
    world.processes.remove(world.gateway)
    world.start()
    status, answer, _ = world.publish(["both", "second"], "two", identity)
    assert status in (200, 202), answer
    second = answer["id"]
    assert second != first
    state = wait("its deliveries", lambda: (lambda e: e if e["deliveries"]["total"] == 2 else None)(world.event(second)))
    assert state["otherUsersWaiting"] == {"merged": 1, "laneClosed": 1}, state
    world.kill()
    world.start()
    assert world.command("lane", "resume", "fcm/onepocket").returncode == 0
    for event in (first, second):
        world.done(event)
    rows = {row["user"]: (row["state"], row["reason"]) for row in reach(world, second, 10)}
    assert rows == {"both": ("reached", "merged"), "second": ("reached", None)}, rows
    assert world.event(second)["mergedWith"] == [first]
    assert sorted(token for token, _ in world.pushes()) == sorted(tokens.values())

    world.command("lane", "pause", "fcm/onepocket", "--why", "test")
    # Whom the first two did not ring.
    world.register("third", 0, "fcm")
    held = world.published(["third"], "three")
    wait("its delivery", lambda: world.event(held)["deliveries"]["total"] == 1)
    after = world.published(["third"], "four")
    wait("its delivery", lambda: world.event(after)["otherUsersWaiting"] == {"merged": 1})
    assert world.command("queue", "hold", "--event", held, "--why", "test", "--yes").returncode == 0
    assert world.command("lane", "resume", "fcm/onepocket").returncode == 0
    assert world.done(after)["deliveries"]["accepted"] == 1
    assert world.command("event", "withdraw", held, "--why", "test", "--yes").returncode == 0
    assert world.event(held)["deliveries"]["accepted"] == 0


if __name__ == "__main__":
    main([forecast_is_what_happens, withdrawn_in_the_middle, killed_while_withdrawing, correction_takes_the_place, resend_rings_those_missed,
          publishers_are_told, said_twice_rings_once],
         {"forecast_is_what_happens": {"services": ["mozilla"]}, "withdrawn_in_the_middle": {"simulator": SLOW},
          "killed_while_withdrawing": {"simulator": SLOW}, "correction_takes_the_place": {"simulator": SLOW}})
