"""Checks of the running gateway as a whole: kills, full disks, configuration, the first faults."""
import base64, hashlib, os, secrets, signal, subprocess, sys, json

from gateway import BODY, TITLE, failed, main, start_with_shim, sums, wait


def killed_three_times(world):
    """A gateway killed in the middle of an event to 10,000 devices, three times, loses nobody."""
    world.start()
    users = [f"u{number:04}" for number in range(1000)]
    tokens = world.register_all(users, 10)
    assert len(tokens) == 10_000
    # Nothing comes back from a few until the last kill: however fast the machine, each kill is in the middle of the event.
    world.script({"fcm": {token: "silence" for token in sorted(token for token in tokens if token.startswith("f-"))[:5]}})
    status, answer, _ = world.publish(users)
    assert status == 202, answer
    event = answer["id"]
    for part in (2_500, 5_000, 7_500):
        wait(f"{part} phones", lambda: world.rung() >= part, 180)
        world.kill()
        assert world.rung() <= 9_995
        if part == 7_500:
            world.script({})
        world.start()
    state = world.done(event, 300)
    assert state["deliveries"]["accepted"] == 10_000, state
    sums(state)
    collapse, copies = {}, 0
    for token, identifier in world.pushes():
        copies += 1
        assert identifier and collapse.setdefault(token, identifier) == identifier, "a duplicate with another collapse identifier"
    assert set(collapse) == tokens, f"{len(tokens - set(collapse))} devices were never rung"
    # Bounded: at each kill what was in flight (12 connections of 50 streams) and as much again answered but not yet recorded.
    print(f"{copies - 10_000} duplicates after three kills", file=sys.stderr)
    assert copies - 10_000 <= 3 * 2 * 12 * 50
    log = open(world.log).read()
    assert TITLE not in log and BODY not in log and "u0000" not in log, "the log holds a text or a name"
    assert not any(token in log for token in tokens), "the log holds a token"


def accepted_is_on_disk(world):
    """Whatever got a 202 is there after kill -9, also with the answer as the last thing that happened."""
    world.start()
    world.register("parent", 0, "fcm")
    ids = []
    for round in range(5):
        for number in range(10):
            status, answer, _ = world.publish(["parent"], f"{round}-{number}")
            assert status == 202, answer
            ids.append(answer["id"])
        world.kill()
        world.start()
        assert [world.event(event)["id"] for event in ids] == ids
    assert len(set(ids)) == 50
    for event in ids:
        assert world.done(event)["guardians"]["notReached"] == 0
    status, answer, _ = world.publish(["parent"], "again", {"Idempotency-Key": "k"})
    world.kill()
    world.start()
    status, repeated, _ = world.publish(["parent"], "again", {"Idempotency-Key": "k"})
    assert (status, repeated["id"], repeated["duplicate"]) == (200, answer["id"], True), repeated


def one_process_per_folder(world):
    world.start()
    second = subprocess.run([world.binary("carillon"), "serve", "--config", world.config], capture_output=True, text=True)
    assert second.returncode == 75 and str(world.gateway.pid) in second.stderr, second
    assert world.call("GET", "/readyz")[0] == 200


def configuration_mistakes(world):
    os.unlink(os.path.join(world.folder, "simulator", "apns.p8"))
    world.secret("storage.key", "not a key\n")
    world.write_config("lisen: {}\n")
    refused = subprocess.run([world.binary("carillon"), "serve", "--config", world.config], capture_output=True, text=True)
    assert refused.returncode == 78, refused
    for mistake in ("keyFile", "apns.p8", "lisen", "storage"):
        assert mistake in refused.stderr, (mistake, refused.stderr)
    assert "not a key" not in refused.stderr
    assert not os.path.exists(os.path.join(world.folder, "data", "queue.db"))


def stops_gracefully(world):
    world.start()
    users = [f"u{number:03}" for number in range(200)]
    world.register_all(users, 5)
    event = world.publish(users)[1]["id"]
    wait("the first pushes", lambda: world.accepted() > 20)
    world.gateway.send_signal(signal.SIGTERM)
    assert world.gateway.wait(30) == 0
    before = list(world.pushes())
    assert len(before) == len(set(before)), "a graceful stop sends nothing twice"
    world.start()
    state = world.done(event)
    assert state["deliveries"]["accepted"] == 1000, state
    after = list(world.pushes())
    assert len(after) == len(set(after)) == 1000, f"{len(after)} pushes"


