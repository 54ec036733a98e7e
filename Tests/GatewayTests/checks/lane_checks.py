"""Checks of lanes: what ails one lane stays there, costs no attempt, and ends by itself; and the mass guard on removals."""
from gateway import conserved, main, resource, wait

FCM, APNS = "fcm/onepocket", "apns/onepocket"


def storm(world, retry_after):
    """All of FCM says 503 while APNs works."""
    world.start()
    users = [f"u{number:03}" for number in range(100)]
    world.register_all(users, 4, lambda number: "apns" if number % 2 else "fcm")
    world.script({"fcm": {"*": {"behaviour": "503", "retryAfter": retry_after}}})
    event = world.published(users)
    wait("the closed lane", lambda: world.lane(FCM)["state"] in ("open", "halfOpen"))
    wait("all of the other lane", lambda: world.accepted("apns") == 200)
    wait("its outcomes", lambda: world.event(event)["deliveries"]["accepted"] == 200)
    assert world.lane(FCM)["state"] in ("open", "halfOpen") and world.lane(APNS)["state"] == "active"
    assert world.accepted("fcm") == 0
    # The provider's illness is the lane's: no delivery was tried, no row was written.
    waiting = world.items("queue", "list", "--lane", FCM)
    assert len(waiting) == 200 and all(d["attempts"] == 0 and d["state"] == "pending" for d in waiting), waiting[:3]
    shown = world.items("queue", "show", waiting[0]["id"])[0]
    assert shown["attempts"] == 0 and not {"attempt", "outcome"} & {entry["what"] for entry in shown["timeline"]}, shown
    assert world.query("queue", "SELECT count(*) FROM retry") == [(0,)] and world.query("queue", "SELECT count(*) FROM attempt") == [(0,)]
    conserved(world, {"r": event})
    world.simulated("DELETE", "/control/script")
    state = world.done(event)
    assert state["deliveries"]["accepted"] == 400, state
    conserved(world, {"r": event})


def storm_with_seconds(world):
    storm(world, 2)


def storm_with_a_date(world):
    storm(world, {"date": 3})


def retry_after_is_the_lanes(world):
    """One delivery is told to wait; all of the lane wait as long."""
    world.start()
    users = [f"u{number:03}" for number in range(300)]
    world.register_all(users, 1, lambda _: "fcm")
    world.script({"fcm": {"*": {"behaviour": "429", "retryAfter": 4, "times": 1}}})
    event = world.published(users)
    lane = wait("the closed lane", lambda: (lambda lane: lane if lane["state"] == "open" else None)(world.lane(FCM)))
    assert lane["until"] and "429" in lane["reason"], lane
    assert world.done(event)["deliveries"]["accepted"] == 300
    requests = [record for record in world.records() if record["provider"] == "fcm"]
    told = next(number for number, record in enumerate(requests) if record["status"] == 429)
    later = [record["at"] for record in requests[told + 1:]]
    # What was under way may be answered a while after it: the pause is measured from the word, to the first behind the longest gap.
    _, resumed = max((after - before, after) for before, after in zip([requests[told]["at"]] + later, later))
    assert resumed - requests[told]["at"] >= 3_900, f"the lane was back after {resumed - requests[told]['at']} ms"
    conserved(world, {"r": event})


def small_beside_large(world):
    """An event to 6,000 phones fills the lanes; what a class gets meanwhile does not wait for its end."""
    world.start()
    town = [f"u{number:04}" for number in range(1500)]
    world.register_all(town + ["parent"], 4)
    large = world.published(town, "large")
    wait("the first phones", lambda: world.accepted() > 100)
    small = {f"small-{number}": world.published(["parent"], f"small-{number}") for number in range(4)}
    for event in (*small.values(), large):
        world.done(event)
    # In pushes, not in time: more than a window of the large event, twice over, goes out behind the last of the small ones.
    names = [resource(push) for push in world.records() if push["outcome"] == "accepted"]
    last = len(names) - 1 - next(number for number, name in enumerate(reversed(names)) if name in small)
    assert len(names) - last > 2000, f"only {len(names) - last} of {len(names)} pushes follow the last small event's"
    conserved(world, {"large": large, **small})


