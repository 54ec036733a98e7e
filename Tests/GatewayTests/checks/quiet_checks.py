"""Checks of quiet hours, with a clock moved by hand: quiet_checks.py BINARIES FOLDER CHECK."""
import datetime, http.client, json, signal, time, zoneinfo

from checker import doctor
from gateway import main, wait
from load import SCHOOL, import_school
from time_checks import CARILLON, Clock

PARIS = zoneinfo.ZoneInfo("Europe/Paris")


def evening_before(now, days, hour, minute):
    """The next day of one of these weekdays after `now`, at that time in Paris."""
    day = now.astimezone(PARIS).date() + datetime.timedelta(days=1)
    while day.weekday() not in days:
        day += datetime.timedelta(days=1)
    return datetime.datetime.combine(day, datetime.time(hour, minute), PARIS)


def zulu(moment):
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def post(world, users, identity, code=202, **data):
    body = {"specversion": "1.0", "id": identity, "source": "https://ent.example.org/one", "type": "fr.ent.publication", "dataclassification": "clear",
            "data": {"app": "BLOG", "action": "PUBLISH-POST", "school": SCHOOL, "audience": [{"user": user} for user in users], "title": "T", "body": "B", **data}}
    status, answer, _ = world.call("POST", "/v1/events", json.dumps(body),
                                   {"Authorization": f"Bearer {world.key}", "Content-Type": "application/cloudevents+json"})
    assert status == code, (status, answer)
    return answer


def choose(world, user, **wishes):
    status, answer, headers = world.call("PATCH", "/v1/preferences", json.dumps(wishes),
                                         {"Authorization": f"Bearer ent-{user}", "Content-Type": "application/merge-patch+json"})
    assert status == 200 and headers["ETag"], answer
    return answer


def reach(world, event):
    rows = world.call("GET", f"/v1/events/{event}/reach", headers={"Authorization": f"Bearer {world.key}"})[1]["items"]
    return {row["user"]: (row["state"], row["reason"], row["opensAt"]) for row in rows}


def friday_evening(world):
    """
    A gateway and a simulator on the next Friday, 20:31 in Paris. Returns how to turn the clock of every process that starts then, and the
    Monday's opening.
    """
    clock = Clock()
    # libfaketime changes the environment of the first program it meets, and Swift finds its arguments beside the environment.
    world.prefix, world.environment = ["/usr/bin/env"], clock.environment
    world.quiet_hours = "releaseSpreadMinutes: 0"
    world.write_config()

    def turn(moment):
        clock.step(int(moment.timestamp() - time.time()))

    friday = evening_before(datetime.datetime.now(datetime.timezone.utc), [4], 20, 31)
    monday = datetime.datetime.combine(friday.date() + datetime.timedelta(days=3), datetime.time(7), PARIS)
    world.simulator.kill()
    world.simulator.wait()
    world.processes.remove(world.simulator)
    turn(friday)
    world.start_simulator()
    world.start()
    import_school(world)
    return turn, monday


def evening_waits_for_the_morning(world):
    """Friday evening: what is published waits, also over a kill, shows until when, and rings on Monday at seven; but not what was withdrawn,
    and not for the parent who has switched the kind off."""
    turn, monday = friday_evening(world)
    users = ["anne", "bruno", "chloe"]
    world.register_all(users, 1, lambda number: "fcm")
    choose(world, "bruno", kinds={"blog.publish-post": {"push": False}})

    receipt = post(world, users, "evening")
    assert receipt["opensAt"] == zulu(monday), receipt
    event, withdrawn = receipt["id"], post(world, users, "mistake")["id"]
    refused = post(world, users, "urgent", code=403, urgency="urgent")
    assert refused["code"] == "urgentForbidden", refused
    state = wait("its deliveries", lambda: (lambda e: e if e["deliveries"]["total"] == 3 else None)(world.event(event)))
    assert state["state"] == "sending" and state["opensAt"] == zulu(monday), state
    assert state["otherUsersWaiting"] == {"quietHours": 2} and state["otherUsersNotReached"] == {"optedOut": 1}, state
    assert reach(world, event) == {"anne": ("waiting", "quietHours", zulu(monday)), "bruno": ("notReached", "optedOut", None),
                                   "chloe": ("waiting", "quietHours", zulu(monday))}
    status, answer, _ = world.call("POST", f"/v1/events/{withdrawn}/withdraw", json.dumps({"reason": "mistake"}),
                                   {"Authorization": f"Bearer {world.key}", "Content-Type": "application/json"})
    assert status == 200, answer

    world.kill()
    world.start()
    assert world.rung() == 0 and world.event(event)["opensAt"] == zulu(monday)
    why = world.command("queue", "why", event)
    assert "Monday at 7:00" in why.stdout, why
    shown = json.loads(world.command("queue", "status", "-o", "json").stdout)
    assert shown["waiting"] == {"quietHours": 2, "opensAt": zulu(monday)}, shown["waiting"]

    # A minute before seven nothing rings; at seven it does.
    world.kill()
    turn(monday - datetime.timedelta(seconds=20))
    world.start()
    assert world.rung() == 0
    ended = world.done(event, 60)
    assert ended["deliveries"]["accepted"] == 2 and ended["opensAt"] is None, ended
    assert world.rung() == 2 and world.accepted() == 2
    assert world.event(withdrawn)["state"] == "withdrawn" and world.event(withdrawn)["deliveries"]["accepted"] == 0
    doctor(CARILLON, world.config)


