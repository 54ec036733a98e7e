"""Checks of targets and access tokens: one is given up on proof about itself only, and a shared phone rings for whoever has it now."""
import secrets

from gateway import conserved, main, receiver, wait

FCM, APNS = "fcm/onepocket", "apns/onepocket"


def gone_before_registration(world):
    """Apple says since when a token is gone: a phone that has registered since is kept."""
    world.start()
    old, new = world.register("old", 0, "apns"), world.register("new", 0, "apns")
    world.script({"apns": {old: {"behaviour": "unregistered", "timestampFromNow": -3_600_000},
                           new: {"behaviour": "unregistered", "timestampFromNow": 0}}})
    event = world.published(["old", "new"])
    assert world.done(event)["deliveries"]["rejected"] == 2
    wait("the disabled phone", lambda: world.states("new") == ["disabled"])
    assert world.states("old") == ["active"]
    world.simulated("DELETE", "/control/script")
    later = world.published(["old", "new"], "later")
    state = world.done(later)
    assert (state["deliveries"]["accepted"], state["deliveries"]["withheld"]) == (1, 1), state
    conserved(world, {"r": event, "later": later})


def gone_and_not_found(world):
    """UNREGISTERED is about the token; a bare 404 is about the project: the lane stops and no token is touched."""
    world.start()
    gone = world.register("gone", 0, "fcm")
    users = [f"u{number}" for number in range(5)]
    world.register_all(users, 1, lambda _: "fcm")
    world.script({"fcm": {gone: "unregistered"}})
    event = world.published(["gone", *users])
    state = world.done(event)
    assert (state["deliveries"]["accepted"], state["deliveries"]["rejected"]) == (5, 1), state
    wait("the disabled phone", lambda: world.states("gone") == ["disabled"])
    world.script({"fcm": {"*": "not-found"}})
    second = world.published(users, "second")
    wait("the pause", lambda: world.lane(FCM)["state"] == "credentialFault")
    waiting = world.items("queue", "list", "--lane", FCM)
    assert len(waiting) == 5 and all(d["attempts"] == 0 for d in waiting), waiting
    assert world.states(*users) == ["active"] * 5
    world.simulated("DELETE", "/control/script")
    world.resume(FCM)
    assert world.done(second)["deliveries"]["accepted"] == 5
    conserved(world, {"r": event, "second": second})


def suspect_until_registered(world):
    """A token called bad is not rung, until its phone registers again; each change has a line of history."""
    world.start()
    token = world.register("parent", 0, "apns")
    world.script({"apns": {token: "bad-device-token"}})
    event = world.published(["parent"])
    assert world.done(event)["deliveries"]["rejected"] == 1
    wait("the suspect", lambda: world.states("parent") == ["suspect"])
    asked = len(list(world.records()))
    second = world.published(["parent"], "second")
    state = world.done(second)
    assert state["deliveries"]["accepted"] == 0 and len(list(world.records())) == asked, state
    world.simulated("DELETE", "/control/script")
    world.register("parent", 0, "apns")
    assert world.states("parent") == ["active"]
    third = world.published(["parent"], "third")
    assert world.done(third)["deliveries"]["accepted"] == 1
    history = world.query("registry", "SELECT state, lane, reason FROM device_history ORDER BY id")
    assert history == [(0, None, "registered"), (1, APNS, "BadDeviceToken"), (0, None, "registeredAgain")], history
    conserved(world, {"r": event, "second": second, "third": third})


def installation_id_replaces_token(world):
    """A Firebase installation id takes the place of the token that carries it, whatever the installation is called."""
    world.start()
    firebase = secrets.token_urlsafe(16)
    token = f"{firebase}:APA91b{secrets.token_urlsafe(90)}"
    assert world.put_device("parent", "old-app", {"provider": "fcm", "token": token, "platform": "android"})[0] == 201
    assert world.put_device("parent", "new-app", {"provider": "fcm", "tokenKind": "fid", "token": firebase, "platform": "android"})[0] == 201
    world.devices_known["new-app"] = firebase
    assert [(d["installation"], d["tokenKind"]) for d in world.devices("parent")] == [("new-app", "fid")]
    event = world.published(["parent"])
    assert world.done(event)["deliveries"]["accepted"] == 1
    assert [(push["targetKind"], push["token"]) for push in world.records()] == [("fid", firebase)]
    conserved(world, {"r": event})


