"""The start and the end of the gateway: what is in its way is named, signals count from the beginning, nothing that drips keeps it alive."""
import http.client, os, signal, socket, subprocess, sys, time

from gateway import main, wait


def refused(world, *words):
    """serve ends with 78, config check with 1, and both say all the words."""
    for command, code in ((["serve"], 78), (["config", "check"], 1)):
        ended = subprocess.run([world.binary("carillon"), *command, "--config", world.config], capture_output=True, text=True, timeout=60)
        assert ended.returncode == code, (command, ended)
        for word in words:
            assert word in ended.stderr, (command, word, ended.stderr)


def listening(world, **changes):
    for name, value in changes.items():
        setattr(world, name, value)
    world.write_config()


def addresses_are_named(world):
    data = os.path.join(world.folder, "data")
    public, admin = world.public, world.admin
    listening(world, admin="/tmp/carillon-there-is-none/admin.sock")
    refused(world, "listen.admin", "/tmp/carillon-there-is-none", "mkdir")
    listening(world, admin=admin)
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    listening(world, public=taken.getsockname()[1])
    refused(world, "listen.public", str(world.public), "another process")
    taken.close()
    listening(world, public=public)
    text = open(world.config).read()
    with open(world.config, "w") as file:
        file.write(text.replace(f"127.0.0.1:{world.metrics}", f"192.0.2.1:{world.metrics}"))
    refused(world, "listen.metrics", "192.0.2.1", "no such address")
    world.write_config()
    with open(admin, "w") as file:
        file.write("mine")
    refused(world, "listen.admin", "in the way")
    assert open(admin).read() == "mine"
    os.unlink(admin)
    living = socket.socket(socket.AF_UNIX)
    living.bind(admin)
    living.listen()
    refused(world, "listen.admin", "not taken over")
    living.close()
    # A dead socket is no obstacle, and beside the running service its own addresses are none.
    assert os.path.exists(admin) and os.path.exists(data)
    world.start()
    checked = subprocess.run([world.binary("carillon"), "config", "check", "--config", world.config], capture_output=True, text=True)
    assert checked.returncode == 0, checked


def storage_keys_are_named(world):
    world.start()
    users = ["u1", "u2"]
    devices = len(world.register_all(users, 2))
    first = open(os.path.join(world.folder, "secrets", "storage.key")).read()
    world.gateway.send_signal(signal.SIGTERM)
    assert world.gateway.wait(60) == 0
    world.secret("storage.key", "s1:" + "A" * 43 + "=\n")
    refused(world, "storage.keyFile", "secrets/storage.key", '"s1"', "new name")
    second = "s2:" + "B" * 42 + "A=\n"
    world.secret("storage.key", second + first)
    world.start()
    def carillon(*words):
        return subprocess.run([world.binary("carillon"), *words, "--config", world.config], capture_output=True, text=True)
    checked = carillon("config", "check")
    assert checked.returncode == 0 and f"still seals {devices} devices" in checked.stderr, checked
    moved = carillon("storage", "reseal", "--why", "rotation")
    assert moved.returncode == 0 and f"{devices} sealed anew" in moved.stdout, moved
    assert "still seals" not in carillon("config", "check").stderr
    world.gateway.send_signal(signal.SIGTERM)
    assert world.gateway.wait(60) == 0
    world.secret("storage.key", second)
    world.start()
    event = world.publish(users)[1]["id"]
    assert world.done(event)["deliveries"]["accepted"] == devices


def catches(process, number):
    """Whether the process has a handler for the signal [proc(5), SigCgt]."""
    for line in open(f"/proc/{process.pid}/status"):
        if line.startswith("SigCgt:"):
            return int(line.split()[1], 16) >> (number - 1) & 1 == 1
    return False


def signals_count_from_the_start(world):
    for number in (signal.SIGTERM, signal.SIGINT):
        process = world.serve()
        world.processes.append(process)
        wait("the first handler", lambda: process.poll() is not None or catches(process, number))
        process.send_signal(number)
        assert process.wait(60) == 0, (number, open(world.log).read()[-2000:])
    world.gateway = world.serve()
    world.processes.append(world.gateway)
    wait("the first handler", lambda: world.gateway.poll() is not None or catches(world.gateway, signal.SIGHUP))
    text = open(world.config).read()
    with open(world.config, "w") as file:
        file.write("dta: x\n" + text)
    # Read before or after: either refuses to start or refuses the reload; it never dies of the signal.
    world.gateway.send_signal(signal.SIGHUP)
    wait("an end", lambda: world.gateway.poll() is not None or "reload refused" in open(world.log).read())
    assert world.gateway.poll() in (None, 78), world.gateway.poll()
    world.write_config()


