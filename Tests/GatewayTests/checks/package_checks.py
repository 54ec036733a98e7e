"""The Debian package in a root of its own: made twice with the same bytes, installed, started under its unit's rules, upgraded with work in the
queue, removed, purged. systemd itself does not run there (it wants to be process 1): what its manager would do at start and stop is done by
sandbox.py and by signals, and the timers are called by hand. Called as the other files of checks; needs root, and $CARILLON_DEBIAN_ROOT, the tar of
a Debian that deploy/test makes."""
import glob, hashlib, json, os, shutil, signal, socket, subprocess, sys

from gateway import FOLDER, main, end_with_parent, wait

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
ROOT = os.path.join(os.path.realpath(FOLDER), "root")
# As a system's root stands, and what an administrator puts into it: readable by the users that are made in it, whoever runs the tests.
os.umask(0o022)
if "CARILLON_MOUNTS" not in os.environ and "bill_of_materials" not in sys.argv:
    # Mounts of our own: gone with this process. Root's, by sudo where it asks for no password.
    before = [] if os.getuid() == 0 else ["sudo", "-n", "--preserve-env"]
    command = ["unshare", "--mount", "env", "CARILLON_MOUNTS=1", sys.executable, "-B", *sys.argv]
    os.execvp((before + command)[0], before + command)


def ran(*words, ok=(0,), **more):
    done = subprocess.run(words, capture_output=True, text=True, **more)
    assert done.returncode in ok, (words, done.returncode, done.stdout[-3000:], done.stderr[-3000:])
    return done


def inside(*words, user="root", ok=(0,), env={}):
    base = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    who = [] if user == "root" else [f"--userspec={user}:{user}"]
    return ran("chroot", *who, ROOT, *words, ok=ok, env={**base, **env})


def path(name):
    return ROOT + name


def make_root():
    os.makedirs(ROOT)
    tar = os.environ.get("CARILLON_DEBIAN_ROOT", "")
    assert os.path.exists(tar), "CARILLON_DEBIAN_ROOT must name the tar of a Debian; deploy/test makes it"
    ran("tar", "-xf", tar, "-C", ROOT)
    ran("mount", "-t", "proc", "proc", path("/proc"))
    # The installer of a real one writes it.
    with open(path("/etc/hosts"), "w") as file:
        file.write("127.0.0.1 localhost\n")
    # A machine without a service manager, as dpkg sees it.
    assert not os.path.exists(path("/run/systemd/system"))


def packed(world, version, folder):
    """One package of the executable under test; compressed as little as may be, since it is made three times."""
    out = os.path.join(world.folder, folder)
    ran(os.path.join(SOURCE, "deploy/package"), "--binary", world.binary("carillon"), "--version", version, "--out", out,
        env={**os.environ, "DPKG_DEB_COMPRESSOR_TYPE": "gzip", "DPKG_DEB_COMPRESSOR_LEVEL": "1", "SOURCE_DATE_EPOCH": "1790000000"})
    [made] = glob.glob(out + "/*.deb")
    return made


def aged(package, version, without=()):
    """The same under an older number: the version before, as far as dpkg can tell. `without`: files and what their lines must not have."""
    folder = f"{os.path.dirname(package)}-{version}"
    ran("dpkg-deb", "--raw-extract", package, folder)
    text = open(folder + "/DEBIAN/control").read()
    with open(folder + "/DEBIAN/control", "w") as file:
        file.write("".join(f"Version: {version}\n" if line.startswith("Version:") else line for line in text.splitlines(True)))
    for name, words in without:
        lines = open(folder + name).readlines()
        kept = [line for line in lines if words not in line]
        assert len(kept) < len(lines), (name, words)
        with open(folder + name, "w") as file:
            file.writelines(kept)
    ran("dpkg-deb", "--build", "--root-owner-group", "-Zgzip", "-z1", folder, folder + ".deb")
    return folder + ".deb"


def digest(name):
    return hashlib.sha256(open(name, "rb").read()).hexdigest()


def install(package):
    shutil.copy(package, path("/tmp"))
    return inside("dpkg", "--install", "/tmp/" + os.path.basename(package))


