"""Checks of schools, held imports and a disk that fills: directory_checks.py BINARIES FOLDER CHECK."""
import csv, http.client, io, json, os, re, zipfile

from checker import doctor
from gateway import BINARIES, FOLDER, main, start_with_shim, wait
from load import SCHOOL, import_school

CARILLON = os.path.join(BINARIES, "carillon")
DATA = os.path.join(FOLDER, "data")
SAMPLES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "SampleData/saint-etienne/aaf1d")


def answer(world, *words, code=0):
    ran = world.command(*words, "-o", "json")
    assert ran.returncode == code, (words, ran.returncode, ran.stdout[-1000:], ran.stderr)
    return json.loads(ran.stdout) if ran.stdout.strip() else None


def post(world, identity, **data):
    body = {"specversion": "1.0", "id": identity, "source": "https://ent.example.org/one", "type": "fr.ent.publication",
            "data": {"app": "BLOG", "action": "PUBLISH-POST", "school": SCHOOL, "title": "T", "body": "B", **data}}
    return world.call("POST", "/v1/events", json.dumps(body),
                      {"Authorization": f"Bearer {world.key}", "Content-Type": "application/cloudevents+json"})


def health(world):
    return world.call("GET", "/healthz", connection=http.client.HTTPConnection("127.0.0.1", world.metrics, timeout=30))[1]


def schools_are_switched(world):
    """An inactive school's events are accepted and ring nobody, over imports and restarts, until it is activated; all of it is written down."""
    world.start()
    import_school(world)
    world.register("parent", 0, "fcm")
    assert world.done(post(world, "before", audience=[{"user": "parent"}])[1]["id"])["deliveries"]["accepted"] == 1
    answer(world, "school", "deactivate", SCHOOL, "--why", "test")
    import_school(world)
    world.gateway.terminate()
    assert world.gateway.wait(30) == 0
    world.start()
    assert answer(world, "school", "show", SCHOOL)["active"] is False
    status, event, _ = post(world, "during", audience=[{"user": "parent"}])
    assert status == 202, event
    state = world.done(event["id"])
    assert state["deliveries"]["withheld"] == 1 and state["deliveries"]["accepted"] == 0, state
    assert state["notReached"].get("notActivated", 0) + state["otherUsers"] >= 1, state
    answer(world, "school", "activate", SCHOOL, "--why", "test")
    assert world.done(post(world, "after", audience=[{"user": "parent"}])[1]["id"])["deliveries"]["accepted"] == 1
    verbs = [item["verb"] for item in answer(world, "operation", "list")["items"]]
    assert verbs == ["school.activate", "directory.import", "school.deactivate", "directory.import"], verbs
    answer(world, "operation", "verify")
    assert len(list(world.pushes())) == 2


def held_import_is_approved(world):
    """A held import keeps its delivery over a kill, is approved through the service, and leaves nothing behind."""
    world.start()
    import_school(world)
    held = answer(world, "directory", "import", os.path.join(SAMPLES, "complet-truncated"), code=6)
    assert held["state"] == "held" and held["kept"], held
    kept = os.path.join(DATA, "held", held["import"] + ".tar")
    assert os.stat(kept).st_mode & 0o777 == 0o600
    stray = os.path.join(DATA, "held", "I-9.tar.part")
    open(stray, "w").close()
    world.kill()
    world.start()
    assert os.path.exists(kept) and not os.path.exists(stray)
    before = answer(world, "school", "show", SCHOOL)
    approved = answer(world, "directory", "approve", held["import"], "--why", "looked")
    assert approved["state"] == "applied" and approved["diff"] == held["diff"], approved
    assert os.listdir(os.path.join(DATA, "held")) == []
    after = answer(world, "school", "list")["items"]
    assert sum(school["pupils"] for school in after) < 3 * before["pupils"], after
    answer(world, "directory", "approve", held["import"], code=6)
    assert answer(world, "directory", "show", held["import"])["state"] == "applied"
    items = answer(world, "operation", "list")["items"]
    assert [item["verb"] for item in items] == ["directory.approve", "directory.import", "directory.import"], items
    doctor(CARILLON, world.config)


def rules(flag, text):
    with open(flag + ".new", "w") as file:
        file.write(text + "\n")
    os.replace(flag + ".new", flag)


