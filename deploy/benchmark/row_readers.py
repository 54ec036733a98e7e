"""g: commands that read the store beside its writer."""
import mmap, os, sqlite3, struct, threading, time

from processes import finish
from results import Row, most
from row_accepts import load, tomorrow
from world import SENDING, quantile

READERS = 20


def readers(bench):
    """A million deliveries wait on a paused lane; commands are timed, then accepts are, alone and beside twenty readers."""
    events = max(1, (1_000_000 if not bench.options.quick else 10_000) // bench.sizes.guardians)
    row = Row("g", f"reading beside the writer, {events * bench.sizes.guardians:,} deliveries waiting")
    locks = Locks(os.path.join(bench.work, "lock-waits"))
    world = bench.base("apns", environment={"LD_PRELOAD": os.path.join(bench.tools, "lock-waits.so"), "LOCK_WAITS": locks.path})
    world.order("lane", "pause", "apns/onepocket", "--why", "bench")
    uai = world.schools[0][0]
    for _ in range(events):
        last = world.post(uai, {"school": uai})
    world.wait(last, SENDING, step=0.1)
    # One question asks for what has waited for a second.
    time.sleep(2)
    listed = world.order("queue", "list", "--limit", "1", "-o", "ids").split()[0]
    questions = {"queue status": [], "queue shape": [], "queue list": [], "queue why": [listed], "queue shape --of users": [],
                 "queue list --where": ["school=0420001A and age>1s and not class=urgent"]}

    def ask(name):
        begin = time.time()
        finish(bench.carillon, *name.split(), *questions[name], "--config", world.configuration.path, "-o", "json")
        return time.time() - begin
    for name in questions:
        row.add(f"carillon {name}", "s", [ask(name) for _ in range(bench.runs)], most(1, "< 1 s"))
    accept(row, world, locks, "alone")
    ending, reads = threading.Event(), []

    def read(number):
        names = list(questions)
        while not ending.is_set():
            ask(names[number % len(names)])
            reads.append(1)
    threads = [threading.Thread(target=read, args=(number,), daemon=True) for number in range(READERS)]
    for thread in threads:
        thread.start()
    accept(row, world, locks, f"beside {READERS} readers")
    ending.set()
    for thread in threads:
        thread.join()
    held = sqlite3.connect(f"file:{world.configuration.data}/queue.db?mode=ro", uri=True, isolation_level=None)
    held.execute("BEGIN")
    held.execute("SELECT count(*) FROM event").fetchone()
    accept(row, world, locks, "beside one snapshot that is held")
    held.execute("COMMIT")
    held.close()
    row.notes.append(f"{len(reads)} commands read beside the accepts")
    return row


def accept(row, world, locks, what):
    time.sleep(2)
    seen = world.histogram("store_commit_seconds")
    locks.read()
    found = load(world, world.bench.sizes.accepts // 2, "--later", tomorrow())
    calls, refused, longest, waited = locks.read()
    row.add(f"accepts {what}", "/s", [found["perSecond"]])
    row.add(f"accepts {what}, p99", "ms", [found["p99us"] / 1000])
    # A refusal costs nobody time: the writer has no busy handler, a checkpoint is put off. The longest call is the scheduler's doing.
    row.add(f"accepts {what}, longest wait for a lock", "ms", [waited], most(5, "< 5 ms"))
    row.notes.append(f"{what}: commit p99 at most {quantile(seen, world.histogram('store_commit_seconds'), 0.99):g} ms; "
                     f"{calls:,} locks asked for, {refused} refused, longest call {longest:.1f} ms")


class Locks:
    """What Tests/Benchmarks/lock-waits counts in the gateway."""

    def __init__(self, path):
        self.path = path

    def read(self):
        """(calls, refusals, milliseconds of the longest and of the longest that has waited) of all file locks since the last question"""
        with open(self.path, "r+b") as file, mmap.mmap(file.fileno(), 32) as room:
            calls, refusals, longest, waited = struct.unpack("4Q", room[:])
            room[:] = bytes(32)
            return calls, refusals, longest / 1e6, waited / 1e6
