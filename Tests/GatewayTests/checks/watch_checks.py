"""What watches the gateway: alert rules, the runbook they point to, the dashboard, and what the metrics and the log say of requests."""
import json, os, re, shutil, signal, subprocess, sys, urllib.request

from gateway import LINKS, main, wait

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
RULES = os.path.join(ROOT, "deploy/prometheus")
FCM = "fcm/onepocket"


def promtool(*words):
    own = os.path.join(ROOT, ".build/prometheus/usr/bin/promtool")
    program = shutil.which("promtool") or own
    assert os.path.exists(program), "promtool is missing: deploy/packages test"
    done = subprocess.run([program, *words], cwd=RULES, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def exposition(world):
    return urllib.request.urlopen(f"http://127.0.0.1:{world.metrics}/metrics", timeout=30).read().decode()


def samples(world, name):
    """{labels: value} of one metric."""
    found = {}
    for line in exposition(world).splitlines():
        match = re.match(r"(\w+)(?:\{(.*)\})? (\S+)$", line)
        if match and match[1] == name:
            found[match[2] or ""] = float(match[3])
    return found


def alert_rules_are_right(world):
    """Prometheus takes them; each case fires or does not; each has a part of the runbook; and each metric in them is one of ours."""
    promtool("check", "rules", "alerts.yml")
    promtool("test", "rules", "alerts_test.yml")
    text = open(os.path.join(RULES, "alerts.yml")).read()
    runbook = open(os.path.join(ROOT, "deploy/RUNBOOK.md")).read()
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)$", runbook, re.M)}
    alerts = re.findall(r"- alert: (\w+)", text)
    pointed = re.findall(r"runbook_url: 'deploy/RUNBOOK.md#([^']*)'", text)
    assert len(alerts) == len(pointed) and set(pointed) <= anchors, set(pointed) - anchors
    tested = open(os.path.join(RULES, "alerts_test.yml")).read()
    for alert in alerts:
        parts = re.findall(rf"alertname: {alert}\n\s+exp_alerts:( \[\])?", tested)
        assert " []" in parts and "" in parts, f"{alert} has no case that fires and one that does not: {parts}"
    world.start()
    known = set(re.findall(r"^# TYPE (\S+)", exposition(world), re.M))
    for name in set(re.findall(r"\b(?:carillon|process)_\w+", text)):
        assert name in known or re.sub(r"_(bucket|sum|count)$", "", name) in known, f"there is no metric {name}"