def short_of_room(world):
    """Soft: bulk is refused in words, the rest passes; each change of stage is one line; the ballast goes when blocked and comes again."""
    with open(world.config) as file:
        config = file.read()
    with open(world.config, "w") as file:
        file.write(config.replace("softFreeBytes: 0, softFreePercent: 0, ballastBytes: 0",
                                  "softFreeBytes: 500000000, softFreePercent: 0, ballastBytes: 1048576"))
    flag = os.path.join(world.folder, "faults")
    rules(flag, "free 2000")
    assert start_with_shim(world) == flag
    import_school(world)
    users = [f"u{number:02}" for number in range(50)]
    world.register_all(users, 5)
    ballast = os.path.join(DATA, "ballast")
    wait("the ballast", lambda: os.path.exists(ballast))
    assert os.stat(ballast).st_blocks * 512 >= 1048576
    assert health(world)["disk"]["stage"] == "ample" and health(world)["alarms"] == []
    assert post(world, "low-1", urgency="low", audience=[{"user": "u00"}])[0] == 202

    rules(flag, "free 400")
    status, problem, headers = post(world, "low-2", urgency="low", audience=[{"user": "u00"}])
    assert status == 503 and headers["Retry-After"] and "room" in problem["detail"], (status, problem)
    assert post(world, "many", audience=[{"user": f"x{number}"} for number in range(2001)])[0] == 503
    assert post(world, "normal", audience=[{"user": "u00"}])[0] == 202
    imported = world.command("directory", "import", os.path.join(SAMPLES, "complet-2026-09-01"))
    assert imported.returncode == 1 and "room" in imported.stderr, imported
    assert world.call("GET", "/readyz")[0] == 200
    state = health(world)
    assert state["disk"]["stage"] == "soft" and state["alarms"], state
    # A little more is not enough.
    rules(flag, "free 480")
    assert post(world, "low-2", urgency="low", audience=[{"user": "u00"}])[0] == 503
    rules(flag, "free 600")
    assert post(world, "low-2", urgency="low", audience=[{"user": "u00"}])[0] == 202

    rules(flag, "free 10")
    assert post(world, "none", audience=[{"user": "u00"}])[0] == 503
    assert world.call("GET", "/readyz")[0] == 503
    rules(flag, "free 2000")
    world.script({"fcm": {"*": {"behaviour": "503", "retryAfter": 1}}, "apns": {"*": {"behaviour": "503", "retryAfter": 1}}})
    event = world.publish(users, "blocked")[1]["id"]
    wait("its pages", lambda: world.event(event)["deliveries"]["total"] == 250)
    # Outcomes have no room, and the ballast is let go.
    rules(flag, "free 0\nqueue.db-wal write ENOSPC 0 -1 0\n* grow ENOSPC 0 -1 0")
    world.simulated("DELETE", "/control/script")
    wait("the blocked stage", lambda: '"stage":"blocked"' in open(world.log).read())
    wait("the ballast to go", lambda: not os.path.exists(ballast))
    rules(flag, "free 33")
    assert post(world, "given-back", audience=[{"user": "u00"}])[0] == 503, "the room of the ballast is not for new events"
    rules(flag, "free 2000")
    wait("the ballast", lambda: os.path.exists(ballast))
    for lane in ("fcm/onepocket", "apns/onepocket"):
        world.resume(lane)
    assert world.done(event)["deliveries"]["accepted"] == 250
    stages = [re.search(r'"stage":"(\w+)"', line)[1] for line in open(world.log) if "stage has changed" in line]
    assert stages[:4] == ["soft", "ample", "hard", "ample"] or stages[:3] == ["soft", "ample", "hard"], stages
    assert len(stages) <= 10, stages
    os.unlink(flag)
    world.gateway.terminate()
    assert world.gateway.wait(30) == 0
    doctor(CARILLON, world.config)


ONDE = os.path.join(os.path.dirname(SAMPLES), "onde-csv")
ONDE_SCHOOL = "0429902B"


