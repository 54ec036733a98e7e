"""Checks with kill -9: crash_checks.py BINARIES FOLDER CHECK. CARILLON_KILLS and CARILLON_SEED make the random loop longer or repeat it."""
import json, os, random, signal, sys, threading, time

from checker import Join, doctor
from gateway import BINARIES, FOLDER, main, wait
from load import FAULTS, Load, settle

CARILLON = os.path.join(BINARIES, "carillon")
SEED = int(os.environ.get("CARILLON_SEED") or random.SystemRandom().randrange(1 << 32))
KILLS = int(os.environ.get("CARILLON_KILLS") or 40)
# Deliveries whose answers the scripted faults of one round may lose although the push was taken.
AMBIGUOUS_PER_ROUND = 8
# Of each publisher.
POSTS_PER_KILL = 12


def join(world, load, kills, rounds):
    figures = Join(CARILLON, world.config, load.acked, os.path.join(FOLDER, "pushes.ndjson")).check(
        kills=kills, ambiguous=rounds * AMBIGUOUS_PER_ROUND, seed=SEED)
    print(f"seed {SEED}, {kills} kills: {json.dumps(figures)}; {load.unanswered} posts unanswered, {load.refused} refused", file=sys.stderr)
    return figures


def random_kills(world):
    """Killed at random moments under mixed load and provider faults; after each kill the store is whole, at the end nothing is missing."""
    print(f"seed {SEED}", file=sys.stderr)
    chance = random.Random(SEED)
    world.start()
    # By kills, not by time: a slow machine has no more to send than a fast one.
    load = Load(world, [f"u{number:03}" for number in range(400)], SEED, posts=0)
    load.register_first(5)
    load.start()
    for kill in range(KILLS):
        load.posts += POSTS_PER_KILL
        world.script(chance.choice(FAULTS))
        if kill % 10 == 0:
            load.publish_to_all(f"all-{kill}")
        threading.Event().wait(chance.uniform(0.05, 0.8))
        world.kill()
        assert not load.faults, load.faults
        doctor(CARILLON, world.config)
        world.start()
        doctor(CARILLON, world.config)
    load.stop()
    settle(world, load)
    join(world, load, KILLS, KILLS)
    # I5 once more, when all is over: the identity of each answer is still known.
    for identity, event in chance.sample(sorted(load.answers.items()), min(100, len(load.answers))):
        again = {line["identity"]: line for line in map(json.loads, open(load.acked)) if "id" in line}[identity]
        assert again["id"] == event


def crash_points(world):
    """Killed at each named point, twice, the store is whole and nothing is missing."""
    chance, crashes = random.Random(SEED), 0
    # Tables of both files are made by migrations: killed in each, and behind each, until none is left.
    while dies_at(world, "migration:1") and dies_at(world, "afterMigration:1"):
        crashes += 2
    assert crashes >= 4, crashes
    world.start()
    load = Load(world, [f"u{number:03}" for number in range(100)], SEED)
    load.register_first(4)
    load.start()
    # Ten persons a step: what goes to all takes several.
    world.write_config("limits: { personsPerExpansion: 10 }\n")
    for point in ("beforeCommit", "afterCommit", "beforeRecord", "expansion", "betweenSteps", "beforeCheckpoint", "afterCheckpoint"):
        for _ in range(2):
            world.kill()
            nth = chance.randint(1, 3 if "heckpoint" in point else 12)
            world.start({"CARILLON_CRASH": f"{point}:{nth}"}, mayDie=True)
            if point in ("expansion", "betweenSteps") and world.gateway.poll() is None:
                threading.Thread(target=load.publish_to_all, args=(f"all-{crashes}",), daemon=True).start()
            wait(f"the crash at {point}:{nth}", lambda: world.gateway.poll() is not None)
            assert world.gateway.returncode == -signal.SIGKILL, (point, world.gateway.returncode)
            crashes += 1
            doctor(CARILLON, world.config)
            world.start()
    load.stop()
    settle(world, load)
    join(world, load, 2 * crashes, 0)


def dies_at(world, point):
    """Whether a start meets this point; otherwise it is ready, and ended."""
    world.start({"CARILLON_CRASH": point}, mayDie=True)
    if world.gateway.poll() is None:
        world.kill()
        return False
    assert world.gateway.returncode == -signal.SIGKILL, (point, world.gateway.returncode)
    return True


CHECKS = [random_kills, crash_points]
OPTIONS = {"random_kills": {"simulator": ["--latency", "5", "--max-concurrent-streams", "50"]}, "crash_points": {"simulator": ["--latency", "5"]}}

if __name__ == "__main__":
    main(CHECKS, OPTIONS)
