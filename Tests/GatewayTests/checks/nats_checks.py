"""Checks of the consumer of the ENT's message broker, on a real nats-server: what a stream keeps, what comes once, and what nobody can take."""
import json, os, re, signal, subprocess, time, urllib.request

import nats_keys
from event_checks import SAMPLE, school_network
from gateway import BODY, TITLE, free_port, main, start_with_shim, wait
from nats_peer import Client, Server, Silencer
from watch_checks import samples

SUBJECT, STREAM = "timeline.notification.send", "ENT"
SERVICES = {"services": ["mozilla"]}
SECOND = 1_000_000_000


def notification(users, name):
    """As entcore's SendNotificationRequestDTO; a name may stand once."""
    return {"notificationName": "blog.publish-post", "senderId": "teacher", "senderName": "Mme Exemple", "recipientIds": users,
            "resourceId": name, "resourceUri": f"/blog#/view/{name}", "params": {}, "pushNotif": {"title": TITLE, "body": BODY}}


def broker(world, more="", stream=True, url=None, **options):
    """A server with the gateway's configuration for it; (the server, a client)"""
    server = Server(os.path.join(world.folder, "nats"), **options)
    server.start()
    keeps = f", stream: {STREAM}" if stream else ""
    # Two addresses of a cluster, of which one is away; kept apart from those of TLS, whose names count.
    here = f"nats://127.0.0.1:{free_port()},{server.url}" if server.url.startswith("nats://") else server.url
    world.write_config(f'nats: {{ url: "{url or here}", publisher: one{keeps}{more} }}\n')
    client = Client(server.port)
    if stream:
        client.stream(STREAM, SUBJECT)
    return server, client


def ends(world):
    """How many messages had which end: by end, or end/code."""
    found = {}
    for labels, value in samples(world, "carillon_nats_messages_total").items():
        end, code = re.search(r'end="(.*)",code="(.*)"', labels).groups()
        if value:
            found[f"{end}/{code}" if code else end] = int(value)
    return found


def connected(world):
    return samples(world, "carillon_nats_connected").get('publisher="one"') == 1


def events(world):
    """Newest first."""
    status, answer, _ = world.call("GET", "/v1/events?limit=500", headers={"Authorization": f"Bearer {world.key}"})
    assert status == 200, answer
    return answer["items"]


def taken(world):
    """Events so far."""
    return world.query("queue", "SELECT count(*) FROM event")[0][0]


def health(world):
    return json.loads(urllib.request.urlopen(f"http://127.0.0.1:{world.metrics}/healthz", timeout=10).read())


def all_done(world, count):
    return wait(f"the end of {count} events", lambda: (lambda e: e if len(e) == count and all(x["state"] == "done" for x in e) else None)(events(world)))


def sample(name):
    with open(os.path.join(SAMPLE, "events", name), "rb") as file:
        return file.read()


def both_ways_are_one(world):
    """The sample's broker message rings whom the preview names; the same event in the other way, in either order, rings nobody again."""
    server, client = broker(world)
    world.start()
    school_network(world)
    body, headers = sample("broker-blog-publish-post.json"), {"Authorization": f"Bearer {world.key}", "Content-Type": "application/json"}
    forecast = world.call("POST", "/v1/events?preview=true", body, headers)[1]
    client.publish_kept(SUBJECT, body)
    event = all_done(world, 1)[0]["id"]
    found = world.event(event)
    assert found["guardians"]["reached"] == forecast["guardians"]["reachable"] > 5, (found, forecast)
    assert found["deliveries"]["accepted"] == world.accepted() > 5, found
    again = world.call("POST", "/v1/events", body, headers)
    assert again[0] == 200 and again[1]["id"] == event, again
    # A CloudEvent has an identity of its own; a message of a stream that of Nats-Msg-Id.
    cloud = sample("cloudevent-01-class.json")
    posted = world.call("POST", "/v1/events", cloud, {**headers, "Content-Type": "application/cloudevents+json"})
    client.publish_kept(SUBJECT, cloud)
    news = sample("broker-news-published.json")
    client.publish_kept(SUBJECT, news, {"Nats-Msg-Id": "news 7"})
    wait("both", lambda: ends(world) == {"accepted": 2, "duplicate": 1})
    keyed = world.call("POST", "/v1/events", news, {**headers, "Idempotency-Key": '"news 7"'})
    assert posted[0] == 202 and keyed[0] == 200, (posted, keyed)
    rung = sum(world.event(event["id"])["deliveries"]["accepted"] for event in all_done(world, 3))
    assert rung == world.accepted(), rung
    state = client.consumer(STREAM, "carillon")
    assert (state["ack_floor"]["stream_seq"], state["num_ack_pending"], state["num_redelivered"]) == (3, 0, 0), state
    assert "at least once" in open(world.log).read()