def configure(world):
    """What an administrator does: the simulator in the place of Google and Apple."""
    usual, world.admin = world.admin, path("/run/carillon/admin.sock")
    # The group's number is the root's own.
    group = int(next(line for line in open(path("/etc/group")) if line.startswith("carillon:")).split(":")[2])
    shutil.copytree(os.path.join(world.folder, "simulator"), path("/etc/carillon/simulator"))
    shutil.copy(os.path.join(world.folder, "secrets/one.keys"), path("/etc/carillon/secrets/one.keys"))
    os.chmod(path("/etc/carillon/simulator"), 0o755)
    for name in [*glob.glob(path("/etc/carillon/simulator/*")), path("/etc/carillon/secrets/one.keys")]:
        os.chown(name, 0, group)
        os.chmod(name, 0o640)
    text = open(world.config).read().replace("data: data\n", "").replace(f'admin: "{usual}", ', "")
    assert "admin" not in text
    with open(path("/etc/carillon/carillon.yaml"), "w") as file:
        file.write(text)


def start(world):
    """By the unit; returns when it says that it is ready."""
    name = path("/run/notify")
    if os.path.exists(name):
        os.unlink(name)
    world.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    world.manager.bind(name)
    os.chmod(name, 0o666)
    world.gateway = subprocess.Popen(
        ["/usr/bin/python3", os.path.join(HERE, "sandbox.py"), ROOT, "carillon.service", "/run/notify"], stderr=open(world.log, "a"),
        preexec_fn=end_with_parent)
    world.processes.append(world.gateway)
    world.manager.setblocking(False)

    def told():
        assert world.gateway.poll() is None, (world.gateway.returncode, open(world.log).read()[-3000:])
        try:
            return world.manager.recv(100)
        except BlockingIOError:
            return None
    assert wait("readiness", told) == b"READY=1"
    world.manager.settimeout(60)


def stop(world):
    world.gateway.send_signal(signal.SIGTERM)
    wait("the last words", lambda: world.manager.recv(100) == b"STOPPING=1")
    assert world.gateway.wait(60) == 0


def owner(name):
    found = os.stat(path(name))
    names = {line.split(":")[2]: line.split(":")[0] for line in open(path("/etc/passwd"))}
    groups = {line.split(":")[2]: line.split(":")[0] for line in open(path("/etc/group"))}
    return names[str(found.st_uid)], groups[str(found.st_gid)], oct(found.st_mode & 0o7777)


def is_ready_to_run():
    assert owner("/etc/carillon/secrets") == ("root", "carillon", "0o2750")
    for key in ("storage.key", "audit.key"):
        assert owner("/etc/carillon/secrets/" + key) == ("root", "carillon", "0o640"), key
    assert owner("/var/backups/carillon") == ("carillon", "carillon", "0o700")
    groups = {line.split(":")[0] for line in open(path("/etc/group"))}
    assert {"carillon", "carillon-ops", "carillon-look"} <= groups
    # Minimal, and right as it comes.
    lines = open(path("/etc/carillon/carillon.yaml")).read().splitlines()
    assert len(lines) <= 10, len(lines)
    inside("carillon", "config", "check", user="carillon", env={"CARILLON_LISTEN_PUBLIC": "127.0.0.1:0", "CARILLON_LISTEN_METRICS": "127.0.0.1:0"})
    inside("bash", "-c", "source /usr/share/bash-completion/completions/carillon && complete -p carillon")
    for page in ("carillon", "carillon-queue", "carillon-backup", "carillon-check", "carillon-serve"):
        assert os.path.exists(path(f"/usr/share/man/man1/{page}.1.gz")), page
    # Of dpkg's own list: what a change by the administrator survives.
    assert "/etc/carillon/carillon.yaml" in inside("dpkg-query", "--show", "-f=${Conffiles}", "carillon").stdout


