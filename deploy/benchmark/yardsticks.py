"""What figures are held against: cheaper programs that do less, on the same machine a moment before or after."""
import json, os, re, time

from processes import BenchError, Meter, finish

HEADERS = ["authorization: bearer " + "eyJhbGciOiJFUzI1NiJ9" * 10, "apns-topic: net.onepocket.parents", "apns-push-type: alert",
           "apns-priority: 10", "apns-expiration: 1790000000", "apns-id: eabeae54-14a8-11e5-b60b-9e3779b97f4a",
           "apns-collapse-id: event-9e3779b97f4a"]
# On the machine of the facts, CPU seconds for 10,000 requests, where h2load needed 0.031.
PUBLISHED = {"Go, sideshow/apns2 (the engine of gorush)": (0.36, 0.41), "Java, Pushy, steady state": (0.14, 0.14)}
PUBLISHED_H2LOAD = 0.031


def h2load(work, port, requests, connections, streams, core=None):
    """(CPU seconds for 10,000, requests a second): a load generator that keeps nothing, sending one message again and again."""
    body = os.path.join(work, "body.json")
    with open(body, "w") as file:
        file.write('{"aps":{"alert":{"title":"' + "t" * 40 + '","body":"' + "b" * 228 + '"}}}')
    command = ["h2load", "-c", str(connections), "-m", str(streams), "-d", body, "-n", str(requests)]
    for header in HEADERS:
        command += ["-H", header]
    output, cpu, _ = finish(*command, f"https://localhost:{port}/3/device/" + "9e3779b97f4a7c15" * 4, core=core)
    if not re.search(rf"\b{requests} succeeded", output):
        raise BenchError("h2load did not succeed: " + output[-800:])
    return cpu * 10_000 / requests, rate(output)


def rate(output):
    return float(re.search(r"finished in .*?, ([\d.]+) req/s", output)[1])


def livez(world, requests, connections=64):
    """(CPU microseconds of the gateway, requests a second) of a request that asks for nothing: what its HTTP server costs."""
    meter = Meter(world.process.pid)
    output, _, _ = finish("h2load", "--h1", "-c", str(connections), "-n", str(requests), f"http://127.0.0.1:{world.public}/livez")
    if not re.search(rf"status codes: {requests} 2xx", output):
        raise BenchError("/livez was refused: " + output[-800:])
    return meter.cpu() * 1e6 / requests, rate(output)


def bare_encryption(bin_folder):
    """Microseconds of one Web Push message in a loop that only encrypts; None: the program is not built."""
    program = os.path.join(bin_folder, "CryptoBench")
    if not os.path.exists(program):
        return None
    line = next(line for line in finish(program)[0].splitlines() if line.startswith("{"))
    return float(json.loads(line)["webPush300Micros"])


def sync(folder, times=200):
    """Milliseconds of writing a page to the end of a file and syncing it: what a promise costs at least. Sorted."""
    path, found = os.path.join(folder, "sync-yardstick"), []
    with open(path, "wb", buffering=0) as file:
        for _ in range(times):
            file.write(bytes(4096))
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            found.append((time.perf_counter() - begin) * 1000)
    os.unlink(path)
    return sorted(found)


def published():
    return [f"{name}: published, not measured here: {low if low == high else f'{low} to {high}'} s for 10,000, "
            f"{low / PUBLISHED_H2LOAD:.1f}" + (f" to {high / PUBLISHED_H2LOAD:.1f}" if high != low else "") + " of h2load"
            for name, (low, high) in PUBLISHED.items()]
