"""Checks with sick disks: fault_checks.py BINARIES FOLDER CHECK. CARILLON_SEED repeats a run."""
import http.client, json, os, random, shutil, signal, subprocess, sys, threading, time

from checker import doctor
from gateway import BINARIES, FOLDER, failed, main, start_with_shim, wait

CARILLON = os.path.join(BINARIES, "carillon")
SEED = int(os.environ.get("CARILLON_SEED") or random.SystemRandom().randrange(1 << 32))
POINTS = int(os.environ.get("CARILLON_IO_POINTS") or 24)


def rules(flag, *lines):
    """In force at once and whole: the shim never sees half a file."""
    with open(flag + ".new", "w") as file:
        file.write("".join(f"{line}\n" for line in lines))
    os.replace(flag + ".new", flag)


def heal(flag):
    if os.path.exists(flag):
        os.unlink(flag)


def post(world, users, name):
    """The status, or None when nobody answered."""
    try:
        return world.publish(users, name, {"Idempotency-Key": name})
    except (OSError, http.client.HTTPException):
        return None, None, None


def ends(world, code, sentence):
    """The gateway ends by itself, with this code and a sentence that says why."""
    wait("the end", lambda: world.gateway.poll() is not None, 30)
    assert world.gateway.returncode == code, world.gateway.returncode
    last = open(world.log).read()[-3000:]
    assert sentence in last and "Fatal error" not in last, last


def restarted(world, users, name, flag=None):
    """After the fault: the store is whole, an answered event is there, one that was not answered is taken once."""
    doctor(CARILLON, world.config)
    world.start()
    first = world.publish(users, name, {"Idempotency-Key": name})
    again = world.publish(users, name, {"Idempotency-Key": name})
    assert first[0] in (200, 202) and again[0] == 200 and again[1]["id"] == first[1]["id"], (first, again)
    state = world.done(first[1]["id"])
    assert state["deliveries"]["accepted"] == state["deliveries"]["total"], state
    world.gateway.terminate()
    assert world.gateway.wait(30) == 0
    doctor(CARILLON, world.config)
    return first[1]["id"]


def failing_disk(world):
    """EIO on each file and call, once and for ever: no 202 after it, exit 70 with a sentence, and the next start finds everything."""
    world.start()
    users = [f"u{number}" for number in range(20)]
    world.register_all(users, 3)
    world.gateway.terminate()
    assert world.gateway.wait(30) == 0
    cases = [(file, call, times) for file in ("queue.db-wal", "queue.db", "registry.db-wal") for call in ("write", "sync") for times in (1, -1)]
    for number, (file, call, times) in enumerate(cases):
        flag = start_with_shim(world)
        rules(flag, f"{file} {call} EIO 0 {times} 0")
        name = f"eio-{number}"
        status, answer, _ = post(world, users, name)
        if file == "queue.db-wal":
            assert status in (None, 503), f"{file} {call}: {status} {answer}"
        if file == "registry.db-wal":
            try:
                answer = world.register("u0", f"late-{number}", "fcm")
                assert not isinstance(answer, str), f"{file} {call}: a device was promised"
            except (OSError, http.client.HTTPException):
                pass
        ends(world, 70, "cannot be trusted")
        if times == -1 and call == "write":
            # The disk is still ill: each start says so and ends, none traps.
            environment = {"LD_PRELOAD": os.path.join(FOLDER, "faults.so"), "IO_FAULTS": flag,
                           "IO_FAULTS_FOLDER": os.path.realpath(os.path.join(FOLDER, "data"))}
            again = world.serve(environment)
            wait("the refusal", lambda: again.poll() is not None or served(world), 30)
            if again.poll() is None:
                again.kill()
                again.wait()
            else:
                assert again.returncode == 70, again.returncode
        heal(flag)
        restarted(world, users, name)