def quota_of_a_minute(world):
    """Sixty a minute: sixty of a hundred go, the rest waits for its turn and the lane is not ill."""
    world.start()
    users = [f"u{number:03}" for number in range(100)]
    world.register_all(users, 1, lambda _: "fcm")
    world.register("apple", 0, "apns")
    event = world.published(users)
    wait("the quota", lambda: world.accepted("fcm") == 60)
    # The other lane's event goes the whole way meanwhile.
    other = world.published(["apple"], "other")
    world.done(other)
    lane = wait("the hour of the next", lambda: (lambda lane: lane if lane["until"] else None)(world.lane(FCM)))
    assert lane["state"] == "active" and lane["pending"] == 40 and lane["deferred"] == 0, lane
    assert world.accepted("fcm") == 60
    conserved(world, {"r": event, "other": other})


def wrong_topic(world):
    """A provider that calls every token bad: the mass guard acts, and all 30 phones are active again."""
    world.start()
    users = [f"u{number}" for number in range(30)]
    world.register_all(users, 1, lambda _: "apns")
    world.script({"apns": {"*": "device-token-not-for-topic"}})
    event = world.published(users)
    state = world.done(event)
    assert state["deliveries"]["rejected"] == 30, state
    wait("the mass guard", lambda: world.lane(APNS)["removalsFrozen"])
    wait("what it held", lambda: len(world.items("lane", "removals", APNS)) == 30)
    wait("active phones", lambda: world.states(*users) == ["active"] * 30)
    assert not world.lane(FCM)["removalsFrozen"] and world.command("lane", "removals", FCM).returncode == 3
    listed = {lane["lane"]: lane for lane in world.items("lane", "list")}
    assert listed[APNS]["removalsFrozen"] is True and listed[FCM]["removalsFrozen"] is False
    held = world.items("lane", "removals", APNS)
    assert {(row["state"], row["reason"]) for row in held} == {("suspect", "DeviceTokenNotForTopic")}, held[:3]
    assert {row["user"] for row in held} == set(users)
    conserved(world, {"r": event})
    # Frozen also after a restart; the phones are still rung.
    world.kill()
    world.start()
    wait("the mass guard after a restart", lambda: world.lane(APNS)["removalsFrozen"])
    second = world.published(users, "second")
    assert world.done(second)["deliveries"]["rejected"] == 30
    assert world.states(*users) == ["active"] * 30
    return users


def held_removals_are_discarded(world):
    users = wrong_topic(world)
    world.simulated("DELETE", "/control/script")
    released = world.command("lane", "release", APNS, "--discard", "--why", "the topic was wrong", "-o", "json")
    assert released.returncode == 0 and '"changed":0' in released.stdout, released
    wait("the thaw", lambda: not world.lane(APNS)["removalsFrozen"])
    assert world.states(*users) == ["active"] * 30
    event = world.published(users, "third")
    assert world.done(event)["deliveries"]["accepted"] == 30
    assert world.command("lane", "release", APNS, "--apply", "--why", "again").returncode == 3
    conserved(world, {"third": event})


def held_removals_are_applied(world):
    users = wrong_topic(world)
    released = world.command("lane", "release", APNS, "--apply", "--why", "the app was withdrawn")
    assert released.returncode == 0 and "30 devices given up" in released.stdout, released
    wait("the thaw", lambda: not world.lane(APNS)["removalsFrozen"])
    assert world.states(*users) == ["suspect"] * 30
    world.simulated("DELETE", "/control/script")
    world.register("u0", 0, "apns")
    event = world.published(users, "third")
    state = world.done(event)
    assert state["deliveries"]["accepted"] == 1 and state["deliveries"]["total"] == 30, state
    conserved(world, {"third": event})


main([storm_with_seconds, storm_with_a_date, retry_after_is_the_lanes, small_beside_large, quota_of_a_minute, held_removals_are_discarded,
      held_removals_are_applied], {"quota_of_a_minute": {"fcm": ", messagesPerMinute: 60"},
                                    "small_beside_large": {"simulator": ["--latency", "400", "--max-concurrent-streams", "20"]}})
