"""What a publisher's developer reads is true: the schemas of /openapi.json against the door."""
import base64, json, os, secrets, subprocess, sys

from gateway import main

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
SAMPLE = os.path.join(ROOT, "Tests", "SampleData", "saint-etienne")
SEED = "20261129"
LIMITS = "limits: { postsPerMinute: 10000000, postsBurst: 10000000, requestsPerMinute: 1000000, requestsBurst: 1000000, openRequestsPerMinute: 1000000, openRequestsBurst: 1000000 }"


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


def schemas_are_the_door(world):
    """Whatever the schemas allow is taken, or refused for what a schema cannot say; whatever they forbid is refused; nothing fails, and all answers are described."""
    with_signatures(world, LIMITS)
    status, document, _ = world.call("GET", "/openapi.json")
    assert status == 200
    for path, operations in list(document["paths"].items()):
        for method, operation in list(operations.items()):
            # Deliveries of a directory are files; what a person demands is looked at by person_checks.
            if "public" not in operation["x-listeners"] or operation["tags"][0] not in ("events", "operations"):
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
    main([schemas_are_the_door], {})
