"""Checks of browsers: their keys, their messages, the lanes of their push services; and of what only a device can read."""
import base64, http.server, json, os, re, ssl, threading

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

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


class Receiver:
    """A browser's keys, or an app's, and what http_ece reads with them [RFC 8291]."""

    def __init__(self):
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.keys = {name: base64.urlsafe_b64encode(value).decode().rstrip("=") for name, value in (("p256dh", point), ("auth", self.auth))}

    def read(self, record):
        return json.loads(http_ece.decrypt(record, private_key=self.key, auth_secret=self.auth, version="aes128gcm"))


def push_service(world):
    """A browser's push service that keeps what it is sent, without HTTP/2. Returns its port and what came, by path."""
    came = {}

    class Answers(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            assert self.headers["Content-Encoding"] == "aes128gcm"
            came.setdefault(self.path, []).append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(world.folder, "simulator/cert.pem"), os.path.join(world.folder, "simulator/key.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1], came


def encrypted_is_read_by_its_device_alone(world):
    """Class encrypted: a browser and an app with keys read the whole text, by another's library; a phone without keys gets none, and is counted."""
    port, came = push_service(world)
    world.services["own"] = (None, port)
    with open(os.path.join(world.folder, "kinds.yaml"), "w") as file:
        file.write("kinds: { BLOG.PUBLISH-POST: { dataClass: encrypted } }\n")
    world.write_config("publicationsFile: kinds.yaml\n")
    world.start()
    browser, app = Receiver(), Receiver()
    for installation, registration in (
            ("browser", {"provider": "webpush", "platform": "web",
                         "subscription": {"endpoint": f"https://localhost:{port}/push/browser", "keys": browser.keys}}),
            ("app", {"provider": "fcm", "token": "token-of-the-app", "platform": "android", "keys": app.keys})):
        status, answer, _ = world.put_device("parent", installation, registration)
        assert status == 201, answer
    bare = world.register("parent", 2, "fcm")

    def posted(name, users):
        status, answer, _ = world.publish(users, name)
        # Nobody knows yet which phones have keys.
        assert status == 202 and "sentAsGeneric" not in str(answer), answer
        return world.done(answer["id"])

    state = posted("secret", ["parent"])
    assert state["deliveries"]["accepted"] == 3, state
    assert (state["dataclassification"], state["sentAs"], state["sentAsGeneric"]) == ("encrypted", "encrypted", 1), state
    [warning] = [warning for warning in state["warnings"] if warning["code"] == "sentAsGeneric"]
    assert warning["detail"].startswith("1 phone "), warning
    [record] = came["/push/browser"]
    shown = browser.read(record)
    assert (shown["title"], shown["body"], shown["notification"]["body"]) == (TITLE, BODY, BODY) and "/view/secret" in str(shown), shown
    pushes = {push["token"]: push["payload"] for push in world.records() if push["outcome"] == "accepted"}
    text = pushes["token-of-the-app"]["data"]["enc"]
    shown = app.read(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert (shown["title"], shown["body"]) == (TITLE, BODY) and "/view/secret" in str(shown), shown
    assert not any(word in str(pushes) for word in (TITLE, BODY)) and "enc" not in pushes[bare].get("data", {}), pushes
    # Where all have keys, nothing is warned of.
    world.put_device("other", "other-app", {"provider": "fcm", "token": "token-of-the-other", "platform": "android", "keys": app.keys})
    state = posted("again", ["other"])
    assert state["sentAs"] == "encrypted" and "sentAsGeneric" not in str(state), state


main([every_browser_rings_once, waits_over_a_restart, unsubscribed_browser, one_refusal_proves_nothing, private_addresses_are_refused,
      encrypted_is_read_by_its_device_alone],
     {"every_browser_rings_once": ALL, "waits_over_a_restart": ALL, "unsubscribed_browser": ALL,
      "one_refusal_proves_nothing": {"services": ["mozilla"]}, "encrypted_is_read_by_its_device_alone": {"services": ["mozilla"]},
      "private_addresses_are_refused": {"services": ["mozilla"], "private": False}})