def groups_may_what_they_may(world):
    """By sudo, as a person would come: reading for carillon-look, everything for carillon-ops, and the log has the person's name."""
    inside("visudo", "--check", "--strict", "--file=/etc/sudoers.d/carillon")
    for name, group in (("max", "carillon-look"), ("lea", "carillon-ops"), ("eve", "users")):
        inside("useradd", "--groups", group, name)

    def sudo(name, *words, ok=(0,)):
        # `login` of a person: with all groups, which --userspec has by the list of groups.
        return ran(shutil.which("chroot"), f"--userspec={name}", ROOT, "sudo", "-n", "-u", "carillon", *words, ok=ok, env={"PATH": "/usr/bin"})
    look = "/usr/lib/carillon/look"
    assert "fcm/onepocket" in sudo("max", look, "lane", "list").stdout
    sudo("max", "carillon", "lane", "list", ok=(1,))
    for words in (("lane", "pause", "fcm/onepocket", "--why", "x"), ("queue", "status", "--config", "/etc/passwd"), ("lane",), ()):
        assert "look: " in sudo("max", look, *words, ok=(6,)).stderr
    sudo("eve", look, "lane", "list", ok=(1,))
    sudo("lea", "carillon", "lane", "pause", "fcm/onepocket", "--why", "a look")
    sudo("lea", "carillon", "lane", "resume", "fcm/onepocket")
    # Without sudo, too: the socket knows who opens it.
    def alone(name, *words, ok=(0,)):
        return ran(shutil.which("chroot"), f"--userspec={name}", ROOT, "carillon", *words, ok=ok, env={"PATH": "/usr/bin"})
    alone("lea", "lane", "pause", "fcm/onepocket", "--why", "alone")
    assert "carillon-ops" in alone("max", "lane", "resume", "fcm/onepocket", ok=(6,)).stderr
    alone("eve", "lane", "resume", "fcm/onepocket", ok=(4,))
    alone("lea", "lane", "resume", "fcm/onepocket")
    orders = json.loads(sudo("max", look, "operation", "list", "-o", "json").stdout)["items"]
    actors = [order["actor"] for order in orders]
    lea = int(inside("id", "--user", "lea").stdout)
    assert actors[:2] == [f"lea (uid {lea})"] * 2, actors
    assert all(actor.startswith("carillon (uid ") and actor.endswith(" for lea") for actor in actors[2:4]), actors


def units_are_sound():
    units = [os.path.basename(name) for name in glob.glob(path("/lib/systemd/system/carillon*"))]
    assert len(units) == 5, units
    found = inside("systemd-analyze", "verify", "--man=no", *(f"/lib/systemd/system/{name}" for name in units))
    assert "carillon" not in found.stderr, found.stderr
    figures = {}
    for name, most in (("carillon.service", 20), ("carillon-backup.service", 20), ("carillon-check.service", 20)):
        # Exposure in tenths, of 100.
        found = ran("systemd-analyze", "security", "--offline=true", f"--root={ROOT}", f"--threshold={most}", name)
        figures[name] = [line for line in found.stdout.splitlines() if "exposure level" in line][0].split(":")[1].strip()
    print(figures, file=sys.stderr)


def copies_and_checks(world):
    """What the timers start."""
    for old in ("2020-01-01T000000Z", "2020-01-02T000000Z", "2020-01-03T000000Z", ".incomplete-x", "mine"):
        inside("mkdir", f"/var/backups/carillon/{old}", user="carillon")
    inside("/usr/lib/carillon/backup", "/var/backups/carillon", user="carillon", env={"CARILLON_BACKUPS": "2"})
    kept = sorted(os.listdir(path("/var/backups/carillon")))
    assert len(kept) == 3 and kept[0] == "2020-01-03T000000Z" and kept[2] == "mine", kept
    assert sorted(os.listdir(path("/var/backups/carillon/" + kept[1]))) == ["queue.db", "registry.db"]
    checked = inside("/usr/lib/carillon/check", user="carillon", ok=(0, 1))
    words = [line.split()[0] for line in checked.stdout.splitlines()]
    assert len(words) == 5 and words[0] == "OK" and checked.returncode == ("CRITICAL" in words), checked