def server_comes_again(world):
    """Away: said by healthz, check and metrics, while HTTP goes on. Back: what the stream has kept rings once, and the consumer is the same."""
    server, client = broker(world)
    world.start()
    world.register("u1", 0, "fcm")
    client.publish_kept(SUBJECT, notification(["u1"], "before"))
    wait("the first", lambda: ends(world) == {"accepted": 1})
    assert connected(world) and health(world)["status"] == "ok"
    server.kill()
    wait("the loss", lambda: not connected(world))
    told = health(world)
    assert told["status"] == "degraded" and any("NATS is not connected since" in alarm for alarm in told["alarms"]), told
    checked = world.command("check", "service")
    assert checked.returncode == 2 and "NATS is not connected" in checked.stdout, checked
    world.published(["u1"], "by-http")
    server.start()
    wait("the connection", lambda: connected(world))
    Client(server.port).publish_kept(SUBJECT, notification(["u1"], "after"))
    all_done(world, 3)
    assert ends(world) == {"accepted": 2} and world.accepted() == 3, ends(world)
    assert world.command("check", "service").returncode == 0
    assert samples(world, "carillon_nats_connected_since_timestamp_seconds")['publisher="one"'] > time.time() - 120


def a_consumer_has_to_keep(world):
    """One that takes an answer for all before it would lose what is put off: it is not used, and said."""
    _, client = broker(world)
    client.durable(STREAM, "carillon", SUBJECT, SECOND, policy="all")
    world.start()
    client.publish_kept(SUBJECT, notification(["u1"], "kept"))
    wait("the reason", lambda: any("ack_policy explicit" in alarm for alarm in health(world).get("alarms", [])))
    assert ends(world) == {} and client.consumer(STREAM, "carillon")["num_pending"] == 1


def killed_before_the_answer(world):
    """Dead between its commit and its acknowledgement: the stream sends it again, and the phone rings once."""
    silencer = Silencer()
    server, client = broker(world, url=f"nats://127.0.0.1:{silencer.port}")
    silencer.server = server.port
    client.durable(STREAM, "carillon", SUBJECT, 2 * SECOND)
    silencer.keeps_answers = True
    world.start()
    world.register("u1", 0, "fcm")
    client.publish_kept(SUBJECT, notification(["u1"], "once"))
    event = all_done(world, 1)[0]["id"]
    assert client.consumer(STREAM, "carillon")["num_ack_pending"] == 1
    world.kill()
    silencer.keeps_answers = False
    world.start()
    wait("the repetition", lambda: ends(world).get("duplicate"))
    wait("its answer", lambda: client.consumer(STREAM, "carillon")["num_ack_pending"] == 0)
    assert [event["id"] for event in events(world)] == [event] and world.accepted() == 1, events(world)


def killed_while_taking(world):
    """Hundreds in the stream, the gateway killed again and again: each rings once."""
    server, client = broker(world)
    client.durable(STREAM, "carillon", SUBJECT, SECOND)
    users = [f"u{number}" for number in range(20)]
    world.start()
    world.register_all(users, 1)
    for first in range(0, 900, 300):
        for number in range(first, first + 300):
            client.publish(SUBJECT, notification([users[number % 20]], f"n{number}"))
        client.ping()
        wait("some of them", lambda: taken(world) > first)
        world.kill()
        world.start()
    wait("the last answer", lambda: client.consumer(STREAM, "carillon")["ack_floor"]["stream_seq"] == 900, 120)
    assert taken(world) == 900
    wait("the last ring", lambda: len({push["collapse"] for push in world.records() if push["outcome"] == "accepted"}) == 900, 120)


