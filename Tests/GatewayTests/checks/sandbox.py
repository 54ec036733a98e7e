"""Starts the command of an installed unit as systemd would, as far as that goes without it: in the root's own tree, read-only but for its folders,
as its user, with its limits, credentials, system-call filter and memory rules. Run by the system's Python, which has libseccomp's binding.

usage: sandbox.py ROOT UNIT NOTIFY_SOCKET
Settings of the unit that this does not apply: those about namespaces, devices, the kernel's files, capabilities (a user other than root has none)."""
import ctypes, os, pwd, resource, subprocess, sys

import seccomp

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS = 0x00020000
NO_NEW_PRIVS, MDWE, REFUSE_EXEC_GAIN = 38, 65, 1
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}


def unit(path):
    """Each setting's values in order, of the section Service."""
    settings, section = {}, ""
    for line in open(path):
        line = line.strip()
        if line.startswith("["):
            section = line
        elif section == "[Service]" and "=" in line and not line.startswith("#"):
            name, value = line.split("=", 1)
            settings.setdefault(name, []).append(value)
    return settings


def calls(names):
    """The system calls of systemd's sets, all the way down."""
    found = set()
    for name in names.split():
        if not name.startswith("@"):
            found.add(name)
            continue
        listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True).stdout
        words = [line.split("#")[0].strip() for line in listed.splitlines()[1:]]
        found |= calls(" ".join(word for word in words if word))
    return found


def filtered(settings):
    allowed = set()
    for value in settings["SystemCallFilter"]:
        allowed = allowed - calls(value[1:]) if value.startswith("~") else allowed | calls(value)
    rules = seccomp.SyscallFilter(seccomp.ERRNO(1))
    families = settings["RestrictAddressFamilies"][0].split()
    for name in allowed:
        try:
            if name == "socket":
                for family in families:
                    rules.add_rule(seccomp.ALLOW, name, seccomp.Arg(0, seccomp.EQ, FAMILIES[family]))
            else:
                rules.add_rule(seccomp.ALLOW, name)
        except (RuntimeError, OSError, ValueError):
            # Of another architecture.
            continue
    # Not of any set: how the command itself begins.
    rules.add_rule(seccomp.ALLOW, "execve")
    return rules


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def folder(path, owner, mode):
    os.makedirs(path, exist_ok=True)
    os.chown(path, owner.pw_uid, owner.pw_gid)
    os.chmod(path, int(mode, 8))


def main(root, name, notify):
    settings = unit(f"{root}/lib/systemd/system/{name}")
    rules = filtered(settings)
    [line] = [line for line in open(f"{root}/etc/passwd") if line.startswith(settings["User"][0] + ":")]
    owner = pwd.struct_passwd([int(v) if v.isdigit() else v for v in line.strip().split(":")])
    state, run = f"{root}/var/lib/{settings['StateDirectory'][0]}", f"{root}/run/{settings['RuntimeDirectory'][0]}"
    folder(state, owner, settings["StateDirectoryMode"][0])
    folder(run, owner, settings["RuntimeDirectoryMode"][0])
    credentials = f"/run/credentials/{name}"
    folder(root + credentials, owner, "0500")
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "NOTIFY_SOCKET": notify, "CREDENTIALS_DIRECTORY": credentials,
                   "WATCHDOG_USEC": str(int(settings["WatchdogSec"][0].rstrip("s")) * 1_000_000)}
    for credential in settings["LoadCredential"]:
        key, source = credential.split(":")
        target = f"{root}{credentials}/{key}"
        with open(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o400), "w") as file:
            file.write(open(root + source).read())
        os.chown(target, owner.pw_uid, owner.pw_gid)
    for value in settings["Environment"]:
        variable, text = value.split("=", 1)
        environment[variable] = text.replace("%d", credentials)
    # ProtectSystem=strict: everything but its own folders can only be read.
    assert LIBC.unshare(CLONE_NEWNS) == 0
    mount("--make-rprivate", "/")
    mount("--rbind", root, root)
    for path in (state, run):
        mount("--bind", path, path)
    mount("-o", "remount,bind,ro", root)
    # PrivateTmp.
    for path in ("/tmp", "/var/tmp"):
        mount("-t", "tmpfs", "tmpfs", root + path)
    # Root of a container may not go beyond its own.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    nofile = min(int(settings["LimitNOFILE"][0]), hard) if hard >= 0 else int(settings["LimitNOFILE"][0])
    resource.setrlimit(resource.RLIMIT_NOFILE, (nofile, nofile))
    os.chroot(root)
    os.chdir("/")
    os.umask(int(settings["UMask"][0], 8))
    os.setgroups([])
    os.setgid(owner.pw_gid)
    os.setuid(owner.pw_uid)
    LIBC.prctl(1, 9)
    assert LIBC.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    if settings["MemoryDenyWriteExecute"] == ["yes"] and LIBC.prctl(MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) != 0:
        print("sandbox: this kernel has no PR_SET_MDWE (6.3): MemoryDenyWriteExecute is not tried", file=sys.stderr)
    rules.load()
    words = settings["ExecStart"][0].split()
    os.execve(words[0], words, environment)


main(*sys.argv[1:])