def revoked_access_token(world):
    """All that is under way with a revoked access token is refused at once: one new token, no pause, nothing tried in vain."""
    world.start()
    users = [f"u{number:03}" for number in range(100)]
    world.register_all(users, 1, lambda _: "fcm")
    first = world.published(users[:1], "first")
    world.done(first)
    world.simulated("DELETE", "/control/access-tokens")
    second = world.published(users, "second")
    # Sooner than a lane that waits for its next probe would be done.
    state = world.done(second, 40)
    assert state["deliveries"]["accepted"] == 100, state
    refused = [record for record in world.records() if record.get("status") == 401]
    assert len(refused) > 1, "too few met the revoked token to prove anything"
    assert world.simulated("GET", "/control/counts")["grants"] == 2
    assert "credentialFault" not in open(world.log).read()
    assert world.query("queue", "SELECT count(*) FROM retry") == [(0,)]
    conserved(world, {"first": first, "second": second})


def refused_access_tokens(world):
    """A second token that is refused, too, pauses the lane, and each probe has a new one."""
    world.start()
    users = [f"u{number:02}" for number in range(20)]
    world.register_all(users, 1, lambda _: "fcm")
    world.script({"fcm": {"*": "unauthenticated"}})
    event = world.published(users)
    wait("the pause", lambda: world.lane(FCM)["state"] == "credentialFault")
    wait("a token for the next probe", lambda: world.simulated("GET", "/control/counts")["grants"] == 3)
    world.simulated("DELETE", "/control/script")
    world.resume(FCM)
    assert world.done(event, 40)["deliveries"]["accepted"] == 20
    conserved(world, {"r": event})


def shared_phone(world, close, is_closed):
    """What waits behind a closed lane is not rung for the account that had the phone before."""
    world.start()
    users = [f"u{number}" for number in range(20)]
    world.register_all(users, 1, lambda _: "fcm")
    close()
    event = world.published(users)
    wait("deliveries that wait", is_closed)
    for user in users[:10]:
        status, answer, _ = world.put_device(
            "next-" + user, f"{user}-0", {"provider": "fcm", "token": world.devices_known[f"{user}-0"], "platform": "android"})
        assert status == 201, answer
    world.simulated("DELETE", "/control/script")
    world.resume(FCM)
    state = world.done(event)
    rung = {receiver(push) for push in world.records() if push["outcome"] == "accepted"}
    assert rung == set(users[10:]), f"rang for those who have no phone any more: {sorted(rung & set(users[:10]))}"
    assert (state["deliveries"]["accepted"], state["deliveries"]["rejected"]) == (10, 10), state
    reasons = {(d["state"], d["reason"]) for d in world.deliveries(event) if d["state"] != "accepted"}
    assert reasons == {("rejected", "noDevice")}, reasons
    conserved(world, {"r": event})


def shared_phone_behind_a_pause(world):
    pause = lambda: world.command("lane", "pause", FCM, "--why", "a look")
    shared_phone(world, pause, lambda: world.lane(FCM)["pending"] == 20)


def shared_phone_behind_a_breaker(world):
    storm = lambda: world.script({"fcm": {"*": {"behaviour": "503", "retryAfter": 3600}}})
    shared_phone(world, storm, lambda: world.lane(FCM)["state"] == "open" and world.lane(FCM)["inFlight"] == 0)

