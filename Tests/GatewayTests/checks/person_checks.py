"""Checks of what the law lets a person demand, and of the keys of those who publish."""
import glob, json, os, signal, sqlite3
from gateway import main, wait

MORTAL = "ent-user-of-mirabelle-0815"


def order(world, *words):
    given = world.command("person", *words, "-o", "json")
    assert given.returncode == 0, (words, given)
    return json.loads(given.stdout)


def files_with(world, value):
    """The files of the data folder in which a value stands."""
    paths = glob.glob(os.path.join(world.folder, "data", "*.db*"))
    return sorted(os.path.basename(path) for path in paths if value.encode() in open(path, "rb").read())


def restricted_is_not_rung(world):
    world.start()
    world.register_all([MORTAL, "u1"], 1, lambda number: "fcm")
    done = order(world, "restrict", MORTAL, "--why", "contests the guardianship")
    assert done["restricted"] and done["changed"], done
    state = world.done(world.published([MORTAL, "u1"], "first"))
    assert state["deliveries"]["accepted"] == 1 and state["deliveries"]["withheld"] == 1, state
    assert state["otherUsersNotReached"] == {"restricted": 1}, state
    assert order(world, "restrict", MORTAL, "--lift", "--why", "settled")["changed"]
    state = world.done(world.published([MORTAL, "u1"], "second"))
    assert state["deliveries"]["accepted"] == 2, state


def restricted_while_it_waits(world):
    """What was planned before the order is not sent after its answer."""
    world.start()
    world.register_all([MORTAL], 1, lambda number: "fcm")
    assert world.command("lane", "pause", "fcm/onepocket", "--why", "test").returncode == 0
    event = world.published([MORTAL], "waiting")
    wait("the page", lambda: world.event(event)["deliveries"]["total"] == 1)
    order(world, "restrict", MORTAL, "--why", "contests the guardianship")
    assert world.command("lane", "resume", "fcm/onepocket").returncode == 0
    state = world.done(event)
    assert state["deliveries"]["withheld"] == 1 and world.accepted() == 0, state


def erased_is_nowhere(world):
    world.start()
    world.register_all([MORTAL, "u1"], 1, lambda number: "fcm")
    event = world.published([MORTAL, "u1"], "named")
    world.done(event)
    record = order(world, "export", MORTAL, "--why", "request")
    assert record["accounts"] == [MORTAL] and len(record["devices"]) == 1, record
    assert [entry["event"] for entry in record["events"]] == [event], record
    assert files_with(world, MORTAL), "the check looks at the wrong files"
    assert world.command("person", "erase", MORTAL, "--why", "request").returncode == 2, "it has to be confirmed"
    erased = order(world, "erase", MORTAL, "--why", "request", "--yes")
    assert erased["accounts"] == 1 and erased["devices"] == 1 and erased["events"] == 1, erased
    assert files_with(world, MORTAL) == [], files_with(world, MORTAL)
    # Counts stay, and so do the others.
    state = world.event(event)
    assert state["deliveries"]["accepted"] == 2 and state["otherUsers"] == 2, state
    assert world.command("person", "export", MORTAL, "--why", "request").returncode == 3
    assert MORTAL not in json.dumps(world.items("operation", "list"))
    assert world.command("operation", "verify").returncode == 0
    assert MORTAL not in open(world.log).read()
    # Who was shown the record stays on record, by a number that leads to nobody: who comes again is somebody else.
    [seen] = [look["person"] for look in world.items("audit", "looks") if look["what"] == "person.export"]
    world.register_all([MORTAL], 1, lambda number: "fcm")
    again = order(world, "export", MORTAL, "--why", "request")
    assert [look["what"] for look in again["looks"]] == ["person.export"], again["looks"]
    looks = world.items("audit", "looks")
    assert seen in [look["person"] for look in looks[1:]] and looks[0]["person"] != seen, looks
    # Down, too: the command does it alone.
    world.register_all(["u2-who-goes-too"], 1, lambda number: "fcm")
    world.kill()
    order(world, "erase", "u2-who-goes-too", "--why", "request", "--yes", "--offline")
    assert files_with(world, "u2-who-goes-too") == []


