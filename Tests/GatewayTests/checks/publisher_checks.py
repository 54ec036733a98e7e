"""What a publisher's developer reads is true: the recipes of Publishing.md word for word, and the schemas of /openapi.json against the door."""
import base64, json, os, re, secrets, subprocess, sys

from gateway import main, receiver

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
SAMPLE = os.path.join(ROOT, "Tests", "SampleData", "saint-etienne")
GUIDE = os.path.join(ROOT, "Sources", "Carillon.docc", "Publishing.md")
READER = "fae94c3d-1f76-581b-9fe8-f15d83ea720e"
SEED = "20261129"
LIMITS = "limits: { registrationsPerMinute: 100000, registrationsBurst: 100000, postsPerMinute: 10000000, postsBurst: 10000000, requestsPerMinute: 1000000, requestsBurst: 1000000, openRequestsPerMinute: 1000000, openRequestsBurst: 1000000 }"


def with_signatures(world, more=""):
    """One publisher, who has a key and a secret; the sample's directory."""
    world.webhook_secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    world.secret("one.secrets", world.webhook_secret + "\n")
    world.proofs = "keysFile: secrets/one.keys, secretsFile: secrets/one.secrets"
    world.rights = "events, directory, persons"
    world.write_config(more)
    world.start()
    done = world.command("directory", "import", os.path.join(SAMPLE, "aaf1d/complet-2026-09-01"), "--format", "aaf1d", "--mode", "complete")
    assert done.returncode == 0, done.stderr


def recipes(language):
    """The fenced blocks of a language, in their order, as they stand."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", open(GUIDE, encoding="utf-8").read(), re.MULTILINE | re.DOTALL)
    assert found, f"no recipe in {language}"
    return found


def recipes_run_word_for_word(world):
    with_signatures(world)
    assert isinstance(world.register(READER, 0, "fcm"), str)
    environment = {**os.environ, "GATEWAY": f"http://127.0.0.1:{world.public}", "PUBLISHER_KEY": world.key, "WEBHOOK_SECRET": world.webhook_secret}
    runs = [(f"recipe-{number}.sh", ["bash", "-eu"], text, 1) for number, text in enumerate(recipes("sh"))]
    (java,), (python,) = recipes("java"), recipes("python")
    runs += [("Publish.java", ["java"], java, 3), ("publish.py", [sys.executable], python, 3)]
    events = []
    for again in (False, True):
        for name, command, text, count in runs:
            path = os.path.join(world.folder, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            ran = subprocess.run([*command, path], env=environment, capture_output=True, text=True, timeout=120)
            assert ran.returncode == 0, (name, ran.stdout, ran.stderr)
            receipts = re.findall(r'"id": ?"(E-[^"]+)"', ran.stdout)
            assert len(receipts) == count and ran.stdout.count('"unresolved"') == count, (name, ran.stdout)
            # The same again is the same event, however it is proven.
            assert ('"duplicate":true' in ran.stdout.replace(" ", "")) == again, (name, ran.stdout)
            events += receipts
    first, second = events[:len(events) // 2], events[len(events) // 2:]
    assert first == second and len(set(first)) == len(first)
    for event in first:
        world.done(event)
    # One phone, and the messages that name its owner: two dialects in three languages, and what curl signs.
    named = [event for event in first if any(person["user"] == READER and person["state"] == "reached" for person in world.trace(event))]
    assert len(named) == 7, (len(named), len(first))
    rung = [push for push in world.records() if push["outcome"] == "accepted" and receiver(push) == READER]
    assert len(rung) == len(named), (len(rung), len(named))


def schemas_are_the_contract(world):
    """Whatever the schemas allow is taken, or refused for what a schema cannot say; whatever they forbid is refused; nothing fails, and all answers are described."""
    with_signatures(world, LIMITS)
    status, document, _ = world.call("GET", "/openapi.json")
    assert status == 200
    for path, operations in list(document["paths"].items()):
        for method, operation in list(operations.items()):
            # Deliveries of a directory are files; preferences and persons take documents of which they read only what they know.
            if "public" not in operation["x-listeners"] or operation["tags"][0] not in ("events", "devices", "onePocket", "operations"):
                del operations[method]
        if not operations:
            del document["paths"][path]
    described = os.path.join(world.folder, "openapi.json")
    with open(described, "w") as file:
        json.dump(document, file)
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "schema_hooks", "PUBLISHER_KEY": world.key, "NO_COLOR": "1",
                   "PYTHONPATH": os.path.dirname(os.path.abspath(__file__))}
    for mode, checks in [("positive", "taken_or_for_a_reason"), ("negative", "refused")]:
        ran = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "run", described, "--url", f"http://127.0.0.1:{world.public}",
             "--mode", mode, "--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--seed", SEED, "--generation-database", "none", "--generation-with-security-parameters", "false",
             "--request-timeout", "10", "--max-time", "20", "--no-shrink",
             "--checks", f"not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,{checks}"],
            env=environment, cwd=world.folder, capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, (mode, ran.stdout[-8000:], ran.stderr[-2000:])


if __name__ == "__main__":
    main([recipes_run_word_for_word, schemas_are_the_contract], {})