def poison_is_ended(world):
    """What no repetition makes right is ended, counted by its code and told without its content; its neighbours ring."""
    server, client = broker(world)
    world.start()
    world.register("u1", 0, "fcm")
    secret = {"pushNotif": {"title": "Secret title", "body": "x"}, "recipientIds": "secret-person", "notificationName": "blog.publish-post"}
    poison = [b"{", b"", b"\xff\xfe", b"[]", b'{"a": 1}', json.dumps(secret).encode(), b'{"recipientIds": ["' + b"x" * 2_000_000 + b'"]}',
              b"[" * 100_000, json.dumps([notification(["u1"], "in-a-batch")]).encode()]
    for number, body in enumerate(poison):
        client.publish_kept(SUBJECT, body)
        client.publish_kept(SUBJECT, notification(["u1"], f"good-{number}"))
    all_done(world, len(poison))
    wait("the last answer", lambda: client.consumer(STREAM, "carillon")["ack_floor"]["stream_seq"] == 2 * len(poison))
    found = ends(world)
    assert found == {"accepted": 9, "refused/notJSON": 2, "refused/notUTF8": 1, "refused/unknownDialect": 3, "refused/invalidEvent": 1,
                     "refused/tooLarge": 1, "refused/tooDeep": 1}, found
    state = client.consumer(STREAM, "carillon")
    assert state["num_ack_pending"] == 0 and state["num_redelivered"] == 0, state
    lines = [json.loads(line) for line in open(world.log) if '"message refused"' in line]
    assert len(lines) == len(poison) and lines[0]["metadata"]["sequence"] == "1", lines
    text = open(world.log).read()
    assert "Secret title" not in text and "secret-person" not in text
    assert world.accepted() == len(poison)


def full_disk_leaves_it_in_the_stream(world):
    """While nothing can be promised nothing is acknowledged; with room again each rings once."""
    server, client = broker(world)
    flag = start_with_shim(world)
    world.register("u1", 0, "fcm")
    wait("the connection", lambda: connected(world))
    open(flag, "w").close()
    for number in range(5):
        client.publish_kept(SUBJECT, notification(["u1"], f"n{number}"))
    wait("refusals", lambda: ends(world).get("deferred/storeUnavailable", 0) >= 5)
    assert client.consumer(STREAM, "carillon")["num_ack_pending"] == 5 and not events(world)
    os.unlink(flag)
    all_done(world, 5)
    wait("the last answer", lambda: client.consumer(STREAM, "carillon")["num_ack_pending"] == 0)
    assert ends(world)["accepted"] == 5 and world.accepted() == 5, ends(world)
    text = open(world.log).read()
    assert text.count("messages cannot be taken now and come again: storeUnavailable") == 1 and "messages are taken again" in text


def without_a_stream(world):
    """Each comes once: it rings, nobody who asked is answered by us, and an orderly end takes what has come."""
    server, client = broker(world, stream=False, jetstream=False)
    world.start()
    world.register("u1", 0, "fcm")
    wait("the connection", lambda: connected(world))
    assert "at most once" in open(world.log).read()
    client.write(b"SUB _INBOX.ent 900")
    client.publish(SUBJECT, notification(["u1"], "asked"), reply="_INBOX.ent")
    client.publish(SUBJECT, b"{")
    all_done(world, 1)
    wait("both ends", lambda: ends(world) == {"accepted": 1, "refused/notJSON": 1})
    # An answer of ours would stand before the PONG.
    client.ping()
    for number in range(200):
        client.publish(SUBJECT, notification(["u1"], f"n{number}"))
    client.ping()
    world.gateway.send_signal(signal.SIGTERM)
    assert world.gateway.wait(30) == 0
    assert taken(world) == 201
    client.publish(SUBJECT, notification(["u1"], "nobody-is-there"))
    client.ping()
    world.start()
    wait("the connection", lambda: connected(world))
    client.publish(SUBJECT, notification(["u1"], "last"))
    wait("the last", lambda: ends(world) == {"accepted": 1})
    assert taken(world) == 202


def flood(client, count, name):
    """Sent in one piece: faster than anybody commits."""
    pieces = []
    for number in range(count):
        body = json.dumps(notification(["u1"], f"{name}{number}")).encode()
        pieces.append(f"PUB {SUBJECT} {len(body)}\r\n".encode() + body + b"\r\n")
    client.socket.sendall(b"".join(pieces))
    client.ping()