def several_of_an_evening_ring_once(world):
    """Three of one evening are one message in the morning, on each device, also when the gateway is killed between the provider's answer and
    its record; two are two. What was taken back is not counted."""
    turn, monday = friday_evening(world)
    phones = world.register_all(["anne"], 2, lambda number: "fcm")
    phone = world.register_all(["bruno"], 1, lambda number: "fcm")
    both = [post(world, ["anne", "bruno"], f"both-{number}")["id"] for number in range(2)]
    events = both + [post(world, ["anne"], "one")["id"]]
    mistake = post(world, ["anne"], "mistake")["id"]
    wait("its deliveries", lambda: world.event(mistake)["otherUsersWaiting"] == {"quietHours": 1})
    status, answer, _ = world.call("POST", f"/v1/events/{mistake}/withdraw", json.dumps({"reason": "mistake"}),
                                   {"Authorization": f"Bearer {world.key}", "Content-Type": "application/json"})
    assert status == 200, answer
    wait("the others' deliveries", lambda: all(world.event(event)["opensAt"] == zulu(monday) for event in events))

    world.kill()
    turn(monday - datetime.timedelta(seconds=20))
    # First what the others wait for is recorded, then the provider's answers.
    world.start({"CARILLON_CRASH": "beforeRecord:2"}, mayDie=True)

    def is_gone():
        # A question each time: with a clock that is not the machine's a process that nobody asks sleeps on.
        try:
            world.event(events[0])
        except (OSError, http.client.HTTPException):
            pass
        return world.gateway.poll() is not None
    wait("the crash", is_gone)
    assert world.gateway.returncode == -signal.SIGKILL, world.gateway.returncode
    world.processes.remove(world.gateway)
    world.start()
    for event in events:
        assert world.done(event, 60)["otherUsersNotReached"] == {}, world.event(event)
    rows = world.call("GET", f"/v1/events/{events[2]}/reach", headers={"Authorization": f"Bearer {world.key}"})[1]["items"]
    assert [(row["state"], row["reason"], len(row["devices"])) for row in rows] == [("reached", "recap", 2)], rows
    assert all(device["state"] == "accepted" and device["reason"] == "recap" for device in rows[0]["devices"]), rows
    assert reach(world, both[0]) == {"anne": ("reached", "recap", None), "bruno": ("reached", None, None)}

    rung = {}
    for push in world.records():
        if push["outcome"] == "accepted":
            notification, data = push["payload"]["notification"], push["payload"]["data"]
            rung.setdefault(push["token"], set()).add((push["collapse"], notification["title"], data["type"], data["event-type"]))
    assert set(rung) == phones | phone, rung
    recaps = set.union(*(rung[token] for token in phones))
    assert len(recaps) == 1 and [recap[1:] for recap in recaps] == [("3 nouvelles publications", "TIMELINE", "RECAP")], recaps
    assert sorted(one[1:] for one in rung[next(iter(phone))]) == [("T", "BLOG", "PUBLISH-POST")] * 2, rung
    why = world.command("queue", "why", rows[0]["devices"][0]["delivery"])
    assert "one message for several publications" in why.stdout, why
    assert world.event(mistake)["deliveries"]["accepted"] == 0
    doctor(CARILLON, world.config)


def a_changed_policy_lets_go(world):
    """The head of the school lets ring after all: a reload reaches what waits; so does a parent who switches the kind off meanwhile."""
    now = datetime.datetime.now(PARIS)
    hour = datetime.timedelta(hours=1)
    quiet = f'pauses: [{{ from: "{now - hour:%H:%M}", to: "{now + 3 * hour:%H:%M}" }}], releaseSpreadMinutes: 0'
    world.quiet_hours = quiet
    world.write_config()
    world.start()
    import_school(world)
    world.register_all(["anne", "bruno"], 1, lambda number: "fcm")
    event = post(world, ["anne", "bruno"], "now")["id"]
    wait("its deliveries", lambda: world.event(event)["otherUsersWaiting"] == {"quietHours": 2})
    choose(world, "bruno", kinds={"BLOG.PUBLISH-POST": {"push": False}})
    wait("the wish", lambda: reach(world, event)["bruno"][:2] == ("notReached", "optedOut"), 45)
    assert world.rung() == 0
    world.quiet_hours = "enabled: false"
    world.write_config()
    world.gateway.send_signal(signal.SIGHUP)
    assert world.done(event, 45)["deliveries"]["accepted"] == 1
    # A policy that never opens is refused, and the old one stays.
    world.quiet_hours = 'pauses: [{ from: "00:00", to: "12:00" }, { from: "12:00", to: "24:00" }]'
    world.write_config()
    checked = world.command("config", "check")
    assert checked.returncode == 78 or checked.returncode == 1, checked
    assert "never opens" in checked.stdout + checked.stderr, checked
    world.gateway.send_signal(signal.SIGHUP)
    wait("the refusal", lambda: "reload refused" in open(world.log).read())
    again = post(world, ["anne"], "again")["id"]
    world.done(again)
    world.quiet_hours = "enabled: false"
    world.write_config()
    doctor(CARILLON, world.config)


if __name__ == "__main__":
    main([evening_waits_for_the_morning, several_of_an_evening_ring_once, a_changed_policy_lets_go], {})