def lives_and_dies(world):
    new, again = packed(world, "0.1.0", "new"), packed(world, "0.1.0", "again")
    old = aged(new, "0.0.9")
    assert digest(new) == digest(again), "two packages of one executable differ"
    linted = ran("lintian", "--allow-root", "--fail-on", "error,warning", "--suppress-tags", "bogus-mail-host-in-debian-changelog", new)
    print(linted.stdout, file=sys.stderr)
    make_root()
    install(old)
    is_ready_to_run()
    units_are_sound()
    keys = secrets()
    assert len(set(keys.values())) == 2

    configure(world)
    start(world)
    users = [f"u{number}" for number in range(20)]
    devices = len(world.register_all(users, 2))
    first = world.published(users, "before")
    assert world.done(first)["deliveries"]["accepted"] == devices
    groups_may_what_they_may(world)
    world.script({"*": {"*": {"behaviour": "503"}}})
    open_work = world.published(users, "open")
    wait("work that stays open", lambda: world.event(open_work)["deliveries"]["total"] == devices)
    assert world.event(open_work)["deliveries"]["accepted"] == 0
    stop(world)

    said = install(new).stderr
    assert "conf" not in said.lower() or "prompt" not in said.lower(), said
    assert secrets() == keys
    assert "Version: 0.1.0" in inside("dpkg", "-s", "carillon").stdout
    world.script({})
    start(world)
    assert world.done(open_work)["deliveries"]["accepted"] == devices
    assert world.event(first)["deliveries"]["accepted"] == devices
    assert owner("/var/lib/carillon")[2] == "0o700" and owner("/var/lib/carillon/queue.db") == ("carillon", "carillon", "0o600")
    copies_and_checks(world)
    stop(world)
    checked = inside("/usr/lib/carillon/check", user="carillon", ok=(1,))
    assert checked.stdout.startswith("CRITICAL"), checked

    inside("dpkg", "--remove", "carillon")
    assert not os.path.lexists(path("/usr/bin/carillon")) and not glob.glob(path("/lib/systemd/system/carillon*"))
    assert secrets() == keys and os.path.exists(path("/var/lib/carillon/queue.db"))
    gone = inside("dpkg", "--purge", "carillon")
    assert not os.path.exists(path("/var/lib/carillon")) and not os.path.exists(path("/etc/carillon/secrets"))
    # Copies are the administrator's to remove, and are named; a number once given to the service is nobody else's.
    assert "/var/backups/carillon" in gone.stderr and os.path.exists(path("/var/backups/carillon/mine"))
    assert "carillon:" in open(path("/etc/passwd")).read()
    key_of_the_log_comes_with_an_update(new)


def secrets():
    return {name: open(path("/etc/carillon/secrets/" + name)).read() for name in ("storage.key", "audit.key")}


def key_of_the_log_comes_with_an_update(new):
    """From a version that knew none, with the configuration as it came."""
    install(aged(new, "0.0.8", [("/etc/carillon/carillon.yaml", "audit"), ("/DEBIAN/postinst", "make_key audit")]))
    assert sorted(os.listdir(path("/etc/carillon/secrets"))) == ["storage.key"]
    storage = open(path("/etc/carillon/secrets/storage.key")).read()
    install(new)
    assert open(path("/etc/carillon/secrets/storage.key")).read() == storage
    is_ready_to_run()
    inside("dpkg", "--purge", "carillon")
    assert not os.path.exists(path("/etc/carillon/secrets"))


def proxies_are_sound(world):
    make_root()
    os.makedirs(path("/etc/ssl/carillon"))
    ran("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=carillon.example.org",
        "-keyout", path("/etc/ssl/carillon/privkey.pem"), "-out", path("/etc/ssl/carillon/fullchain.pem"))
    shutil.copy(os.path.join(SOURCE, "deploy/proxy/nginx.conf"), path("/etc/nginx/conf.d/carillon.conf"))
    shutil.copy(os.path.join(SOURCE, "deploy/proxy/Caddyfile"), path("/etc/caddy/Caddyfile"))
    assert "test is successful" in inside("nginx", "-t").stderr
    validated = inside("caddy", "validate", "--config", "/etc/caddy/Caddyfile")
    assert "Valid configuration" in validated.stdout + validated.stderr
    formatted = inside("caddy", "fmt", "/etc/caddy/Caddyfile").stdout
    assert formatted == open(path("/etc/caddy/Caddyfile")).read(), "caddy fmt would write it otherwise"


