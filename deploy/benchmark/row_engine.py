"""T1: the engine alone."""
import os

from machine import cores
from processes import AcceptAll, BenchError, finish
from results import Row, Yardstick, ratio
from yardsticks import h2load, published


def engine(bench):
    row = Row("T1", "engine alone")
    requests, usable = bench.sizes.requests, cores()
    server_core, client_core = (usable[0], usable[1]) if len(usable) > 1 else (None, None)
    server = AcceptAll(bench.processes, bench.tools, "engine-apns", core=server_core)
    for connections, streams in ((1, 100), (4, 250)):
        ours, rates, theirs = [], [], []
        for _ in range(bench.runs):
            output, _, _ = finish(os.path.join(bench.bin, "EngineBench"), str(server.port), f"{bench.work}/cert.pem", str(requests),
                                  str(connections), str(streams), core=client_core)
            words = output.split()
            if words[words.index("failed") + 1] != "0":
                raise BenchError("requests of the engine failed: " + output)
            ours.append(float(words[words.index("cpu_s_per_10k") + 1]))
            rates.append(float(words[words.index("requests_per_s") + 1]))
            theirs.append(h2load(bench.work, server.port, requests, connections, streams, core=client_core)[0])
        shape = f"{connections} × {streams}"
        row.add(f"{shape}, CPU", "s/10,000", ours, ratio(1.0, "h2load"), Yardstick(f"h2load {shape}", theirs))
        row.add(f"{shape}, requests", "/s", rates)
    server.end()
    row.notes = published()
    return row