def provider_unreachable(world):
    world.start()
    users = [f"u{number}" for number in range(20)]
    world.register_all(users, 2)
    world.simulator.terminate()
    world.simulator.wait()
    event = world.publish(users)[1]["id"]
    wait("a lane that says so", lambda: world.lane("fcm/onepocket")["state"] != "active" or world.lane("apns/onepocket")["state"] != "active")
    state = world.event(event)
    assert state["deliveries"]["accepted"] == 0 and state["deliveries"]["pending"] + state["deliveries"]["deferred"] == 40, state
    # The persons of a timeline message are no guardians here, so the trace says how each stands.
    assert {person["state"] for person in world.trace(event)} == {"waiting"}
    world.start_simulator()
    state = world.done(event, 120)
    assert state["deliveries"]["accepted"] == 40, state
    assert all(device["state"] == "active" for user in users for device in world.devices(user))


def credential_fault(world):
    world.start()
    users = [f"u{number}" for number in range(10)]
    world.register_all(users, 2)
    world.script({"apns": {"*": "invalid-provider-token"}})
    event = world.publish(users)[1]["id"]
    wait("the pause", lambda: world.lane("apns/onepocket")["state"] == "credentialFault")
    wait("the other lane", lambda: world.event(event)["deliveries"]["accepted"] == 10)
    state = world.event(event)
    assert state["deliveries"]["pending"] == 10 and state["deliveries"]["deferred"] == 0, state
    waiting = json.loads(world.command("queue", "list", "--lane", "apns/onepocket", "-o", "json").stdout)["items"]
    assert len(waiting) >= 10 and all(delivery["attempts"] == 0 for delivery in waiting), waiting
    assert all(device["state"] == "active" for user in users for device in world.devices(user))
    world.simulated("DELETE", "/control/script")
    world.resume("apns/onepocket")
    state = world.done(event)
    assert state["deliveries"]["accepted"] == 20, state
    assert world.lane("apns/onepocket")["state"] == "active"


def tokens_die_on_proof(world):
    world.start()
    gone, busy, slow = world.register("gone", 0, "fcm"), world.register("busy", 0, "fcm"), world.register("slow", 0, "apns")
    world.script({"fcm": {gone: "unregistered", busy: {"behaviour": "503", "retryAfter": 1, "times": 1}},
                  "apns": {slow: {"behaviour": "503", "retryAfter": 1, "times": 1}}})
    event = world.publish(["gone", "busy", "slow"])[1]["id"]
    state = world.done(event)
    assert state["deliveries"]["rejected"] == 1 and state["deliveries"]["accepted"] == 2, state
    assert [(p["guardian"] or p["user"], p["reason"]) for p in world.trace(event) if p["state"] != "reached"] == [("gone", "tokenGone")]
    wait("the disabled device", lambda: [device["state"] for device in world.devices("gone")] == ["disabled"])
    assert world.devices("busy")[0]["state"] == world.devices("slow")[0]["state"] == "active"
    later = world.publish(["gone"], "later")[1]["id"]
    assert world.done(later)["deliveries"] == {"total": 1, "accepted": 0, "pending": 0, "deferred": 0, "rejected": 0, "expired": 0, "withheld": 1}
    world.simulated("DELETE", "/control/script")
    world.register("gone", 0, "fcm")
    again = world.publish(["gone"], "again")[1]["id"]
    assert world.done(again)["deliveries"]["accepted"] == 1


def ent_down(world):
    world.start()
    world.script({"ent": {"*": "503"}})
    status, answer, headers = world.register("parent", 0, "fcm")
    assert status == 503 and headers["Retry-After"], answer
    assert world.devices("parent") == []
    world.simulated("DELETE", "/control/script")
    world.simulator.terminate()
    world.simulator.wait()
    status, answer, headers = world.register("other", 0, "fcm")
    assert status == 503 and headers["Retry-After"], answer
    assert world.devices("other") == []
    world.start_simulator()
    assert isinstance(world.register("parent", 0, "fcm"), str)