def dashboard_is_that_of_the_metrics(world):
    world.start()
    made = os.path.join(world.folder, "metrics.txt")
    with open(made, "w") as file:
        file.write(exposition(world))
    done = subprocess.run([sys.executable, "-B", os.path.join(ROOT, "deploy/grafana/make"), made, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def log_lines(world, message):
    return [json.loads(line) for line in open(world.log) if f'"{message}"' in line]


def refusals_are_told(world):
    """Counted by code and publisher, logged once with the number the answer has, and never with what was in the request."""
    world.start()
    headers = {"Authorization": f"Bearer {world.key}", "Content-Type": "application/cloudevents+json"}
    event = {"specversion": "1.0", "id": "a", "source": LINKS, "type": "fr.ent.publication",
             "data": {"app": "BLOG", "action": "PUBLISH-POST", "school": "0000000X", "audience": [{"class": "secret-class"}], "title": "Secret title"}}
    status, answer = world.call("POST", "/v1/events", json.dumps(event), headers)[:2]
    assert status == 422, (status, answer)
    code = answer["code"]
    lines = wait("its line", lambda: log_lines(world, "request refused"))
    told = lines[0]["metadata"]
    assert len(lines) == 1 and lines[0]["level"] == "info", lines
    assert told["publisher"] == "one" and told["code"] == code and answer["instance"] == "urn:request:" + told["request"], (told, answer)
    text = open(world.log).read()
    assert "Secret title" not in text and "secret-class" not in text and world.key not in text
    assert samples(world, "carillon_refusals_total")[f'code="{code}",publisher="one"'] == 1
    assert world.call("POST", "/v1/events", json.dumps(event), {**headers, "Authorization": "Bearer cpk_x"})[0] == 401
    assert samples(world, "carillon_refusals_total")['code="unauthenticated",publisher="none"'] == 1
    assert len(log_lines(world, "request refused")) == 1, "nobody who is proven"
    requests = samples(world, "carillon_http_requests_total")
    assert requests['method="POST",route="/v1/events",code="422"'] == 1 and requests['method="POST",route="/v1/events",code="401"'] == 1, requests
    world.call("GET", "/nothing/" + "x" * 50)
    assert any(labels.startswith('method="none",route="none"') for labels in samples(world, "carillon_http_requests_total"))
    batch = [event, {**event, "id": "b"}]
    world.call("POST", "/v1/events", json.dumps(batch), {**headers, "Content-Type": "application/cloudevents-batch+json"})
    items = wait("the batch's line", lambda: log_lines(world, "events of a batch refused"))
    assert items[0]["metadata"]["count"] == "2" and items[0]["metadata"]["publisher"] == "one", items


def reloads_say_what_changed(world):
    world.start()
    assert samples(world, "carillon_config_last_reload_successful") == {"": 1}
    world.secret("one.keys", open(os.path.join(world.folder, "secrets", "one.keys")).read() + "k2 sha256:" + "0" * 64 + "\n")
    text = open(world.config).read()
    with open(world.config, "w") as file:
        file.write(text.replace("windowSeconds: 0", "windowSeconds: 5"))
    world.gateway.send_signal(signal.SIGHUP)
    line = wait("its line", lambda: log_lines(world, "reloaded"))[0]
    changed = line["metadata"]["changed"]
    assert "merge.windowSeconds" in changed and "keysFile (contents)" in changed and "sha256" not in changed, changed
    with open(world.config, "w") as file:
        file.write("data: [\n")
    world.gateway.send_signal(signal.SIGHUP)
    wait("the refusal", lambda: log_lines(world, "reload refused, the old settings stay"))
    assert samples(world, "carillon_config_last_reload_successful") == {"": 0}


def an_outage_is_told_once(world):
    """Since when, everywhere; one line when it begins and one when it ends, whatever the probes meet between."""
    world.start()
    users = [f"u{number}" for number in range(30)]
    world.register_all(users, 1, lambda _: "fcm")
    world.script({"fcm": {"*": {"behaviour": "503", "retryAfter": 1}}})
    event = world.published(users)
    closed = wait("the closed lane", lambda: (lambda lane: lane if lane["state"] in ("open", "halfOpen") else None)(world.lane(FCM)))
    asked = lambda: sum(1 for record in world.records() if record["provider"] == "fcm" and record["status"] == 503)
    before = asked()
    wait("more probes", lambda: asked() >= before + 3)
    still = world.lane(FCM)
    assert still["state"] in ("open", "halfOpen") and still["since"] == closed["since"], (closed, still)
    assert world.items("lane", "show", FCM)[0]["changedAt"] == closed["since"]
    assert any(lane["since"] == closed["since"] for lane in world.items("lane", "list"))
    since = wait("the metric", lambda: samples(world, "carillon_lane_state_since_timestamp_seconds").get(f'lane="{FCM}"'))
    assert abs(since - wait("a second look", lambda: samples(world, "carillon_lane_state_since_timestamp_seconds")[f'lane="{FCM}"'])) == 0
    world.simulated("DELETE", "/control/script")
    assert world.done(event)["deliveries"]["accepted"] == 30
    wait("the end's line", lambda: len(changes(world)) == 2)
    assert [line["metadata"]["state"] in ("open", "halfOpen") for line in changes(world)] == [True, False], changes(world)


def changes(world):
    return [line for line in log_lines(world, "lane changed") if line["metadata"]["lane"] == FCM]


def emptied_series_are_gone(world):
    """The last phone of a provider signs out: its series do not stand there with an old value."""
    world.start()
    world.register("u1", 0, "apns")
    world.register("u2", 0, "fcm")
    series = lambda: {labels for labels, value in samples(world, "carillon_devices").items() if value > 0}
    apple = 'provider="apns",state="active"'
    wait("both", lambda: {apple, 'provider="fcm",state="active"'} <= series())
    world.call("DELETE", "/v1/devices/u1-0", headers={"Authorization": "Bearer ent-u1"})
    wait("the other alone", lambda: apple not in series() and 'provider="fcm",state="active"' in series())


def a_french_terminal_is_answered_in_french(world):
    """The executable reads the variables itself: no locale is installed here. What programs read is English on the same terminal."""
    world.start()
    world.register("u1", 0, "fcm")
    event = world.published(["u1"], "one")
    assert world.done(event)["deliveries"]["accepted"] == 1
    delivery = world.items("queue", "list", "--event", event)[0]["id"]
    french = lambda *words: world.command(*words, LC_ALL="fr_FR.UTF-8")
    why = french("queue", "why", delivery).stdout
    assert " · en direct\n" in why and "Le fournisseur l’a acceptée à la première tentative." in why, why
    paused = french("lane", "pause", FCM, "--why", "essai").stdout
    assert "paused (suspendu)" in paused and "remise en file d’attente." in paused, paused
    lanes = french("check", "lanes")
    assert lanes.returncode == 1 and lanes.stdout.startswith(f"WARNING {FCM} paused (suspendu) depuis"), lanes
    status = french("queue", "status").stdout
    assert "service     répond, pid " in status and f"! {FCM}\u00a0: arrêté par un exploitant" in status, status
    unknown = french("queue", "why", "D-999")
    assert unknown.returncode == 3 and "à essayer\u00a0: carillon queue list" in unknown.stderr, unknown
    said = json.loads(french("queue", "why", delivery, "-o", "json").stdout)["why"]
    assert said[0] == "The provider accepted it at the first attempt.", said
    assert "points examinés\u00a0: " in french("doctor", "--no-network").stdout


main([alert_rules_are_right, dashboard_is_that_of_the_metrics, refusals_are_told, reloads_say_what_changed, an_outage_is_told_once,
      emptied_series_are_gone, a_french_terminal_is_answered_in_french], {})
