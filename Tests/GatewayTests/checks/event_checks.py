"""Checks of one publication: what was forecast against what then happens, page by page who was reached, and a publication taken back."""
import collections, json, os, signal, threading
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
    assert world.command("queue", "retry", "--event", event, "--yes").returncode == 0
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


main([forecast_is_what_happens, withdrawn_in_the_middle, killed_while_withdrawing, correction_takes_the_place],
     {"forecast_is_what_happens": {"services": ["mozilla"]}, "withdrawn_in_the_middle": {"simulator": SLOW},
      "killed_while_withdrawing": {"simulator": SLOW}, "correction_takes_the_place": {"simulator": SLOW}})
