"""Checks of operators' orders: what is held, dropped or tried again while the gateway sends, is killed, or is down."""
import json, os, re, signal, socket, sqlite3, stat, subprocess, sys, urllib.request
from gateway import UnixConnection, conserved, main, start_with_shim, sums, wait

FCM, APNS = "fcm/onepocket", "apns/onepocket"
SLOW = ["--latency", "300", "--max-concurrent-streams", "5"]


def order(world, *words):
    """Gives an order and returns its report."""
    given = world.command(*words, "-o", "json")
    assert given.returncode == 0, (words, given)
    return json.loads(given.stdout)


def sending(world, users, enough, name="r"):
    """An event to all devices of these users of which some have rung."""
    event = world.published(users, name)
    wait(f"{enough} phones", lambda: world.accepted() >= enough)
    return event


def gauges(world, name, label=""):
    """Values by lane of the metrics that carry the label."""
    with urllib.request.urlopen(f"http://127.0.0.1:{world.metrics}/metrics", timeout=30) as answer:
        lines = [line for line in answer.read().decode().splitlines() if line.startswith(f"carillon_{name}{{") and label in line]
    return {re.search('lane="([^"]*)"', line)[1]: float(line.split()[-1]) for line in lines}


def settled(world):
    """Nothing is under way."""
    wait("the last answer", lambda: all(lane["inFlight"] == 0 for lane in world.lanes().values()))


def verified(world):
    report = world.command("operation", "verify", "-o", "json")
    assert report.returncode == 0, report
    return json.loads(report.stdout)


def hold_and_release(world):
    world.start()
    users = [f"u{number:03}" for number in range(500)]
    tokens = world.register_all(users, 2, lambda number: "apns" if number % 2 else "fcm")
    event = sending(world, users, 100)
    refused = world.command("queue", "hold", "--event", event, "--why", "wrong date")
    assert refused.returncode == 6 and "--yes" in refused.stderr, refused
    assert world.command("queue", "hold", "--event", event, "--yes").returncode == 2, "why is needed"
    held = order(world, "queue", "hold", "--event", event, "--why", "wrong date", "--yes")
    assert held["state"] == "done" and held["changed"] > 5, held
    settled(world)
    # Lanes move: another event passes, and nothing of the held one with it.
    other = world.published(users[:10], "other")
    assert world.done(other)["deliveries"]["accepted"] == 20
    state = world.event(event)
    assert state["state"] == "held" and state["deliveries"]["deferred"] == held["changed"], state
    assert any(user["state"] == "waiting" and user["reason"] == "held" for user in world.trace(event))
    # What is held is neither pending nor deferred in the lanes' figures, in the live ones as in the metrics.
    lanes = world.lanes()
    assert sum(lane["held"] for lane in lanes.values()) == held["changed"], lanes
    assert not any(lane["pending"] or lane["deferred"] for lane in lanes.values()), lanes
    # They are set now and then: the other event may have been under way the last time.
    wait("the gauges", lambda: sum(gauges(world, "queue_deliveries", 'state="held"').values()) == held["changed"]
         and not any(gauges(world, "queue_deliveries", 'state="pending"').values()))
    assert gauges(world, "credential_expiry_timestamp_seconds") == {FCM: 1893456000.0}, "only what the configuration says"
    assert world.accepted() == 1000 - held["changed"] + 20
    sums(state)
    # Held over a restart, too.
    world.kill()
    world.start()
    assert world.event(event)["state"] == "held"
    some = [delivery["id"] for delivery in world.items("queue", "list", "--state", "held", "--event", event)]
    assert len(some) == held["changed"]
    released = order(world, "queue", "release", *some[:5])
    assert released["changed"] == 5 and released["state"] == "done", released
    order(world, "queue", "release", "--event", event, "--yes", "--expect", str(len(some) - 5))
    assert world.done(event)["deliveries"]["accepted"] == 1000
    assert {token for token, _ in world.pushes()} == tokens
    conserved(world, {"r": event, "other": other}, copies=True)
    verified(world)


