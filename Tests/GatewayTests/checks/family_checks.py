"""A week of one family on the running gateway, the clock moved by hand: family_checks.py BINARIES FOLDER CHECK. Told in FamilyWeek.md, day by day.

Nadia and Karim live apart. Lina and Adam go to school in Saint-Étienne (feed main), Inès in Lyon (feed lyon). The two feeds use the same keys for
other people: Zoé of Lyon is a 1001 as Lina is, and in a class CP-A, too. Nadia was entered twice in the ENT and has two accounts; Lyon knows her by
a third. An old phone goes from her to Karim.
"""
import collections, datetime, json, os, time

from checker import doctor
from gateway import main, wait
from quiet_checks import PARIS, evening_before, zulu
from time_checks import CARILLON, Clock

MAIN, LYON = "0429901A", "0699901B"
# The phones, and who is signed in on each on Monday: pocket and tablet are Nadia's, by her two accounts; the old one knows her by Lyon's.
PHONES = {"pocket": ("nadia", "apns"), "tablet": ("nadia-2", "fcm"), "old": ("nadia-lyon", "fcm"), "neighbour": ("zoe-father", "fcm"),
          "colleague": ("tom-mother", "fcm")}
BLOG, HOMEWORK = ("BLOG", "PUBLISH-POST"), ("HOMEWORKS", "SHARE")

SAINT_ETIENNE = [
    {"kind": "school", "id": "S1", "uai": MAIN, "name": "Les Terrasses"},
    *({"kind": "class", "id": key, "school": "S1", "name": key} for key in ("CP-A", "CP-B", "CM1-B")),
    {"kind": "pupil", "id": "1001", "lastName": "Exemple", "firstName": "Lina"},
    {"kind": "pupil", "id": "1002", "lastName": "Exemple", "firstName": "Adam"},
    {"kind": "pupil", "id": "1003", "lastName": "Autre", "firstName": "Tom"},
    *({"kind": "guardian", "id": key, "lastName": "Exemple", "firstName": name} for key, name in (("2001", "Nadia"), ("2002", "Karim"), ("2003", "Ana"))),
    *({"kind": "membership", "pupil": pupil, "school": "S1"} for pupil in ("1001", "1002", "1003")),
    *({"kind": "membership", "pupil": pupil, "class": place} for pupil, place in (("1001", "CP-A"), ("1002", "CM1-B"), ("1003", "CP-A"))),
    *({"kind": "link", "pupil": pupil, "guardian": adult} for pupil, adult in (("1001", "2001"), ("1001", "2002"), ("1002", "2001"), ("1002", "2002"), ("1003", "2003"))),
    *({"kind": "user", "id": user, "externalId": key, "profile": "relative"}
      for user, key in (("nadia", "2001"), ("nadia-2", "2001"), ("karim", "2002"), ("tom-mother", "2003"))),
]
IN_LYON = [
    {"kind": "school", "id": "S1", "uai": LYON, "name": "Les Pentes"},
    {"kind": "class", "id": "CP-A", "school": "S1", "name": "CP A"},
    {"kind": "pupil", "id": "1001", "lastName": "Voisin", "firstName": "Zoé"},
    {"kind": "pupil", "id": "1009", "lastName": "Exemple", "firstName": "Inès"},
    {"kind": "guardian", "id": "2001", "lastName": "Voisin", "firstName": "Paul"},
    {"kind": "guardian", "id": "2009", "lastName": "Exemple", "firstName": "Nadia"},
    *({"kind": "membership", "pupil": pupil, "school": "S1"} for pupil in ("1001", "1009")),
    *({"kind": "membership", "pupil": pupil, "class": "CP-A"} for pupil in ("1001", "1009")),
    {"kind": "link", "pupil": "1001", "guardian": "2001"}, {"kind": "link", "pupil": "1009", "guardian": "2009"},
    {"kind": "user", "id": "zoe-father", "externalId": "2001", "profile": "relative"},
    {"kind": "user", "id": "nadia-lyon", "externalId": "2009", "profile": "relative"},
]