def keys_change_without_a_restart(world):
    world.start()
    first = world.key

    def status(key):
        return world.call("GET", "/v1/events", headers={"Authorization": f"Bearer {key}"})[0]

    assert status(first) == 200
    made = json.loads(world.command("publisher", "rotate", "one", "--overlap", "1h", "-o", "json").stdout)
    assert made["state"] == "in force", made
    assert status(made["secret"]) == 200 and status(first) == 200, "both count while they overlap"
    rows = {row["key"]: row for row in world.items("publisher", "list")}
    assert set(rows) == {"k1", made["key"]} and rows["k1"]["until"] and rows["k1"]["lastUsedAt"], rows
    revoked = json.loads(world.command("publisher", "revoke", "one", "k1", "--yes", "-o", "json").stdout)
    assert revoked["state"] == "in force", revoked
    assert status(first) == 401 and status(made["secret"]) == 200
    refused = world.command("publisher", "revoke", "one", made["key"], "--yes")
    assert refused.returncode == 6 and "only key" in refused.stderr, refused
    assert world.command("publisher", "revoke", "one", "k9", "--yes").returncode == 3
    # The keys are hashes in the file, and nowhere else.
    text = open(os.path.join(world.folder, "secrets", "one.keys")).read()
    assert made["secret"] not in text and made["secret"] not in open(world.log).read(), text
    assert os.stat(os.path.join(world.folder, "secrets", "one.keys")).st_mode & 0o777 == 0o600
    # At once: the old key ends with the order.
    last = json.loads(world.command("publisher", "rotate", "one", "--overlap", "0s", "-o", "json").stdout)
    assert status(made["secret"]) == 401 and status(last["secret"]) == 200


def log_of_orders_is_sealed(world):
    """With a key, and its end noted elsewhere: who writes the store shows, and so does who cuts the log off."""
    assert world.command("key", "generate", "audit", "--out", os.path.join(world.folder, "secrets", "audit.key")).returncode == 0
    heads = os.path.join(world.folder, "heads.ndjson")
    world.start()
    assert world.command("lane", "pause", "fcm/onepocket", "--why", "before there was a key").returncode == 0
    end(world)
    world.write_config("audit: { keyFile: secrets/audit.key, head: { file: heads.ndjson } }\n")
    world.start()
    assert world.command("lane", "resume", "fcm/onepocket", "--why", "with a key").returncode == 0
    end(world)
    noted = [json.loads(line) for line in open(heads)]
    assert noted[-1]["entry"] == 3 and noted[-1]["key"] and len(noted[-1]["code"]) == 64, noted
    verified = world.command("audit", "verify", "-o", "json")
    report = json.loads(verified.stdout)
    assert verified.returncode == 0 and report["sealed"] == 2 and report["heads"] == len(noted), verified
    with sqlite3.connect(os.path.join(world.folder, "data", "queue.db")) as store:
        assert store.execute("SELECT verb FROM operation ORDER BY id").fetchall() == [("lane.paused",), ("audit.key",), ("lane.active",)]
        store.execute("DELETE FROM audit WHERE id = 3")
        store.execute("DELETE FROM operation WHERE id = 3")
        store.execute("UPDATE sqlite_sequence SET seq = 2 WHERE name IN ('audit', 'operation')")
    cut = world.command("audit", "verify", "-o", "json")
    assert cut.returncode == 1 and "its end was cut off" in json.loads(cut.stdout)["broken"], cut
    # What the gateway writes behind it stands in the place of what was noted.
    world.start()
    assert world.command("lane", "pause", "fcm/onepocket", "--why", "afterwards").returncode == 0
    assert "made anew" in json.loads(world.command("audit", "verify", "-o", "json").stdout)["broken"]


def end(world):
    world.gateway.send_signal(signal.SIGTERM)
    assert world.gateway.wait() == 0
    world.processes.remove(world.gateway)


def looks_are_on_record(world):
    world.start()
    world.register_all([MORTAL], 1, lambda number: "fcm")
    event = world.published([MORTAL], "seen")
    world.done(event)
    for words in (("user", "trace", MORTAL), ("event", "reach", event), ("queue", "status")):
        assert world.command(*words).returncode == 0, words
    assert world.call("GET", f"/v1/events/{event}/reach", headers={"Authorization": f"Bearer {world.key}"})[0] == 200
    record = order(world, "export", MORTAL, "--why", "request")
    told = [(look["what"], look["by"]) for look in record["looks"]]
    assert told == [("person.export", "operator"), ("event.reach", "publisher one"), ("event.reach", "operator"), ("user.trace", "operator")], told
    # Also while the gateway is down.
    end(world)
    assert world.command("device", "list", "--user", MORTAL).returncode == 0
    looks = world.items("audit", "looks")
    assert [look["what"] for look in looks][:2] == ["device.list", "person.export"] and looks[0]["person"] == looks[1]["person"], looks
    assert MORTAL not in "".join(open(path).read() for path in glob.glob(os.path.join(world.folder, "data", "looks", "*")))


CHECKS = [restricted_is_not_rung, restricted_while_it_waits, erased_is_nowhere, keys_change_without_a_restart, log_of_orders_is_sealed,
          looks_are_on_record]

if __name__ == "__main__":
    main(CHECKS, {})
