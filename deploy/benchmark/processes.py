"""Processes that run beside the bench, and what they cost."""
import os, re, signal, subprocess, time


class BenchError(Exception):
    """A figure could not be taken; the row says why, and the others go on."""


def log_tail(path, length=1500):
    with open(path, errors="replace") as file:
        return file.read()[-length:]


class Processes:
    """All that was started, so that all ends with the bench."""

    def __init__(self, work):
        self.work, self.started = work, []

    def spawn(self, name, *command, core=None, output=False, environment=None):
        with open(os.path.join(self.work, name + ".log"), "a") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE if output else log, stderr=log, text=True,
                                       env={**os.environ, **(environment or {})}, preexec_fn=pinned(core))
        self.started.append(process)
        return process

    def end(self, process, order=signal.SIGTERM, seconds=60):
        """One that has ended already is no fault."""
        if process not in self.started:
            return
        if process.poll() is None:
            process.send_signal(order)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout:
            process.stdout.close()
        self.started.remove(process)

    def end_all(self):
        for process in list(reversed(self.started)):
            self.end(process, seconds=30)


def pinned(core):
    return (lambda: os.sched_setaffinity(0, {core})) if core is not None else None


def finish(*command, core=None):
    """Runs to the end: (output, CPU seconds, peak MiB)"""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=pinned(core))
    with process.stdout:
        output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise BenchError(f"{command[0]} ended with {process.returncode}: {output[-1500:]}")
    return output, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


class AcceptAll:
    """Tests/Benchmarks/accept-all: a push service that answers at once."""

    def __init__(self, processes, tools, name, *more, core=None):
        self.processes, self.name, self.core, self.port = processes, name, core, 0
        self.command = [os.path.join(tools, "accept-all"), "--cert", f"{processes.work}/cert.pem", "--key", f"{processes.work}/key.pem", *more]
        self.start()

    def start(self):
        """Again on the port it had, if it had one."""
        self.process = self.processes.spawn(self.name, *self.command, "--port", str(self.port), core=self.core, output=True)
        self.port = int(self.process.stdout.readline())

    def taken(self):
        """(requests since the last question, first and last of them in seconds since 1970)"""
        self.process.send_signal(signal.SIGUSR1)
        count, first, last = map(int, self.process.stdout.readline().split())
        return count, first / 1e6, last / 1e6

    def arrivals(self):
        """Seconds since 1970 of the requests since the last question, of the first few thousand."""
        self.process.send_signal(signal.SIGUSR2)
        return [int(word) / 1e6 for word in self.process.stdout.readline().split()[1:]]

    def end(self):
        self.processes.end(self.process)


class Meter:
    """What a process that goes on running costs between two moments."""

    def __init__(self, pid):
        self.pid, self.clock = pid, (~pid << 3) | 2  # CPUCLOCK_SCHED of the whole process
        with open(f"/proc/{pid}/clear_refs", "w") as file:
            file.write("5")  # peak memory begins anew
        self.begin, self.written_before, self.before = time.monotonic(), self._written(), time.clock_gettime(self.clock)

    def cpu(self):
        return time.clock_gettime(self.clock) - self.before

    def peak(self):
        """MiB"""
        return memory(self.pid, "VmHWM")

    def written(self):
        """Bytes that went to the disk's queue: whole pages, each time one became dirty."""
        return self._written() - self.written_before

    def _written(self):
        with open(f"/proc/{self.pid}/io") as file:
            return int(re.search(r"^write_bytes: (\d+)", file.read(), re.M)[1])


def memory(pid, name):
    """MiB of a line of /proc/PID/status."""
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(rf"{name}:\s+(\d+)", file.read())[1]) / 1024


def wakeups(pid):
    """How often the threads of a process have gone to sleep of their own, which is how often they were woken."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/status") as file:
                total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", file.read(), re.M)[1])
        except FileNotFoundError:
            continue  # a thread that has just ended
    return total