def extractions(change=lambda name, text: text):
    """The three extractions as a zip, in a folder of their own."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(os.listdir(ONDE)):
            with open(os.path.join(ONDE, name), encoding="iso-8859-15", newline="") as file:
                packed.writestr(f"Extractions d'été/{name.upper()}", change(name, file.read()).encode("iso-8859-15"))
    return archive.getvalue()


def deliver(world, query, body, kind="application/zip", status=200):
    answer = world.call("POST", "/v1/directory/imports?" + query, body, {"Authorization": f"Bearer {world.key}", "Content-Type": kind})
    assert answer[0] == status, answer
    return answer[1]


def reached(world, event):
    """The pupils through whom each guardian of an event is reached."""
    rows = world.call("GET", f"/v1/events/{event}/reach?limit=1000", headers={"Authorization": f"Bearer {world.key}"})[1]["items"]
    return {row["guardian"]: tuple(sorted(row["through"])) for row in rows}


def onde_extractions_are_imported(world):
    """A school's zip over HTTP: planned, applied; an event to a class finds the guardians of the ground truth and no other; a changed phone, mail and
    class keep them; a missing file and a file cut inside a quote change nothing."""
    world.start()
    with open(os.path.join(os.path.dirname(SAMPLES), "expected", "onde.json")) as file:
        truth = json.load(file)
    with open(os.path.join(ONDE, "CSVExtraction-eleves.csv"), encoding="iso-8859-15", newline="") as file:
        classes = {row["INE"]: row["Identifiant classe"] for row in csv.DictReader(file, delimiter=";")}
    query = f"format=onde-csv&school={ONDE_SCHOOL.lower()}"
    planned = deliver(world, query + "&dryRun=true", extractions())
    assert planned["state"] == "planned" and planned["diff"]["pupils"]["added"] == truth["pupils"], planned["diff"]
    applied = deliver(world, query, extractions())
    assert applied["state"] == "applied" and applied["diff"] == planned["diff"], applied["diff"]
    assert applied["diff"]["links"]["added"] == sum(map(len, truth["links"].values())), applied["diff"]
    ambiguous = [warning for warning in applied["warnings"] if warning["code"] == "ambiguousChild"]
    assert [int(warning["record"]) for warning in ambiguous] == [entry["record"] for entry in truth["ambiguous"]], ambiguous
    assert all(ine in warning["detail"] for warning, entry in zip(ambiguous, truth["ambiguous"]) for ine in entry["candidates"])

    def expected(place):
        through = {}
        for ine, records in truth["links"].items():
            for record in records if classes[ine] == place else []:
                through.setdefault(record, []).append(ine)
        return sorted(tuple(sorted(pupils)) for pupils in through.values())

    def audience(name, place):
        status, event, _ = post(world, name, school=ONDE_SCHOOL, audience=[{"class": place}])
        assert status == 202, event
        return world.done(event["id"])["id"]

    for place in sorted(set(classes.values())):
        found = reached(world, audience(f"first-{place}", place))
        assert sorted(found.values()) == expected(place), place
    # The guardians get accounts and a phone each; the keys are those that reach shows.
    place = "70022"
    guardians = sorted(reached(world, audience("keys", place)))
    lines = [json.dumps({"op": "upsert", "kind": "user", "id": f"onde-{number}", "externalId": key, "profile": "relative"})
             for number, key in enumerate(guardians)]
    deliver(world, "format=ndjson", "\n".join(lines), "application/x-ndjson")
    world.register_all([f"onde-{number}" for number in range(len(guardians))], 1)

    # Phones, mails and the class of a family change: the same guardians, by the same keys, in another class.
    moved = next(ine for ine, records in sorted(truth["links"].items()) if classes[ine] == place and len(records) > 1)

    def change(name, text):
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
        if name.endswith("eleves.csv"):
            for row in rows[1:]:
                if row[5] == moved:
                    child, row[16], row[17] = (row[0], row[2]), "CP B", "70023"
                    change.child = child
        elif name.endswith("responsables.csv"):
            for row in rows[1:]:
                row[8], row[9], row[11] = "new@example.org", "", "0600000000"
                for start in range(12, len(row), 4):
                    if (row[start + 1], row[start + 2]) == change.child and row[start + 3] == "CP A":
                        row[start + 3] = "CP B"
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
        return text.getvalue()
    changed = deliver(world, query, extractions(change))
    assert changed["state"] == "applied", changed
    for kind in ("guardians", "links", "users", "staff"):
        assert set(changed["diff"][kind].values()) == {0}, changed["diff"]
    assert changed["diff"]["pupils"] == {"added": 0, "changed": 1, "removed": 0}, changed["diff"]
    event = audience("moved", "70023")
    through = [key for key, pupils in reached(world, event).items() if moved in pupils]
    assert len(through) == len(truth["links"][moved]) and set(through) <= set(guardians), through
    assert world.event(event)["deliveries"]["accepted"] >= len(through), world.event(event)

    # What is not whole changes nothing.
    def cut(name, text):
        return text[:text.rindex('"')] if name.endswith("enseignants.csv") else text
    failed = deliver(world, query, extractions(cut), status=422)
    assert failed["state"] == "failed" and "ENSEIGNANTS.CSV" in failed["detail"], failed
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(os.path.join(ONDE, "CSVExtraction-eleves.csv"), "eleves.csv")
    failed = deliver(world, query, archive.getvalue(), status=422)
    assert "responsables" in failed["detail"], failed
    again = deliver(world, query, extractions(change))
    assert all(set(counts.values()) == {0} for counts in again["diff"].values()), again["diff"]
    with open(world.log) as file:
        log = file.read()
    assert "Garance" not in log and "Andriamanitra" not in log
    doctor(CARILLON, world.config)


CHECKS = [schools_are_switched, held_import_is_approved, onde_extractions_are_imported, short_of_room]

if __name__ == "__main__":
    main(CHECKS, {})