class Week:
    """The gateway, the hands of its clock, and what rang since somebody last looked."""

    def __init__(self, world):
        self.world, self.clock, self.read, self.posts = world, Clock(), 0, 0
        # libfaketime changes the environment of the first program it meets, and Swift finds its arguments beside the environment.
        world.prefix, world.environment = ["/usr/bin/env"], self.clock.environment
        world.quiet_hours, world.rights = "releaseSpreadMinutes: 0", "events, directory, urgent"
        world.write_config("directory: { feeds: [{ name: main, publisher: one }, { name: lyon, publisher: one }] }")
        with open(world.config) as file:
            text = file.read()
        with open(world.config, "w") as file:
            file.write(text.replace("merge: { windowSeconds: 0 }", "merge: { windowSeconds: 60 }"))
        self.first = evening_before(datetime.datetime.now(datetime.timezone.utc), [0], 10, 0).date()
        world.simulator.kill()
        world.simulator.wait()
        world.processes.remove(world.simulator)
        self.turn(0, "10:00")
        world.start_simulator()
        world.start()

    def at(self, day, text):
        """`day`: days after the first Monday."""
        return datetime.datetime.combine(self.first + datetime.timedelta(days=day), datetime.time.fromisoformat(text), PARIS)

    def turn(self, day, text):
        self.clock.step(int(self.at(day, text).timestamp() - time.time()))

    def go_on(self, day, text):
        """The gateway is started again at that time, as after an update: a clock that jumps under it would be doubted."""
        self.world.kill()
        self.turn(day, text)
        self.world.start()

    def deliver(self, lines, feed="main"):
        path = os.path.join(self.world.folder, f"{feed}.ndjson")
        with open(path, "w") as file:
            file.writelines(json.dumps({"op": "upsert", **line}) + "\n" for line in lines)
        ran = self.world.command("directory", "import", path, "--feed", feed, "-o", "json")
        assert ran.returncode == 0, (ran.stdout, ran.stderr)
        answer = json.loads(ran.stdout)
        assert answer["state"] == "applied" and not answer["warnings"], answer
        return answer

    def sign_in(self, phone, user=None, provider=None):
        known, of = PHONES.get(phone, (user, provider))
        token = ("%02x" % (sum(phone.encode()) % 256) * 32) if of == "apns" else f"f-{phone}-" + "0" * 40
        status, answer, _ = self.world.put_device(
            user or known, phone, {"provider": of, "token": token, "platform": "ios" if of == "apns" else "android"})
        assert status in (200, 201), (status, answer)
        self.world.devices_known[token] = phone

    def post(self, title, *classes, school=MAIN, kind=BLOG, **data):
        self.posts += 1
        body = {"specversion": "1.0", "id": f"post-{self.posts}", "source": "https://ent.example.org/one", "type": "fr.ent.publication",
                "dataclassification": "clear",
                "data": {"app": kind[0], "action": kind[1], "school": school, "audience": [{"class": key} for key in classes],
                         "title": title, "body": title + ".", **data}}
        status, answer, _ = self.world.call("POST", "/v1/events", json.dumps(body),
                                            {"Authorization": f"Bearer {self.world.key}", "Content-Type": "application/cloudevents+json"})
        assert status == 202, (status, answer)
        return answer

    def rings(self):
        """What each phone showed since the last look: title, and the children it names."""
        records = list(self.world.records())
        shown = collections.defaultdict(list)
        for push in records[self.read:]:
            assert push["outcome"] == "accepted", push
            payload = push["payload"]
            keys = payload if push["provider"] == "apns" else payload["data"]
            text = payload["aps"]["alert"] if push["provider"] == "apns" else payload["notification"]
            assert text["body"] == text["title"] + ".", text
            assert push["provider"] != "apns" or text.get("subtitle") == keys.get("about"), text
            shown[self.world.devices_known[push["token"]]].append((text["title"], keys.get("about")))
        self.read = len(records)
        return {phone: shown[phone] for phone in sorted(shown)}

    def reach(self, event):
        rows = self.world.call("GET", f"/v1/events/{event}/reach", headers={"Authorization": f"Bearer {self.world.key}"})[1]["items"]
        return {(row["guardian"], tuple(sorted(row["through"]))): (row["state"], row["reason"]) for row in rows}

    def rang(self, receipt, phones, reach):
        """The publication has ended; these phones rang, and reach says so."""
        event = receipt["id"]
        self.world.done(event)
        shown, found = self.rings(), self.reach(event)
        assert shown == phones, shown
        assert found == reach, found

    def waits(self, receipt, until, reach):
        event = receipt["id"]
        assert receipt["opensAt"] == zulu(until), receipt
        wait("its deliveries", lambda: self.world.event(event)["state"] == "sending" and self.world.event(event)["deliveries"]["deferred"])
        assert self.reach(event) == reach, self.reach(event)
        assert self.rings() == {}

    def choose(self, user, **wishes):
        status, answer, _ = self.world.call("PATCH", "/v1/preferences", json.dumps(wishes),
                                            {"Authorization": f"Bearer ent-{user}", "Content-Type": "application/merge-patch+json"})
        assert status == 200 and answer["unknown"] == {"kinds": [], "mutedClasses": []}, answer

    def why(self, event):
        ran = self.world.command("queue", "why", event)
        assert ran.returncode == 0, ran
        return " ".join(ran.stdout.split())


