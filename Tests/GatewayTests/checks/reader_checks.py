"""Checks of who reads the store while the gateway works: reader_checks.py BINARIES FOLDER CHECK. CARILLON_SEED repeats a run."""
import os, random, sqlite3, subprocess, sys, threading

from checker import Join, run
from gateway import BINARIES, FOLDER, main, wait
from load import Load, import_school, settle

CARILLON = os.path.join(BINARIES, "carillon")
SEED = int(os.environ.get("CARILLON_SEED") or random.SystemRandom().randrange(1 << 32))
READERS = 20
# Each reader asks its question so many times at least; with CARILLON_READS for longer.
READS = int(os.environ.get("CARILLON_READS") or 3)
WAL_BYTES_MAX = 64 << 20
# Bytes of the -shm file by what a lock on them means [sqlite.org/walformat.html 2.3]: these three make a writer or a checkpoint wait.
WRITE, CHECKPOINT, RECOVER = 120, 121, 122


class Locks:
    """Looks at the kernel's table of locks again and again: who held one of the writer's bytes of queue.db."""

    def __init__(self, world):
        found = os.stat(os.path.join(world.folder, "data", "queue.db-shm"))
        self.inode, self.writer = str(found.st_ino), str(world.gateway.pid)
        self.looks, self.writers, self.strangers = 0, 0, []
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.ending.wait(0.001):
            self.looks += 1
            for line in open("/proc/locks"):
                # 1: POSIX ADVISORY WRITE 812 fd:01:393 120 120; what waits has an arrow and holds nothing.
                words = line.split()
                if "->" in words or words[1] != "POSIX" or words[5].split(":")[2] != self.inode or words[3] != "WRITE":
                    continue
                if int(words[6]) > RECOVER or int(words[7]) < WRITE:
                    continue
                if words[4] == self.writer:
                    self.writers += 1
                else:
                    self.strangers.append(line)

    def stop(self):
        self.ending.set()
        self.thread.join(10)


def held_snapshot(world):
    """A transaction that has read and does not end, as a forgotten shell's."""
    shell = sqlite3.connect(f"file:{world.folder}/data/queue.db?mode=ro", uri=True, check_same_thread=False, isolation_level=None)
    shell.execute("BEGIN")
    assert shell.execute("SELECT count(*) FROM event").fetchone()[0] > 0
    return shell


def wal_bytes(world):
    return os.stat(os.path.join(world.folder, "data", "queue.db-wal")).st_size


def readers(world):
    """Twenty commands that read in loops, and one snapshot that is held: everything is taken and sent, the log stays short or is named, no
    reader ever holds a lock the writer waits for."""
    print(f"seed {SEED}", file=sys.stderr)
    world.start()
    import_school(world)
    load = Load(world, [f"u{number:03}" for number in range(40)], SEED, publishers=2)
    load.register_first(3)
    first = world.publish(load.users, "first")[1]["id"]
    load.note({"id": first, "users": load.users})
    shell, locks = held_snapshot(world), Locks(world)
    before = shell.execute("SELECT count(*) FROM event").fetchone()[0]
    load.start()
    questions = [["queue", "list", "--state", "accepted,deferred,pending", "--where", "lane=fcm/* and age<1h"], ["queue", "shape", "--of", "users"],
                 ["event", "trace", first], ["queue", "status"]]
    reads, faults, ending = [0] * READERS, [], threading.Event()

    def read(number):
        while not ending.is_set() and not faults:
            words = questions[number % len(questions)]
            answer = subprocess.run([CARILLON, *words, "--config", world.config, "-o", "json"], capture_output=True, text=True)
            # 3: nothing matched.
            if answer.returncode not in (0, 3):
                faults.append((words, answer.returncode, answer.stderr[-500:]))
            reads[number] += 1
    threads = [threading.Thread(target=read, args=(number,), daemon=True) for number in range(READERS)]
    for thread in threads:
        thread.start()
    largest = [0]

    def enough():
        largest[0] = max(largest[0], wal_bytes(world))
        return faults or min(reads) >= READS and len(load.answers) > 40
    wait("reads and events", enough, 240)
    ending.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert not faults, faults[:3]
    load.stop()
    settle(world, load)
    largest[0] = max(largest[0], wal_bytes(world))
    # The snapshot has stood still all the while, and the store went on.
    assert shell.execute("SELECT count(*) FROM event").fetchone()[0] == before
    check = world.command("check", "store", "-w", "0", "-c", "0")
    named = check.returncode != 0 and "not taken over" in check.stdout
    assert largest[0] < WAL_BYTES_MAX or named, (largest, check.stdout)
    shell.execute("COMMIT")
    shell.close()
    locks.stop()
    assert locks.looks > 100 and not locks.strangers, (locks.looks, locks.strangers[:5])
    assert world.query("queue", "SELECT count(*) FROM event")[0][0] >= before + len(load.answers)
    figures = Join(CARILLON, world.config, load.acked, world.pushes_file).check(seed=SEED)
    print(f"{sum(reads)} reads beside {len(load.answers)} events, wal at most {largest[0] >> 10} kB; locks looked at {locks.looks} times, "
          f"{locks.writers} times the writer's; {figures}", file=sys.stderr)


def long_log(world):
    """A log that a reader keeps from being taken over is named by the commands, and by nothing else before it is long."""
    world.start()
    world.register("u1", 1, "fcm")
    world.done(world.publish(["u1"], "one")[1]["id"])
    for words in (["check", "store", "-w", "0", "-c", "0"], ["doctor", "--no-network"]):
        assert "not taken over" not in world.command(*words).stdout, words
    # The file's length is what they look at; blocks of nothing behind the frames do no harm. The snapshot keeps the log from starting
    # over, which would cut it.
    shell = held_snapshot(world)
    os.truncate(os.path.join(world.folder, "data", "queue.db-wal"), WAL_BYTES_MAX + 4096)
    check = world.command("check", "store", "-w", "0", "-c", "0")
    assert check.returncode == 1 and "not taken over" in check.stdout, check
    assert "end long-running readers" in world.command("doctor", "--no-network").stdout
    world.done(world.publish(["u1"], "two")[1]["id"])
    shell.close()


CHECKS = [readers, long_log]

if __name__ == "__main__":
    main(CHECKS, {"readers": {"simulator": ["--latency", "5"]}})