def drop_in_the_middle(world):
    world.start()
    users = [f"u{number:03}" for number in range(500)]
    world.register_all(users, 2, lambda number: "apns" if number % 2 else "fcm")
    event = sending(world, users, 100)
    plan = order(world, "queue", "drop", "--event", event, "--dry-run")
    assert plan["state"] == "planned" and plan["matched"] == 1000 and plan["operation"] is None, plan
    exceeded = world.command("queue", "drop", "--event", event, "--why", "sent by mistake", "--yes", "--expect", "3")
    assert exceeded.returncode == 6 and "nothing was changed" in exceeded.stderr, exceeded
    dropped = order(world, "queue", "drop", "--event", event, "--why", "sent by mistake", "--yes")
    assert dropped["state"] == "done" and dropped["changed"] > 0, dropped
    settled(world)
    other = world.published(users[:10], "other")
    world.done(other)
    state = world.done(event)
    assert state["deliveries"]["accepted"] == 1000 - dropped["changed"], (state, dropped)
    # Every single request that the providers saw, of those not dropped and of the other event.
    assert len(list(world.records())) == 1000 - dropped["changed"] + 20
    assert world.command("queue", "release", "--event", event).returncode == 3, "nothing is eligible"
    conserved(world, {"r": event, "other": other})
    log = world.items("operation", "list")
    assert [line["verb"] for line in log] == ["drop"] and "uid" in log[0]["actor"], log
    verified(world)


def drop_among_browsers(world):
    """Messages of a push service are encrypted on another thread, which may hold a page when the order comes."""
    world.start()
    users = [f"u{number:03}" for number in range(150)]
    for user in users:
        for number in range(4):
            world.browser(user, "mozilla", f"{user}-{number}")
    event = sending(world, users, 20)
    dropped = order(world, "queue", "drop", "--event", event, "--why", "sent by mistake", "--yes")
    assert dropped["state"] == "done" and dropped["changed"] > 0, dropped
    settled(world)
    other = world.published(users[:10], "other")
    world.done(other)
    state = world.done(event)
    assert state["deliveries"]["accepted"] == 600 - dropped["changed"], (state, dropped)
    assert len(list(world.records())) == 600 - dropped["changed"] + 40


def dead_letters_are_tried_again(world):
    world.start()
    users = [f"u{number}" for number in range(20)]
    world.register_all(users, 1, lambda number: "fcm")
    assert world.command("lane", "pause", FCM, "--why", "test").returncode == 0
    event = world.published(users)
    wait("its page", lambda: world.event(event)["deliveries"]["pending"] == 20)
    world.kill()
    # Eight attempts take half an hour; here is what they would have left.
    database = sqlite3.connect(f"{world.folder}/data/queue.db")
    page, lane, number = database.execute("SELECT id, lane, event FROM page WHERE state = 0").fetchone()
    database.execute("UPDATE result SET slots = ? WHERE page = ?", (bytes([6, 17] * 20), page))
    for slot in range(20):
        database.execute("INSERT INTO dead(delivery, lane, event, died_at, attempts) VALUES (?, ?, ?, 0, 8)", (page * 1024 + slot, lane, number))
    database.execute("UPDATE page SET state = 1 WHERE id = ?", (page,))
    database.execute("UPDATE event SET state = 4 WHERE id = ?", (number,))
    database.commit()
    database.close()
    world.start()
    world.resume(FCM)
    assert world.event(event)["state"] == "done" and len(world.items("dead", "list")) == 20
    assert world.command("dead", "retry").returncode == 6, "no filter"
    assert order(world, "dead", "retry", "--lane", "fcm/*", "--dry-run")["eligible"] == 20
    first = world.items("dead", "list")[0]["id"]
    assert order(world, "dead", "drop", first, "--why", "too late", "--yes")["changed"] == 1
    assert order(world, "dead", "retry", "--lane", "fcm/*")["changed"] == 19
    assert world.done(event)["deliveries"]["accepted"] == 19
    assert world.command("dead", "retry", "--lane", "fcm/*").returncode == 3
    verified(world)