# Persons of Saint-Étienne and Lyon as reach names them: a guardian's key, and the children through whom it concerns him or her.
LINA, ADAM, TOM, ZOE, INES = "1001", "1002", "1003", "1001", "1009"
NADIA, KARIM, TOMS_MOTHER, ZOES_FATHER, NADIA_IN_LYON = "2001", "2002", "2003", "2001", "2009"
REACHED, NO_PHONE, QUIET = ("reached", None), ("notReached", "noDevice"), ("waiting", "quietHours")


def on(phones, title, about=None):
    return {phone: [(title, about)] for phone in sorted(phones)}


def monday(week):
    """Two feeds, three children; siblings are named once, one text for two classes rings once."""
    week.deliver(SAINT_ETIENNE)
    week.deliver(IN_LYON, "lyon")
    for phone in PHONES:
        week.sign_in(phone)
    # Both children of Saint-Étienne in one publication: one ring on each of Nadia's devices, with both names.
    both = week.post("Photo de classe", "CP-A", "CM1-B")
    week.rang(both, on(["pocket", "tablet"], "Photo de classe", "Lina, Adam") | on(["colleague"], "Photo de classe"),
              {(NADIA, (LINA, ADAM)): REACHED, (KARIM, (LINA, ADAM)): NO_PHONE, (TOMS_MOTHER, (TOM,)): REACHED})
    # The same class id in the other feed is another class: Inès's, and Zoé's.
    week.rang(week.post("Sortie au parc", "CP-A", school=LYON), on(["old", "neighbour"], "Sortie au parc"),
              {(NADIA_IN_LYON, (INES,)): REACHED, (ZOES_FATHER, (ZOE,)): REACHED})
    # The teacher posts the same words to one class and then to the other.
    author = {"id": "mme-muller", "name": "Mme Müller"}
    first, second = week.post("Cantine fermée", "CM1-B", author=author), week.post("Cantine fermée", "CP-A", author=author)
    week.world.done(first["id"])
    week.rang(second, on(["pocket", "tablet", "colleague"], "Cantine fermée"),
              {(NADIA, (LINA,)): ("reached", "merged"), (KARIM, (LINA,)): NO_PHONE, (TOMS_MOTHER, (TOM,)): REACHED})
    assert week.reach(first["id"]) == {(NADIA, (ADAM,)): REACHED, (KARIM, (ADAM,)): NO_PHONE}
    assert first["id"] in json.dumps(week.world.event(second["id"])), "the merge shows in the event"


def monday_evening(week):
    """What is posted at nine waits for seven; an urgent word rings, and is written down."""
    week.go_on(0, "21:00")
    waiting = week.post("Cahier de lecture", "CM1-B")
    week.waits(waiting, week.at(1, "07:00"), {(NADIA, (ADAM,)): QUIET, (KARIM, (ADAM,)): NO_PHONE})
    assert "Tuesday at 7:00" in week.why(waiting["id"]), week.why(waiting["id"])
    urgent = week.post("École fermée demain", "CP-A", urgency="urgent")
    assert urgent["opensAt"] is None, urgent
    week.rang(urgent, on(["pocket", "tablet", "colleague"], "École fermée demain"),
              {(NADIA, (LINA,)): REACHED, (KARIM, (LINA,)): NO_PHONE, (TOMS_MOTHER, (TOM,)): REACHED})
    operations = week.world.items("operation", "list")
    assert any(urgent["id"] in json.dumps(line) for line in operations), operations
    return waiting