def disk_full(world):
    """Accepts are refused while nothing new can be written; what was accepted is sent and recorded on the full disk."""
    flag = start_with_shim(world)
    users = [f"u{number:03}" for number in range(100)]
    world.register_all(users, 5)
    first = world.publish(users, "before")[1]["id"]
    wait("the first pushes", lambda: world.accepted() > 10)
    open(flag, "w").close()
    status, answer, headers = world.publish(["u000"], "during")
    assert status == 503 and headers["Retry-After"], (status, answer)
    assert world.call("GET", "/readyz")[0] == 503
    assert world.event(first)["state"] != "done", "the event ended too early to prove anything"
    state = world.done(first)
    assert state["deliveries"]["accepted"] == 500, state
    assert "cannot be recorded" not in open(world.log).read()
    os.unlink(flag)
    status, answer, _ = world.publish(["u000"], "during")
    assert status == 202, answer
    assert world.done(answer["id"])["deliveries"]["accepted"] == 5
    assert world.gateway.poll() is None and world.call("GET", "/readyz")[0] == 200


def nothing_unrecorded_is_sent(world):
    """While outcomes cannot be recorded the lanes stand still; afterwards everything goes out, nothing twice."""
    flag = start_with_shim(world)
    users = [f"u{number:03}" for number in range(200)]
    tokens = world.register_all(users, 5)
    event = world.publish(users)[1]["id"]
    wait("the first pushes", lambda: world.accepted() > 10)
    with open(flag, "w") as file:
        file.write("blocked")
    wait("the stop", lambda: "cannot be recorded" in open(world.log).read())
    stopped = world.accepted()
    assert stopped < 1000, "the event ended too early to prove anything"
    # Three tries of the recorder later only what was in flight at the stop (12 connections of 2 streams) has come on top.
    tried = failed(flag)
    wait("three more tries", lambda: failed(flag) >= tried + 3)
    assert world.accepted() - stopped <= 24, f"{world.accepted() - stopped} sent that could not be recorded"
    os.unlink(flag)
    assert world.done(event)["deliveries"]["accepted"] == 1000
    pushes = [token for token, _ in world.pushes()]
    assert len(pushes) == 1000 and set(pushes) == tokens, f"{len(pushes)} pushes"


def reload(world):
    world.start()
    new = "cpk_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    old, world.key = world.key, new
    assert world.publish(["nobody"])[0] == 401
    good = open(world.config).read()
    with open(world.config, "a") as file:
        file.write("unknown: 1\n")
    world.secret("one.keys", "k2 sha256:" + hashlib.sha256(new.encode()).hexdigest() + "\n")
    world.gateway.send_signal(signal.SIGHUP)
    wait("the refusal", lambda: "reload refused" in open(world.log).read())
    refusals = [line for line in open(world.log) if "reload refused" in line]
    assert len(refusals) == 1 and '"level":"error"' in refusals[0] and "unknown" in refusals[0], refusals
    assert world.publish(["nobody"])[0] == 401
    with open(world.config, "w") as file:
        file.write(good)
    world.gateway.send_signal(signal.SIGHUP)
    wait("the new key", lambda: world.publish(["nobody"])[0] in (200, 202))
    world.key = old
    assert world.publish(["nobody"])[0] == 401


# Slow enough to meet an event in the middle.
SLOW = {"simulator": ["--latency", "20", "--max-concurrent-streams", "50"]}
NARROW = {"simulator": ["--latency", "100", "--max-concurrent-streams", "2"]}
main([killed_three_times, accepted_is_on_disk, one_process_per_folder, configuration_mistakes, stops_gracefully, provider_unreachable,
      credential_fault, tokens_die_on_proof, ent_down, disk_full, nothing_unrecorded_is_sent, reload],
     {"killed_three_times": SLOW, "stops_gracefully": SLOW, "disk_full": NARROW, "nothing_unrecorded_is_sent": NARROW})
