"""The machine and the commit that figures are of."""
import datetime, os, platform, subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def cores():
    return sorted(os.sched_getaffinity(0))


def load():
    return os.getloadavg()[0]


def model():
    with open("/proc/cpuinfo") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())


def kernel():
    """Without what a builder has added to its version."""
    return platform.release().split("-")[0]


def described():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (1 << 20)
    return {"cores": len(cores()), "model": model(), "kernel": kernel(), "memoryMiB": memory, "loadBefore": load(), "loadAfter": None}


def commit():
    """With a mark when the working copy differs from it."""
    def git(*words):
        return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True).stdout.strip()
    found = git("rev-parse", "--short=12", "HEAD")
    return (found or "unknown") + ("+changes" if found and git("status", "--porcelain", "--untracked-files=no") else "")


def date():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