def tuesday(week, waiting):
    """At seven the evening's post rings. The old phone goes to Karim; Lyon has no phone for Nadia any more, and says so."""
    week.go_on(1, "06:59:30")
    assert week.rings() == {}
    week.rang(waiting, on(["pocket", "tablet"], "Cahier de lecture"), {(NADIA, (ADAM,)): REACHED, (KARIM, (ADAM,)): NO_PHONE})
    week.sign_in("old", "karim")
    week.rang(week.post("Piscine", "CP-A"), on(["pocket", "tablet", "old", "colleague"], "Piscine"),
              {(NADIA, (LINA,)): REACHED, (KARIM, (LINA,)): REACHED, (TOMS_MOTHER, (TOM,)): REACHED})
    missed = week.post("Réunion de parents", "CP-A", school=LYON)
    week.rang(missed, on(["neighbour"], "Réunion de parents"), {(NADIA_IN_LYON, (INES,)): NO_PHONE, (ZOES_FATHER, (ZOE,)): REACHED})
    assert "no device is registered" in week.why(missed["id"])
    return missed


def wednesday(week):
    """Lina changes class by a delta: what is posted to the old class does not reach her parents any more, what is posted to the new one does."""
    week.go_on(2, "10:00")
    path = os.path.join(week.world.folder, "delta.ndjson")
    moved = [{"op": "remove", "kind": "membership", "pupil": LINA, "class": "CP-A"}, {"op": "upsert", "kind": "membership", "pupil": LINA, "class": "CP-B"}]
    with open(path, "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in moved)
    ran = week.world.command("directory", "import", path, "-o", "json")
    assert ran.returncode == 0 and json.loads(ran.stdout)["diff"]["pupils"] == {"added": 0, "changed": 1, "removed": 0}, ran
    week.rang(week.post("Dictée", "CP-A"), on(["colleague"], "Dictée"), {(TOMS_MOTHER, (TOM,)): REACHED})
    week.rang(week.post("Bienvenue", "CP-B"), on(["pocket", "tablet", "old"], "Bienvenue"),
              {(NADIA, (LINA,)): REACHED, (KARIM, (LINA,)): REACHED})
    shown = json.loads(week.world.command("directory", "show", LINA, "-o", "json").stdout)["items"]
    lina = next(item for item in shown if item["feed"] == "main")
    places = {place["key"]: place["import"] for place in lina["places"] if place["kind"] == "class"}
    assert list(places) == ["CP-B"] and places["CP-B"] == json.loads(ran.stdout)["import"], lina


def thursday(week):
    """Karim switches blog posts off, Nadia mutes Adam's class: each is left alone by what he or she does not want, and by nothing else."""
    week.go_on(3, "10:00")
    week.choose("karim", kinds={"BLOG.PUBLISH-POST": {"push": False}})
    week.choose("nadia", mutedClasses=["CM1-B"])
    week.rang(week.post("Exposé", "CM1-B"), {}, {(NADIA, (ADAM,)): ("notReached", "muted"), (KARIM, (ADAM,)): ("notReached", "optedOut")})
    # What comes to her through Lina's class, too, is not muted.
    week.rang(week.post("Kermesse", "CM1-B", "CP-B"), on(["pocket", "tablet"], "Kermesse", "Lina, Adam"),
              {(NADIA, (LINA, ADAM)): REACHED, (KARIM, (LINA, ADAM)): ("notReached", "optedOut")})
    week.rang(week.post("Lecture p. 12", "CP-B", kind=HOMEWORK), on(["pocket", "tablet", "old"], "Lecture p. 12"),
              {(NADIA, (LINA,)): REACHED, (KARIM, (LINA,)): REACHED})


def friday(week, missed):
    """Nadia has a new phone for Lyon, and the teacher there rings the one who was missed; in the evening Karim signs out."""
    week.go_on(4, "16:00")
    week.sign_in("new", "nadia-lyon", "apns")
    answer = week.world.call("POST", f"/v1/events/{missed['id']}/resend", json.dumps({"to": "notReached"}),
                             {"Authorization": f"Bearer {week.world.key}", "Content-Type": "application/json"})
    assert answer[:1] == (202,) and answer[1]["deliveries"] == 1, answer
    wait("the resend", lambda: week.reach(missed["id"])[NADIA_IN_LYON, (INES,)] == REACHED)
    week.rang(missed, on(["new"], "Réunion de parents"), {(NADIA_IN_LYON, (INES,)): REACHED, (ZOES_FATHER, (ZOE,)): REACHED})
    week.go_on(4, "20:30")
    waiting = week.post("Vide-grenier", "CP-B", kind=HOMEWORK)
    week.waits(waiting, week.at(7, "07:00"), {(NADIA, (LINA,)): QUIET, (KARIM, (LINA,)): QUIET})
    status, answer, _ = week.world.call("DELETE", "/v1/devices/old", headers={"Authorization": "Bearer ent-karim"})
    assert status == 204, answer
    return waiting


def sunday(week, waiting):
    """Nothing rings; a post in Lyon waits, too, and why says until when."""
    week.go_on(6, "12:00")
    assert "Monday at 7:00" in week.why(waiting["id"]), week.why(waiting["id"])
    posted = week.post("Sondage", "CP-A", school=LYON)
    week.waits(posted, week.at(7, "07:00"), {(NADIA_IN_LYON, (INES,)): QUIET, (ZOES_FATHER, (ZOE,)): QUIET})
    return posted


def monday_again(week, waiting, lyon):
    """At seven both ring; the phone that was signed out stays silent, and Karim stands as not reached."""
    week.go_on(7, "06:59:30")
    assert week.rings() == {}
    week.world.done(lyon["id"])
    week.world.done(waiting["id"])
    shown = week.rings()
    assert shown == on(["pocket", "tablet"], "Vide-grenier") | on(["new", "neighbour"], "Sondage"), shown
    found = week.reach(waiting["id"])
    assert found == {(NADIA, (LINA,)): REACHED, (KARIM, (LINA,)): NO_PHONE}, found
    assert week.reach(lyon["id"]) == {(NADIA_IN_LYON, (INES,)): REACHED, (ZOES_FATHER, (ZOE,)): REACHED}


def tuesday_again(week):
    """The ENT says that one account is Nadia's in both feeds: she is one person, and each of her devices rings once for Lina and Inès."""
    week.go_on(8, "10:00")
    week.deliver([{"kind": "user", "id": "nadia", "externalId": NADIA_IN_LYON, "feed": "lyon", "profile": "relative"}])
    both = week.post("Fête des familles", kind=HOMEWORK, audience=[{"class": "CP-B", "school": MAIN}, {"class": "CP-A", "school": LYON}])
    week.rang(both, on(["pocket", "tablet", "new"], "Fête des familles", "Lina, Inès") | on(["neighbour"], "Fête des familles"),
              {(NADIA, (LINA, INES)): REACHED, (KARIM, (LINA,)): NO_PHONE, (ZOES_FATHER, (ZOE,)): REACHED})
    week.rang(week.post("Chorale", "CP-A", school=LYON, kind=HOMEWORK), on(["pocket", "tablet", "new", "neighbour"], "Chorale"),
              {(NADIA, (INES,)): REACHED, (ZOES_FATHER, (ZOE,)): REACHED})
    shown = json.loads(week.world.command("directory", "show", NADIA_IN_LYON, "-o", "json").stdout)["items"]
    assert [item["records"] for item in shown] == [[{"feed": "main", "key": NADIA}, {"feed": "lyon", "key": NADIA_IN_LYON}]], shown
    assert sorted(pupil["key"] for pupil in shown[0]["pupils"]) == [LINA, ADAM, INES], shown


def week_of_one_family(world):
    week = Week(world)
    monday(week)
    waiting = monday_evening(week)
    missed = tuesday(week, waiting)
    wednesday(week)
    thursday(week)
    waiting = friday(week, missed)
    lyon = sunday(week, waiting)
    monday_again(week, waiting, lyon)
    tuesday_again(week)
    world.kill()
    doctor(CARILLON, world.config)


if __name__ == "__main__":
    main([week_of_one_family], {})
