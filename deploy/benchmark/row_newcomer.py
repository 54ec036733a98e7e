"""T15: what somebody waits for who has just come: clone, then demo and tests from nothing."""
import os, shutil, subprocess, tempfile, time

from machine import ROOT
from processes import BenchError, log_tail
from results import Row, most


def cold(bench):
    row, demo, checks = Row("T15", "newcomer"), [], []
    if bench.options.cold:
        folder = tempfile.mkdtemp(prefix="carillon-cold-")
        try:
            subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, folder], check=True)
            # The tests after the demo would find its build: each begins from nothing.
            demo.append(minutes(bench, folder, "deploy/demo"))
            shutil.rmtree(os.path.join(folder, ".build"))
            checks.append(minutes(bench, folder, ".ci/run"))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    else:
        row.notes.append("not measured here: with --cold only")
    row.add("cold deploy/demo", "min", demo, most(4, "≤ 4 min"))
    row.add("cold .ci/run", "min", checks, most(20, "≤ 20 min"))
    return row


def minutes(bench, folder, program):
    log = os.path.join(bench.work, os.path.basename(program) + ".log")
    begin = time.monotonic()
    with open(log, "w") as file:
        status = subprocess.run([os.path.join(folder, program)], cwd=folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file).returncode
    if status:
        raise BenchError(f"{program} ended with {status}: " + log_tail(log))
    return (time.monotonic() - begin) / 60
