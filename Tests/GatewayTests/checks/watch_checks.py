"""What watches the gateway: alert rules, the runbook they point to, the dashboard, and what the metrics and the log say of requests."""
import http.server, json, os, re, shutil, signal, subprocess, sys, threading, urllib.request

from gateway import BODY, LINKS, TITLE, main, wait

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
    with open(os.path.join(ROOT, "Sources/Contract/problems.json")) as file:
        problems = file.read()
    for code in re.findall(r'code!?="(\w+)"', text):
        assert f'"{code}"' in problems, f"there is no refusal {code}"
    world.start()
    known = set(re.findall(r"^# TYPE (\S+)", exposition(world), re.M))
    for name in set(re.findall(r"\b(?:carillon|process)_\w+", text)):
        assert name in known or re.sub(r"_(bucket|sum|count)$", "", name) in known, f"there is no metric {name}"


# Minutes that metrics and lanes may take to show what begins and ends; a minute of the recording was a second.
MARGIN = 20


def a_day_fires_what_happened(world):
    """A recorded day of faults (deploy/alert-day): each alert fires while what it names is so, and no alert at any other time."""
    with open(os.path.join(RULES, "day.json")) as file:
        day = json.load(file)
    text = open(os.path.join(RULES, "alerts.yml")).read()
    # Sentences are those of the other test.
    rules, tests = os.path.join(world.folder, "rules.yml"), os.path.join(world.folder, "day_test.yml")
    with open(rules, "w") as file:
        file.write(re.sub(r"\n        annotations:(\n          .*)+", "", text))
    alerts = {}
    for name, expression, delay, severity in re.findall(
            r"- alert: (\w+)\n\s+expr: '(.*)'\n(?:\s+for: (\w+)\n)?\s+labels: \{ severity: (\w+) \}", text):
        delay = int(delay[:-1] or 0) * {"m": 1, "h": 60, "": 0}[delay[-1:]]
        alerts[name] = (delay, {"severity": severity, "instance": "a", **({} if expression.startswith("sum by") else {"job": "carillon"})})
    assert len(alerts) == text.count("- alert:") and {item["alert"] for item in day["happened"]} <= set(alerts)
    cases, fired = [], set()
    for name, (delay, labels) in alerts.items():
        windows = [item for item in day["happened"] if item["alert"] == name]
        for minute in range(MARGIN, day["minutes"] - 1, 5):
            begins = lambda item: item["from"] + item["after"] + delay + item["late"] + MARGIN
            if any(item["from"] <= minute < begins(item) or item["to"] <= minute <= item["to"] + item["late"] + MARGIN or item["may"] and item["from"] <= minute <= item["to"]
                   for item in windows):
                continue
            now = [{**labels, **item["labels"]} for item in windows if begins(item) <= minute < item["to"]]
            fired |= {name} if now else set()
            cases.append({"eval_time": f"{minute}m", "alertname": name, "exp_alerts": [{"exp_labels": labels} for labels in now]})
    assert fired == {item["alert"] for item in day["happened"] if not item["may"]}, "a window is too short to be judged"
    with open(tests, "w") as file:  # JSON is YAML
        json.dump({"rule_files": [rules], "evaluation_interval": "1m", "tests": [{
            "interval": "1m", "input_series": [{"series": name, "values": values} for name, values in day["series"].items()],
            "alert_rule_test": cases}]}, file)
    promtool("test", "rules", tests)


