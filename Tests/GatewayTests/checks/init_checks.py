"""From nothing to a push: `carillon init`, and the blocks of README.md as they stand there. Called as the other files of checks."""
import json, os, re, socket, subprocess, sys

BINARIES, FOLDER, CHECK = *map(os.path.abspath, sys.argv[1:3]), sys.argv[3]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


RESERVED = []


def four_ports():
    """The first of four on loopback that are ours until this process ends, as `free_port` of gateway.py has them."""
    for port in range(21000, 60000, 4):
        probes = []
        try:
            for number in range(port, port + 4):
                probes.append(socket.socket())
                probes[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probes[-1].bind(("127.0.0.1", number))
            RESERVED.extend(probes)
            return port
        except OSError:
            for probe in probes:
                probe.close()
    raise AssertionError("no four free ports")


def shell(text, **more):
    """Each line as somebody types it; the first that fails ends it."""
    # A variable of the tests is none of the gateway's.
    environment = {**{name: value for name, value in os.environ.items() if not name.startswith("CARILLON_")}, "PATH": BINARIES + ":" + os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    return subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=120, **more)


def pushed(ran):
    """The simulator's record of the last push, which the script shows."""
    assert ran.returncode == 0, ran
    record = json.loads(ran.stdout.splitlines()[-1])
    assert record["outcome"] == "accepted" and record["token"] == "a-simulated-phone", record
    return json.dumps(record["payload"])


def first_push():
    try:
        shown = shell(f"carillon init try --simulator --port {four_ports()} && try/start && try/push")
        assert "Nouveau billet de blog" in pushed(shown), shown
        # One's own event, from anywhere, as often as one likes.
        event = json.load(open(os.path.join(FOLDER, "try/event.json")))
        event["pushNotif"]["title"] = "À moi, \"entre guillemets\""
        with open(os.path.join(FOLDER, "own.json"), "w") as file:
            json.dump(event, file)
        for _ in range(2):
            assert "entre guillemets" in pushed(shell("cd / && " + f"'{FOLDER}/try/push' '{FOLDER}/own.json'"))
        assert sum(1 for line in open(os.path.join(FOLDER, "try/pushes.ndjson")) if '"accepted"' in line and "simulated-phone" in line) == 3
        checked = shell("carillon config check --config try/carillon.yaml")
        assert checked.returncode == 0, checked
        # What is wrong is said, and nothing rings.
        with open(os.path.join(FOLDER, "own.json"), "w") as file:
            file.write("{}")
        wrong = shell("try/push own.json")
        assert wrong.returncode == 1 and '"code"' in wrong.stdout, wrong
    finally:
        pids = [int(open(os.path.join(FOLDER, "try", name)).read()) for name in ("gateway.pid", "simulator.pid")
                if os.path.exists(os.path.join(FOLDER, "try", name))]
        shell("try/stop")
    assert pids and not any(os.path.exists(f"/proc/{pid}") and open(f"/proc/{pid}/stat").read().split()[2] != "Z" for pid in pids), pids


def readme_session():
    """Blocks between `<!-- run -->` and the end of their fence, in order, in one folder: what a reader types after a build."""
    text = open(os.path.join(ROOT, "README.md")).read()
    blocks = re.findall(r"<!-- run -->\n```sh\n(.*?)```", text, re.S)
    assert len(blocks) >= 2, "README.md has no session"
    port = four_ports()
    script = "".join(blocks).replace("--simulator", f"--simulator --port {port}").replace(":18080", f":{port}")
    try:
        ran = shell(f"ln -s '{ROOT}/Tests' Tests\n" + script)
        assert ran.returncode == 0, ran
    finally:
        shell("[ ! -e try/stop ] || try/stop")


{"first_push": first_push, "readme_session": readme_session}[CHECK]()
