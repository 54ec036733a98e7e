"""h: a region's directory, imported by the command."""
import base64, json, os, secrets, shutil, subprocess, sys, time

from machine import ROOT
from processes import BenchError
from results import Row


def region(bench):
    """The whole process: reading, comparing, applying in one transaction. The second time nothing changes."""
    row = Row("h", "import of 200,000 pupils and 350,000 guardians")
    folder, data = os.path.join(bench.work, "region"), os.path.join(bench.work, "region-data")
    subprocess.run([sys.executable, os.path.join(ROOT, "deploy/region.py"), folder], check=True, stdout=subprocess.DEVNULL)
    os.makedirs(data, mode=0o700)
    with open(os.open(os.path.join(data, "storage.key"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write("s1:" + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    config = os.path.join(bench.work, "region.yaml")
    with open(config, "w") as file:
        file.write(f"data: {data}\nlisten: {{ admin: {data}/admin.sock }}\nstorage: {{ keyFile: {data}/storage.key }}\n")
    for name in ("into an empty registry", "the same again"):
        began = time.monotonic()
        process = subprocess.Popen([bench.carillon, "directory", "import", folder, "--config", config, "-o", "json"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        with process.stdout:
            answer = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if status or json.loads(answer)["state"] != "applied":
            raise BenchError(f"the import ended with {process.returncode}: {answer[-1000:]}")
        row.add(name, "s", [time.monotonic() - began])
        row.add(f"{name}, CPU", "s", [usage.ru_utime + usage.ru_stime])
        row.add(f"{name}, memory at most", "MiB", [usage.ru_maxrss / 1024])
    shutil.rmtree(folder)
    return row
