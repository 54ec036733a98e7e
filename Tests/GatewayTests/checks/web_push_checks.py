"""Checks of browsers: their keys, their messages, the lanes of their push services."""
import re

from gateway import BODY, LINKS, TITLE, conserved, main, wait

ALL = {"services": ["mozilla", "apple", "http1"]}


def browsers(world, users, services=None):
    return {world.browser(user, service) for user in users for service in services or world.services}


def of_browsers(world, name):
    """Accepted pushes to browsers of what was published under this name."""
    return [push for push in world.records() if push["provider"] == "webpush" and push["outcome"] == "accepted" and f"/view/{name}" in str(push)]


def every_browser_rings_once(world):
    """Three push services, one of them without HTTP/2: each subscription gets one message it can read, by one VAPID token a service."""
    world.start()
    assert world.call("GET", "/v1/webpush/key")[1] == {"publicKey": world.vapid}
    users = [f"u{number}" for number in range(6)]
    subscriptions = browsers(world, users)
    world.register_all(users, 1)
    events = {name: world.published(users, name) for name in ("first", "second")}
    for event in events.values():
        state = world.done(event)
        assert state["deliveries"]["accepted"] == 4 * len(users), state
    for name in events:
        pushes = of_browsers(world, name)
        assert sorted(push["subscription"] for push in pushes) == sorted(subscriptions)
        for push in pushes:
            payload, user = push["payload"], push["subscription"].split("-")[0]
            shown = payload["notification"]
            assert list(payload) and payload["web_push"] == 8030
            assert (shown["title"], shown["body"], shown["navigate"]) == (TITLE, BODY, f"{LINKS}/blog#/view/{name}"), shown
            assert (payload["title"], payload["body"], payload["data"]) == (TITLE, BODY, shown["data"])
            assert shown["data"]["receiver"] == user and "params" in shown["data"]
            assert push["topic"] == shown["tag"] == payload["tag"] and re.fullmatch("[0-9a-f]{32}", push["topic"])
            assert 0 < push["ttl"] <= 7 * 86_400 and push["urgency"] in ("very-low", "low", "normal", "high"), push
            assert ("1.1" in push["http"]) == (push["listener"] == world.services["http1"][0]), push["http"]
    tokens = {}
    for push in of_browsers(world, "first") + of_browsers(world, "second"):
        tokens.setdefault(push["host"], set()).add(push["credential"])
    assert [len(credentials) for credentials in tokens.values()] == [1, 1, 1], "a VAPID token is made once for an origin"
    listed = {lane["lane"]: lane for lane in world.items("lane", "list")}
    for service in world.services:
        assert listed[world.web_lane(service)]["state"] == "active" and listed[world.web_lane(service)]["provider"] == "webpush"
    conserved(world, events)
    log = open(world.log).read()
    assert TITLE not in log and not any(subscription in log for subscription in subscriptions)


def waits_over_a_restart(world):
    """What waits for a push service goes on after a restart, without a new event or registration."""
    world.start()
    users = [f"u{number}" for number in range(20)]
    browsers(world, users)
    world.script({"webpush": {"*": "503"}})
    event = world.published(users)
    services = [world.web_lane(service) for service in world.services]
    wait("ill services", lambda: all(world.lanes().get(name, {}).get("state", "active") != "active" for name in services))
    state = world.event(event)
    assert state["deliveries"]["accepted"] == 0 and state["deliveries"]["pending"] + state["deliveries"]["deferred"] == 60, state
    world.kill()
    world.simulated("DELETE", "/control/script")
    world.start()
    state = world.done(event)
    assert state["deliveries"]["accepted"] == 60, state
    conserved(world, {"r": event})


def unsubscribed_browser(world):
    """A 410 ends the subscription it is about, and no other of the same person or service."""
    world.start()
    browsers(world, ["parent", "other"])
    world.simulated("DELETE", "/control/subscriptions/parent-mozilla")
    event = world.published(["parent", "other"])
    state = world.done(event)
    assert (state["deliveries"]["accepted"], state["deliveries"]["rejected"]) == (5, 1), state
    wait("the disabled browser", lambda: [d["installation"] for d in world.devices("parent") if d["state"] != "active"] == ["parent-mozilla"])
    assert world.states("other") == ["active"] * 3
    conserved(world, {"r": event})
    later = world.published(["parent"], "later")
    assert world.done(later)["deliveries"]["accepted"] == 2
    # A new subscription of the same browser rings again.
    world.browser("parent", "mozilla")
    again = world.published(["parent"], "again")
    assert world.done(again)["deliveries"]["accepted"] == 3
    conserved(world, {"later": later, "again": again})


def one_refusal_proves_nothing(world):
    """A 401 from one subscription stops nobody else; from all it is the credential's, and the lane waits for a person."""
    world.start()
    users = [f"u{number}" for number in range(12)]
    browsers(world, users, ["mozilla"])
    lane = world.web_lane("mozilla")
    world.script({"webpush": {"u0-mozilla": "unauthenticated"}})
    event = world.published(users, "one")
    state = wait("the others", lambda: (lambda e: e if e["deliveries"]["accepted"] == 11 else None)(world.event(event)))
    assert state["deliveries"]["deferred"] + state["deliveries"]["pending"] == 1, state
    assert world.lane(lane)["state"] == "active"
    assert set(world.states(*users)) == {"active"}
    world.script({"webpush": {"*": "unauthenticated"}})
    second = world.published(users, "all")
    wait("the pause", lambda: world.lane(lane)["state"] == "credentialFault")
    state = world.event(second)
    assert state["deliveries"]["accepted"] == state["deliveries"]["rejected"] == 0, state
    assert set(world.states(*users)) == {"active"}
    world.simulated("DELETE", "/control/script")
    world.resume(lane)
    # Those that were doubted wait a minute of their own.
    wait("the rest", lambda: world.event(second)["deliveries"]["accepted"] >= 9)
    assert world.lane(lane)["state"] == "active"
    conserved(world, {"one": event, "all": second})


def private_addresses_are_refused(world):
    """Without the simulators' exception a subscription on a local address is no subscription: 422, and no lane."""
    world.start()
    status, answer, _ = world.browser("parent", "mozilla")
    assert status == 422 and answer["errors"][0]["pointer"] == "/subscription/endpoint", answer
    assert answer["errors"][0]["code"] == "endpointAddressLiteral", answer
    assert world.devices("parent") == [] and not [name for name in world.lanes() if name.startswith("webpush/")]


main([every_browser_rings_once, waits_over_a_restart, unsubscribed_browser, one_refusal_proves_nothing, private_addresses_are_refused],
     {"every_browser_rings_once": ALL, "waits_over_a_restart": ALL, "unsubscribed_browser": ALL,
      "one_refusal_proves_nothing": {"services": ["mozilla"]},
      "private_addresses_are_refused": {"services": ["mozilla"], "private": False}})