def killed_in_a_bulk_order(world):
    """An order that a kill cut in two is carried out to its end by the next process."""
    flag = start_with_shim(world)
    users = [f"u{number:04}" for number in range(1000)]
    world.register_all(users, 8)
    for lane in (FCM, APNS):
        assert world.command("lane", "pause", lane, "--why", "test").returncode == 0
    event = world.published(users)
    wait("its pages", lambda: world.event(event)["deliveries"]["pending"] == 8000)
    verb, total = "hold", 8000
    # From now on each write to the log takes a while: the slices of an order are met one by one on a fast disk, too.
    with open(flag, "w") as file:
        file.write("queue.db-wal write 0 0 -1 10\n")
    for attempt in range(20):
        given = subprocess.Popen([world.binary("carillon"), "queue", verb, "--event", event, "--why", "test", "--yes", "--config", world.config],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        rows = wait("the first slice", lambda: [row for row in world.query(
            "queue", "SELECT id, changed, state FROM operation WHERE verb IN ('hold', 'release') ORDER BY id")[attempt:] if row[1] > 0])
        world.gateway.send_signal(signal.SIGKILL)
        world.gateway.wait()
        given.wait()
        operation, changed, state = world.query("queue", "SELECT id, changed, state FROM operation WHERE id = ?", rows[0][0])[0]
        world.start()
        if state == "running":
            break
        # It was over already: the other way round, once more.
        verb = "release" if verb == "hold" else "hold"
    else:
        raise AssertionError("never killed in the middle")
    assert 0 < changed < total, changed
    ended = wait("its end", lambda: [row for row in world.query("queue", "SELECT state, changed, skipped FROM operation WHERE id = ?", operation)
                                     if row[0] != "running"])
    assert ended == [("done", total, "{}")], ended
    deferred = world.event(event)["deliveries"]["deferred"]
    assert deferred == total, deferred
    assert len(world.query("queue", "SELECT 1 FROM held")) == (total if verb == "hold" else 0)
    report = verified(world)
    world.kill()
    # Without the service: the log can be read, and an order takes the store's lock.
    assert world.command("operation", "verify", "--head", report["head"]).returncode == 0
    assert world.command("queue", "drop", "--event", event, "--why", "x", "--yes").returncode == 4
    dropped = order(world, "queue", "drop", "--event", event, "--why", "test", "--yes", "--offline")
    assert dropped["changed"] == total and dropped["state"] == "done", dropped
    database = sqlite3.connect(f"{world.folder}/data/queue.db")
    database.execute("UPDATE operation SET why = 'of course' WHERE id = ?", (operation,))
    database.commit()
    database.close()
    broken = world.command("operation", "verify")
    assert broken.returncode == 1 and f"operation {operation} was changed: its why" in broken.stderr, broken
    world.start()
    assert world.event(event)["state"] == "done"
    assert world.command("queue", "drop", "--event", event, "--why", "x", "--yes", "--offline").returncode == 6


def lanes_and_devices(world):
    world.start()
    users = [f"u{number:03}" for number in range(300)]
    world.register_all(users, 4, lambda number: "fcm")
    event = sending(world, users, 50)
    drained = world.command("lane", "drain", FCM, "--why", "maintenance")
    assert drained.returncode == 0, drained
    wait("an empty lane", lambda: world.lane(FCM)["state"] == "draining" and world.lane(FCM)["inFlight"] == 0)
    assert world.command("lane", "resume", FCM).returncode == 0
    assert world.done(event)["deliveries"]["accepted"] == 1200
    tested = world.command("device", "test", "u000-0")
    assert tested.returncode == 0 and "accepted" in tested.stdout, tested
    revoked = world.command("device", "revoke", "u000-0", "--why", "stolen")
    assert revoked.returncode == 0, revoked
    assert world.command("device", "revoke", "nobody", "--why", "stolen").returncode == 3
    again = world.published(["u000"], "again")
    assert world.done(again)["deliveries"]["accepted"] == 3
    assert world.command("lane", "pause", FCM, "--why", "test").returncode == 0
    assert world.command("lane", "probe", FCM).returncode == 6
    assert world.command("lane", "resume", FCM).returncode == 0
    # A closed lane is asked at once.
    world.script({"fcm": {"*": {"behaviour": "503", "retryAfter": 600}}})
    late = world.published(["u001"], "late")
    wait("the closed lane", lambda: world.lane(FCM)["state"] == "open")
    world.simulated("DELETE", "/control/script")
    assert world.command("lane", "probe", FCM).returncode == 0
    assert world.done(late)["deliveries"]["accepted"] == 4
    # A pause with an end ends by itself, also over a restart.
    assert "until 20" in world.command("lane", "pause", FCM, "--until", "3s", "--why", "test").stdout
    assert world.lane(FCM)["until"]
    world.kill()
    assert world.items("lane", "list")[-1]["until"], "the store does not tell when the pause ends"
    world.start()
    wait("the pause's end", lambda: world.lane(FCM)["state"] == "active")
    verbs = [line["verb"] for line in world.items("operation", "list")]
    assert verbs == ["lane.active", "lane.paused", "lane.probe", "lane.active", "lane.paused", "device.revoke", "lane.active", "lane.draining"], verbs
    verified(world)


def become(uid, groups):
    os.setgroups(groups)
    os.setgid(uid)
    os.setuid(uid)


def as_account(world, uid, groups, method, path, body=None):
    """What an account of this machine is answered on the socket; None when it cannot open it."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            become(uid, groups)
            try:
                status, answer, _ = world.call(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"},
                                               UnixConnection(world.admin))
                told = [status, answer]
            except PermissionError:
                told = None
            os.write(write, json.dumps(told).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as file:
        told = file.read()
    os.waitpid(child, 0)
    return json.loads(told)


def hang_up(world, uid, groups, path, body):
    """An account asks and is gone before it is known, many times."""
    child = os.fork()
    if child == 0:
        try:
            become(uid, groups)
            content = json.dumps(body).encode()
            for _ in range(200):
                caller = socket.socket(socket.AF_UNIX)
                caller.connect(world.admin)
                caller.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
                caller.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def accounts_may_what_their_groups_may(world):
    """Accounts and groups of the gateway's own /etc: by the kernel's word, whatever the request says of itself. Needs root, as CI is."""
    if os.getuid() != 0:
        return print("not root: no account but our own can be tried", file=sys.stderr)
    ops, look, lea, max_, eve = 61001, 61002, 61011, 61012, 61013
    own = {"group": f"root:x:0:\ncarillon-ops:x:{ops}:lea\ncarillon-look:x:{look}:max\n",
           "passwd": "root:x:0:0::/:/bin/sh\n" + "".join(f"{name}:x:{uid}:{uid}::/:/bin/sh\n" for name, uid in (("lea", lea), ("max", max_), ("eve", eve)))}
    for name, text in own.items():
        with open(os.path.join(world.folder, name), "w") as file:
            file.write(text)
    mounts = " && ".join(f"mount --bind {world.folder}/{name} /etc/{name}" for name in own)
    world.prefix = ["unshare", "--mount", "--propagation", "private", "sh", "-c", mounts + ' && exec "$@"', "_"]
    world.start()
    assert stat.S_IMODE(os.stat(world.admin).st_mode) & 0o007 == 0
    pause, resume = f"/admin/lanes/pause?lane={FCM}", f"/admin/lanes/resume?lane={FCM}"
    claim = {"actor": "somebody else", "why": "a look"}
    # The kernel keeps out who is in neither group.
    assert as_account(world, eve, [eve], "GET", "/admin/lanes") is None
    status, lanes = as_account(world, max_, [max_, look], "GET", "/admin/lanes")
    assert status == 200 and FCM in str(lanes), lanes
    status, answer = as_account(world, max_, [max_, look], "POST", pause, claim)
    assert (status, answer["code"]) == (403, "forbiddenAccount") and "carillon-ops" in answer["detail"], answer
    # Whoever has hung up is nobody, and not the service itself.
    hang_up(world, max_, [max_, look], pause, claim)
    assert world.lane(FCM)["state"] == "active"
    status, answer = as_account(world, lea, [lea, ops], "POST", pause, claim)
    assert status == 200 and answer["state"] == "paused", answer
    # Of the two groups the greater counts, and the own group as one of the list.
    assert as_account(world, lea, [look, ops], "POST", resume, claim)[0] == 200
    assert as_account(world, ops, [], "GET", "/admin/operations")[0] == 200
    # The service's own account is where sudo leads: it is believed for whom it works.
    world.resume(FCM)
    actors = [line["actor"] for line in world.items("operation", "list")]
    assert actors == ["root (uid 0) for test", f"lea (uid {lea})", f"lea (uid {lea})"], actors
    verified(world)


main([hold_and_release, drop_in_the_middle, drop_among_browsers, dead_letters_are_tried_again, killed_in_a_bulk_order, lanes_and_devices,
      accounts_may_what_their_groups_may],
     {"hold_and_release": {"simulator": SLOW, "fcm": ", expires: 2030-01-01"}, "drop_in_the_middle": {"simulator": SLOW}, "lanes_and_devices": {"simulator": SLOW},
      "drop_among_browsers": {"simulator": SLOW, "services": ["mozilla"]}})