def lost_answers_ring_once(world):
    """An answer that is lost behind a push that was taken: the copy carries the same identifier, and the delivery ends once."""
    world.start()
    world.register_all(["u0", "u1", "u2", "u3"], 1, lambda _: "fcm")
    lost = world.devices_known["u0-0"]
    world.script({"fcm": {lost: {"behaviour": "reset", "code": "INTERNAL_ERROR", "delivers": True, "times": 1}}})
    event = world.published(["u0", "u1", "u2", "u3"])
    assert world.done(event)["deliveries"]["accepted"] == 4
    copies = [push for push in world.records() if push["token"] == lost]
    assert len(copies) == 2 and len({push["collapse"] for push in copies}) == 1, copies
    delivery = next(d for d in world.items("queue", "list", "--event", event, "--state", "accepted") if d["device"] == "u0-0")
    assert delivery["attempts"] == 2, delivery
    conserved(world, {"r": event}, copies=True)


def refused_streams_cost_nothing(world):
    """REFUSED_STREAM and a GOAWAY below what is in flight were not processed: sent again, no attempt, no row."""
    world.start()
    users = [f"u{number}" for number in range(40)]
    world.register_all(users, 1, lambda _: "fcm")
    world.script({"fcm": {"*": [
        {"behaviour": "reset", "code": "REFUSED_STREAM", "every": 5, "times": 6},
        {"behaviour": "accept", "onConnection": 10, "times": 2, "goaway": {"last": "before", "code": "NO_ERROR"}}]}})
    event = world.published(users)
    state = world.done(event)
    assert state["deliveries"]["accepted"] == 40, state
    assert world.counts("lost", "fcm") > 0, "nothing was refused"
    assert world.query("queue", "SELECT count(*) FROM attempt")[0][0] == 0
    assert world.query("queue", "SELECT count(*) FROM retry")[0][0] == 0
    conserved(world, {"r": event})


def iphones_wait_alone(world):
    """The APNs key inside the Firebase project is refused: phones said to be iPhones wait, Android rings, no attempt is counted."""
    world.start()
    phones, androids = [f"i{number}" for number in range(5)], [f"a{number}" for number in range(5)]
    refused = {}
    for user in phones:
        token = "f-" + secrets.token_hex(32)
        status, answer, _ = world.put_device(user, f"{user}-0", {"provider": "fcm", "token": token, "platform": "ios"})
        assert status == 201, answer
        world.devices_known[f"{user}-0"] = token
        refused[token] = "THIRD_PARTY_AUTH_ERROR"
    world.register_all(androids, 1, lambda _: "fcm")
    world.script({"fcm": refused})
    event = world.published(phones + androids)
    wait("Android", lambda: world.event(event)["deliveries"]["accepted"] == 5)
    wait("the word", lambda: "THIRD_PARTY_AUTH_ERROR" in (world.lane(FCM)["reason"] or ""))
    assert world.lane(FCM)["state"] == "active" and world.event(event)["state"] == "sending"
    assert world.query("queue", "SELECT count(*) FROM attempt")[0][0] == 0
    later = world.published(androids, "later")
    assert world.done(later)["deliveries"]["accepted"] == 5
    world.simulated("DELETE", "/control/script")
    world.resume(FCM)
    assert world.done(event)["deliveries"]["accepted"] == 10
    conserved(world, {"r": event, "later": later})


def a_new_reason_reaches_the_operator(world):
    """What no table knows is classed by its status and told in the provider's word; no phone is touched."""
    world.start()
    token = world.register("parent", 0, "apns")
    world.script({"apns": {token: {"status": 418, "reason": "TEAPOT"}}})
    event = world.published(["parent"])
    assert world.done(event)["deliveries"]["rejected"] == 1
    assert world.states("parent") == ["active"]
    delivery = world.items("queue", "list", "--event", event, "--state", "rejected")[0]
    shown = world.command("queue", "show", delivery["id"], "-o", "json").stdout
    assert "TEAPOT" in shown, shown


main([lost_answers_ring_once, refused_streams_cost_nothing, iphones_wait_alone, a_new_reason_reaches_the_operator, gone_before_registration,
      gone_and_not_found, suspect_until_registered, installation_id_replaces_token, revoked_access_token,
      refused_access_tokens, shared_phone_behind_a_pause, shared_phone_behind_a_breaker], {})