def nothing_that_drips_keeps_it(world):
    world.start()
    users = [f"u{number}" for number in range(20)]
    world.register_all(users, 1)
    drips = []
    for path, kind in (("/v1/events", "application/json"), ("/v1/directory/imports", "application/x-tar")):
        drip = http.client.HTTPConnection("127.0.0.1", world.public, timeout=60)
        drip.putrequest("POST", path)
        for name, value in (("Content-Type", kind), ("Content-Length", "100000"), ("Authorization", "Bearer " + world.key)):
            drip.putheader(name, value)
        drip.endheaders()
        drip.send(b"{")
        drips.append(drip)
    idle = socket.create_connection(("127.0.0.1", world.public))
    idle.send(b"GET /livez HT")
    for _ in range(20):
        world.publish(users)
    world.gateway.send_signal(signal.SIGTERM)
    start = time.monotonic()
    deadline = start + 60
    while world.gateway.poll() is None and time.monotonic() < deadline:
        for drip in drips:
            try:
                drip.send(b" ")
            except OSError:
                pass
        try:
            world.gateway.wait(0.5)
        except subprocess.TimeoutExpired:
            pass
    assert world.gateway.poll() == 0, (world.gateway.poll(), open(world.log).read()[-2000:])
    # The bound of the product is 25 seconds; the rest is the machine's.
    assert time.monotonic() - start < 40, time.monotonic() - start
    print(f"ended after {time.monotonic() - start:.1f} s", file=sys.stderr)


def notified(world, name, **variables):
    """A gateway that was told of a service manager, and the manager's ear."""
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind("\0" + name[1:] if name.startswith("@") else name)
    manager.settimeout(60)
    world.gateway = world.serve({"NOTIFY_SOCKET": name, **variables})
    world.processes.append(world.gateway)
    assert manager.recv(100) == b"READY=1"
    # What is asked now answers: nobody has to try again.
    assert world.call("GET", "/livez")[0] == 200 and "fcm/onepocket" in world.lanes()
    http.client.HTTPConnection("127.0.0.1", world.metrics).connect()
    assert '"message":"serving"' in open(world.log).read()
    return manager


def service_manager_is_told(world):
    """Ready when all three listen, alive again and again, stopping at the end; under a file's name and an abstract one."""
    for name in (os.path.join(world.folder, "notify"), f"@carillon-{os.getpid()}"):
        manager = notified(world, name, WATCHDOG_USEC="200000")
        for _ in range(5):
            assert manager.recv(100) == b"WATCHDOG=1"
        world.gateway.send_signal(signal.SIGTERM)
        wait("the last words", lambda: manager.recv(100) == b"STOPPING=1")
        assert world.gateway.wait(60) == 0
        manager.close()
    # A watchdog that is meant for somebody else is not fed.
    manager = notified(world, name, WATCHDOG_USEC="1000", WATCHDOG_PID="1")
    world.gateway.send_signal(signal.SIGTERM)
    assert manager.recv(100) == b"STOPPING=1"
    assert world.gateway.wait(60) == 0


def build_is_named(world):
    world.start()
    text = subprocess.run([world.binary("carillon"), "--version"], capture_output=True, text=True).stdout.strip()
    connection = http.client.HTTPConnection("127.0.0.1", world.metrics)
    connection.request("GET", "/metrics")
    series = [line for line in connection.getresponse().read().decode().splitlines() if line.startswith("carillon_build_info{")]
    commit = text.split("(commit ")[1].rstrip(")") if "(" in text else "unknown"
    assert series == [f'carillon_build_info{{version="{text.split()[0]}",commit="{commit}"}} 1'], (text, series)


main([addresses_are_named, storage_keys_are_named, signals_count_from_the_start, nothing_that_drips_keeps_it, service_manager_is_told,
      build_is_named], {})