def dashboard_is_that_of_the_metrics(world):
    world.start()
    made = os.path.join(world.folder, "metrics.txt")
    with open(made, "w") as file:
        file.write(exposition(world))
    done = subprocess.run([sys.executable, "-B", os.path.join(ROOT, "deploy/grafana/make"), made, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def log_lines(world, message):
    return [json.loads(line) for line in open(world.log) if f'"{message}"' in line]


class Collector:
    """Takes OTLP over HTTP in JSON, as a collector does; answers what `status` says."""

    def __init__(self):
        self.status, self.spans, self.posts = 200, [], 0
        outer = self

        class Takes(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.path == "/v1/traces" and self.headers["Content-Type"] == "application/json"
                outer.posts += 1
                if outer.status == 200:
                    outer.spans += [span for one in told["resourceSpans"] for scope in one["scopeSpans"] for span in scope["spans"]]
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Takes)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1/traces"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def of(self, event):
        return [span for span in self.spans if {"key": "carillon.event", "value": {"stringValue": event}} in span["attributes"]]


def spans_reach_a_collector(world):
    """One span an event, under its sender's; without a word of the event; and a collector that is ill or away costs spans, counted, and no push."""
    collector = Collector()
    world.write_config(f'telemetry: {{ traces: {{ url: "{collector.url}" }} }}\n')
    world.start()
    users = [f"u{number}" for number in range(30)]
    world.register_all(users, 1, lambda number: "fcm")
    trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    status, answer, _ = world.publish(users, "traced", {"traceparent": f"00-{trace}-{parent}-01", "Idempotency-Key": "a"})
    assert status == 202, answer
    unsampled = world.publish(users, "unsampled", {"traceparent": f"00-{trace}-{parent}-00", "Idempotency-Key": "b"})[1]["id"]
    own = world.published(users, "own")
    for event in (answer["id"], unsampled, own):
        world.done(event)
    [span] = wait("the span", lambda: collector.of(answer["id"]))
    assert (span["traceId"], span["parentSpanId"], span["kind"]) == (trace, parent, 5), span
    assert [event["name"] for event in span["events"]] == ["accepted", "expanded", "first answer", "last answer"], span
    times = [int(span["startTimeUnixNano"]), *(int(event["timeUnixNano"]) for event in span["events"])]
    assert times == sorted(times) and times[-1] == int(span["endTimeUnixNano"]) and times[-1] - times[0] < 120e9, times
    told = {one["key"]: one["value"]["stringValue"] for one in span["attributes"]}
    assert (told["carillon.publisher"], told["carillon.kind"], told["carillon.state"]) == ("one", "BLOG.PUBLISH-POST", "done"), told
    [other] = wait("the other", lambda: collector.of(own))
    assert "parentSpanId" not in other and re.fullmatch("[0-9a-f]{32}", other["traceId"]) and other["traceId"] != trace
    assert not collector.of(unsampled) and len(collector.spans) == 2, collector.spans
    assert not any(word in json.dumps(collector.spans) for word in (TITLE, BODY, "teacher", *users))
    assert samples(world, "carillon_trace_spans_total") == {'outcome="sent"': 2, 'outcome="dropped"': 0}
    # What it refuses is gone; what it cannot take now comes again.
    collector.status = 400
    world.done(world.published(users, "refused"))
    wait("the loss", lambda: samples(world, "carillon_trace_spans_total")['outcome="dropped"'] == 1)
    collector.status, posts = 503, collector.posts
    late = world.published(users, "late")
    world.done(late)
    wait("the try", lambda: collector.posts > posts)
    collector.status = 200
    wait("what waited", lambda: collector.of(late))
    # And where nobody listens, everything goes on.
    collector.server.shutdown()
    collector.server.server_close()
    state = world.done(world.published(users, "alone"))
    assert state["deliveries"]["accepted"] == len(users), state
    wait("the complaint", lambda: log_lines(world, "the collector does not take spans; they wait"))
    assert world.call("GET", "/readyz")[0] == 200
    world.gateway.send_signal(signal.SIGTERM)
    assert world.gateway.wait(60) == 0


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


if __name__ == "__main__":
    main([alert_rules_are_right, a_day_fires_what_happened, dashboard_is_that_of_the_metrics, refusals_are_told, reloads_say_what_changed, an_outage_is_told_once,
          emptied_series_are_gone, spans_reach_a_collector, a_french_terminal_is_answered_in_french], {})