def served(world):
    try:
        return world.call("GET", "/readyz")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def failing_points(world):
    """EIO and ENOSPC at random calls of the log, the files and their syncs: survived or ended with 70, and never anything lost."""
    print(f"seed {SEED}, {POINTS} points", file=sys.stderr)
    chance = random.Random(SEED)
    world.start()
    users = [f"u{number:02}" for number in range(40)]
    world.register_all(users, 3)
    world.gateway.terminate()
    world.gateway.wait(30)
    promised, survived = {}, 0
    flag = None
    for point in range(POINTS):
        file = chance.choice(["queue.db-wal", "queue.db", "queue.db-shm", "registry.db-wal", "*"])
        call, error = chance.choice([("write", "EIO"), ("sync", "EIO"), ("write", "ENOSPC"), ("grow", "ENOSPC")])
        rule = f"{file} {call} {error} {chance.randint(0, 40)} {chance.choice([1, 1, 3, -1])} 0"
        if world.gateway.poll() is not None:
            flag = start_with_shim(world)
        rules(flag, rule)
        for number in range(chance.randint(3, 8)):
            name = f"{point}-{number}"
            status, answer, _ = post(world, chance.sample(users, 10), name)
            assert status in (None, 200, 202, 503), (rule, status, answer)
            if status in (200, 202):
                promised[name] = answer["id"]
            if status is None:
                break
        heal(flag)
        # The end comes by another thread than the answer.
        threading.Event().wait(0.1)
        if world.gateway.poll() is None:
            survived += 1
            if chance.random() < 0.3:
                world.kill()
        else:
            assert world.gateway.returncode == 70, (rule, world.gateway.returncode, open(world.log).read()[-2000:])
        doctor(CARILLON, world.config)
    if world.gateway.poll() is not None:
        world.start()
    for name, event in promised.items():
        # I1: whatever was answered 202 is there, whatever failed meanwhile.
        state = world.done(event)
        assert state["deliveries"]["accepted"] == state["deliveries"]["total"] == 30, (name, state)
    doctor(CARILLON, world.config)
    print(f"{len(promised)} events promised, {survived} of {POINTS} faults survived in the process", file=sys.stderr)


def full_disk_stages(world):
    """ENOSPC for accepts, for outcomes, in checkpoints, for the index of the log and for the registry: refused in words, then as before."""
    users = [f"u{number:02}" for number in range(40)]
    flag = start_with_shim(world)
    world.register_all(users, 5)
    stages = ["queue.db-wal write", "queue.db write", "queue.db-shm write", "* grow"]
    for number, stage in enumerate(stages):
        before = world.publish(users, f"before-{number}")[1]["id"]
        tried = failed(flag)
        rules(flag, f"{stage} ENOSPC 0 -1 0")
        status, answer, headers = post(world, ["u00"], f"during-{number}")
        if stage == "queue.db-wal write":
            assert status == 503 and headers["Retry-After"] and answer["detail"], (stage, status, answer)
        assert status in (202, 503), (stage, status, answer)
        wait("a write that fails, or the end of the work", lambda: failed(flag) > tried or world.gateway.poll() is not None
             or world.event(before)["state"] == "done")
        assert world.gateway.poll() is None, (stage, open(world.log).read()[-2000:])
        heal(flag)
        assert world.done(before)["deliveries"]["accepted"] == 200, stage
        status, answer, _ = post(world, ["u00"], f"during-{number}")
        assert status in (200, 202), (stage, status, answer)
        assert world.done(answer["id"])["deliveries"]["accepted"] == 5
    rules(flag, "registry.db-wal write ENOSPC 0 -1 0")
    answer = world.register("u00", "late", "fcm")
    assert answer[0] == 503 and answer[2]["Retry-After"], answer
    heal(flag)
    assert isinstance(world.register("u00", "late", "fcm"), str)
    assert '"defect"' not in open(world.log).read()
    world.gateway.terminate()
    assert world.gateway.wait(30) == 0
    doctor(CARILLON, world.config)
    # A start on a full disk: refused with a sentence, or served; never a trap.
    rules(flag, "* grow ENOSPC 0 -1 0")
    before = os.path.getsize(world.log)
    process = world.serve({"LD_PRELOAD": os.path.join(FOLDER, "faults.so"), "IO_FAULTS": flag,
                           "IO_FAULTS_FOLDER": os.path.realpath(os.path.join(FOLDER, "data"))})
    wait("an end or readiness", lambda: process.poll() is not None or served(world), 30)
    if process.poll() is None:
        process.kill()
        process.wait()
    else:
        said = open(world.log).read()[before:]
        assert process.returncode == 70 and ("full" in said or "No space left on device" in said), (process.returncode, said)
    heal(flag)
    world.start()


def slow_disk(world):
    """Each sync takes 300 ms: batches grow, everybody is answered, nothing piles up."""
    flag = start_with_shim(world)
    users = [f"u{number:02}" for number in range(20)]
    world.register_all(users, 2)
    rules(flag, "* sync 0 0 -1 300")
    answers, lock = [], threading.Lock()

    def work(part):
        for number in range(5):
            answer = world.publish(users, f"slow-{part}-{number}")
            with lock:
                answers.append(answer)
    threads = [threading.Thread(target=work, args=(part,)) for part in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(answers) == 100 and all(status == 202 for status, _, _ in answers), [a[0] for a in answers]
    heal(flag)
    for _, answer, _ in answers:
        assert world.done(answer["id"])["deliveries"]["accepted"] == 40
    doctor(CARILLON, world.config)


CHECKS = [failing_disk, failing_points, full_disk_stages, slow_disk]

if __name__ == "__main__":
    main(CHECKS, {"full_disk_stages": {"simulator": ["--latency", "20"]}})