def bill_of_materials(world):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    made = ran(os.path.join(SOURCE, "deploy/sbom"), "--binary", world.binary("carillon"), "--version", "0.1.0", "--commit", "1a2b3c4")
    wrong = JsonStrictValidator(SchemaVersion.V1_5).validate_str(made.stdout)
    assert wrong is None, wrong
    bill = json.loads(made.stdout)
    names = {component["name"] for component in bill["components"]}
    assert {"swift-nio", "hummingbird", "yams", "swift", "libssl3", "libsqlite3-0", "libcurl4", "libnghttp2-14", "libnats3.4"} <= names, names
    assert all(component["version"] and component["purl"] for component in bill["components"])
    # One cryptographic library: what is only the simulator's is neither on the bill nor in the executable.
    assert not {"swift-crypto", "swift-nio-ssl"} & names, names
    assert "BoringSSL" not in ran("nm", world.binary("carillon")).stdout
    ran(os.path.join(SOURCE, "deploy/sbom"), "--check")


def image_runs(world):
    """The image has all the executable needs: run in it, as its user, with nothing of this machine but the kernel."""
    made = []
    for folder in ("image", "again"):
        out = os.path.join(world.folder, folder)
        ran(os.path.join(SOURCE, "deploy/image"), "--binary", world.binary("carillon"), "--version", "0.1.0", "--out", out,
            env={**os.environ, "SOURCE_DATE_EPOCH": "1790000000"})
        made.append(out + "/carillon_0.1.0.oci.tar")
    assert digest(made[0]) == digest(made[1]), "two images of one executable differ"
    unpacked = os.path.join(world.folder, "unpacked")
    # Compares every digest and size.
    ran("skopeo", "--insecure-policy", "copy", "-q", f"oci-archive:{made[0]}", f"dir:{unpacked}")
    told = json.loads(ran("skopeo", "inspect", "--config", f"oci-archive:{made[0]}").stdout)
    [layer] = json.load(open(unpacked + "/manifest.json"))["layers"]
    os.makedirs(ROOT)
    ran("tar", "-xzf", f"{unpacked}/{layer['digest'].split(':')[1]}", "-C", ROOT)
    # As every container has it; Swift reads its arguments there.
    os.makedirs(path("/proc"), exist_ok=True)
    ran("mount", "-t", "proc", "proc", path("/proc"))
    user, program = told["config"]["User"], told["config"]["Entrypoint"][0]
    version = ran("chroot", f"--userspec={user}", ROOT, program, "--version").stdout
    assert version == ran(world.binary("carillon"), "--version").stdout
    # As a volume and a secret come: owned by the image's user.
    shutil.copyfile(os.path.join(SOURCE, "deploy/debian/carillon.yaml"), path("/etc/carillon/carillon.yaml"))
    os.makedirs(path("/etc/carillon/secrets"))
    for kind in ("storage", "audit"):
        ran(world.binary("carillon"), "key", "generate", kind, "--out", path(f"/etc/carillon/secrets/{kind}.key"))
        os.chown(path(f"/etc/carillon/secrets/{kind}.key"), *map(int, user.split(":")))
    world.gateway = subprocess.Popen(
        [shutil.which("chroot"), f"--userspec={user}", ROOT, program, *told["config"]["Cmd"]], stderr=open(world.log, "a"), preexec_fn=end_with_parent,
        env={"CARILLON_LISTEN_PUBLIC": f"127.0.0.1:{world.public}", "CARILLON_LISTEN_METRICS": f"127.0.0.1:{world.metrics}"})
    world.processes.append(world.gateway)

    def answers():
        assert world.gateway.poll() is None, open(world.log).read()[-3000:]
        try:
            return world.call("GET", "/readyz")[0] == 200
        except OSError:
            return False
    wait("readiness", answers)
    # The zones are there: the quiet hours of the schools are counted by them.
    assert os.path.exists(path("/usr/share/zoneinfo/Indian/Reunion"))
    world.gateway.send_signal(signal.SIGTERM)
    assert world.gateway.wait(60) == 0


main([lives_and_dies, proxies_are_sound, bill_of_materials, image_runs], {})