def resident(world):
    with open(f"/proc/{world.gateway.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def faster_than_it_is_taken(world):
    """More than waits here is dropped and counted, and memory does not grow; what the server cannot send away ends the connection, which comes again."""
    server, client = broker(world, stream=False, jetstream=False, lines='max_pending: 33554432\nwrite_deadline: "2s"')
    world.start()
    world.register("u2", 0, "fcm")
    wait("the connection", lambda: connected(world))
    before = resident(world)
    flood(client, 30_000, "a")

    def dropped():
        return int(sum(samples(world, "carillon_nats_dropped_total").values()))
    wait("each one's end", lambda: ends(world).get("accepted", 0) + dropped() == 30_000)
    assert dropped() > 0 and ends(world)["accepted"] >= 4096, (dropped(), ends(world))
    assert open(world.log).read().count("messages come faster than they are taken") >= 1
    assert resident(world) - before < 100 << 20, (before, resident(world))
    # A gateway that stands still: the server waits two seconds.
    world.gateway.send_signal(signal.SIGSTOP)
    try:
        flood(client, 150_000, "b" * 300)
        wait("the server's patience", lambda: "Slow Consumer" in open(os.path.join(server.folder, "log")).read())
    finally:
        world.gateway.send_signal(signal.SIGCONT)
    wait("the loss", lambda: "the broker is not connected" in open(world.log).read())
    wait("the connection", lambda: connected(world))
    client.publish(SUBJECT, notification(["u2"], "after"))
    wait("its ring", lambda: world.accepted() == 1)


def attempt(world, secret, url, subject=SUBJECT, ca="secrets/ca.pem"):
    """A start with these credentials: "connected", or the alarms."""
    world.secret("nats", secret)
    world.write_config(f'nats: {{ url: "{url}", publisher: one, subject: {subject}, credentialsFile: secrets/nats }}\n')
    with open(world.config) as file:
        text = file.read()
    with open(world.config, "w") as file:
        file.write(text.replace("caFile: simulator/ca.pem", f"caFile: {ca}"))
    world.start()
    try:
        return wait("an end of the attempt", lambda: "connected" if connected(world) else " ".join(health(world).get("alarms", [])))
    finally:
        world.kill()


def who_may_connect(world):
    """Names and passwords, tokens, keys, certificates: what is refused is told and tried again, and no secret stands in the log."""
    folder = os.path.join(world.folder, "nats")
    os.makedirs(folder)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    server = Server(folder, f'tls {{ cert_file: "{folder}/cert.pem", key_file: "{folder}/key.pem" }}\nauthorization {{ users: [{{ user: us, '
                            f'password: right-word, permissions: {{ subscribe: ["{SUBJECT}"] }} }}] }}', jetstream=False)
    server.start()
    with open(os.path.join(world.folder, "simulator/ca.pem")) as file, open(f"{folder}/cert.pem") as own:
        world.secret("ca.pem", file.read() + own.read())
    us, here, elsewhere = "us:right-word\n", f"tls://localhost:{server.port}", f"tls://127.0.0.1:{server.port}"
    for arguments, reason in [
            ((us, here), "connected"), (("us:wrong-word", here), "uthorization"), (("a-token", here), "uthorization"), ((us, elsewhere), "mismatch"),
            ((us, here, SUBJECT, "simulator/ca.pem"), "certificate"), ((us, here, "other.subject"), "ot Permitted"),
            ((us, f"{elsewhere},{here}"), "connected")]:
        assert reason in attempt(world, *arguments), (arguments, reason)
    # As nsc makes them.
    lines, creds = nats_keys.world()
    keys = Server(os.path.join(world.folder, "keys"), lines, jetstream=False)
    keys.start()
    assert attempt(world, creds, keys.url) == "connected"
    assert "uthorization" in attempt(world, nats_keys.world()[1], keys.url)
    with open(world.log) as file:
        text = file.read()
    assert not any(word in text for word in ["right-word", "wrong-word", "a-token", "eyJ", creds.split("SEED-----\n")[1][:20]]), text


if __name__ == "__main__":
    main([both_ways_are_one, server_comes_again, a_consumer_has_to_keep, killed_before_the_answer, killed_while_taking, poison_is_ended, full_disk_leaves_it_in_the_stream,
          without_a_stream, faster_than_it_is_taken, who_may_connect], {"both_ways_are_one": SERVICES})
