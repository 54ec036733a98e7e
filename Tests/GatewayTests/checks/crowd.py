"""A hostile crowd beside the honest clients, for the long runs: connections that idle or drip, invented bearers, floods of bodies, JSON made to be slow.

All of it comes from addresses of its own in 127.0.0.0/8, so that a bound per address meets the crowd and not the honest ones. Bounded in number: one thread
a kind, and `IDLE` connections. Nobody of it may cost an honest client more than the bounds of Security.md."""
import collections, random, secrets, socket, threading, time

# More than a service started at the usual limit of 1,024 descriptors can hold.
IDLE = 1100
# Two names of a member whose combining marks stand in the wrong order: compared as text they cost quadratic time.
MARKS = ("a" + "\u0301\u0316" * 4000, "a" + "\u0316\u0301" * 4000)


class Crowd:
    def __init__(self, port, seed):
        self.port, self.dice = port, random.Random(seed)
        self.stopped, self.done = threading.Event(), collections.Counter()
        self.address = f"127.0.{self.dice.randint(1, 250)}."
        self.threads = [threading.Thread(target=self.repeat, args=(work,), daemon=True)
                        for work in (self.idle, self.drip_head, self.drip_body, self.invented_bearers, self.bodies, self.slow_json, self.unread)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=30)

    def repeat(self, work):
        number = self.threads.index(threading.current_thread()) + 2
        while not self.stopped.is_set():
            try:
                work(self.address + str(number))
            except OSError:
                # Refused, reset or closed: what the gateway is meant to do. The gateway may also be down for a moment.
                self.done[f"{work.__name__}: turned away"] += 1
            self.stopped.wait(0.05)

    def connection(self, address, timeout=5):
        made = socket.create_connection(("127.0.0.1", self.port), timeout=timeout, source_address=(address, 0))
        return made

    def idle(self, address):
        held = []
        try:
            while len(held) < IDLE and not self.stopped.is_set():
                # Few from one address, as from a network of telephones.
                held.append(self.connection(f"127.1.{len(held) // 16 % 250}.2" if len(held) % 2 else address))
                self.done["idle connections"] += 1
            self.stopped.wait(5)
        finally:
            for connection in held:
                connection.close()

    def drip_head(self, address):
        with self.connection(address) as connection:
            connection.sendall(b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\n")
            while not self.stopped.wait(0.2):
                connection.sendall(b"X-Filler: " + secrets.token_hex(400).encode() + b"\r\n")
                self.done["dripped head lines"] += 1

    def drip_body(self, address):
        with self.connection(address) as connection:
            connection.sendall(
                b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/cloudevents+json\r\nContent-Length: 200000\r\n"
                b"webhook-id: m1\r\nwebhook-timestamp: " + str(int(time.time())).encode() + b"\r\nwebhook-signature: "
                + b" ".join(b"v1," + secrets.token_hex(20).encode() for _ in range(16)) + b"\r\n\r\n")
            while not self.stopped.wait(0.1):
                connection.sendall(b" " * 100)
                self.done["dripped body bytes"] += 100

    def request(self, address, head, body=b"", reads=True):
        with self.connection(address) as connection:
            connection.sendall(head + b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
            return connection.recv(65536) if reads else b""

    def invented_bearers(self, address):
        method = self.dice.choice([b"GET /v1/devices", b"DELETE /v1/devices/x", b"PUT /v1/devices/x"])
        self.request(address, method + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                     + secrets.token_urlsafe(24).encode() + b"\r\n", b"{}")
        self.done["invented bearers"] += 1

    def bodies(self, address):
        self.request(address, b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/cloudevents+json\r\n"
                     b"webhook-id: m2\r\nwebhook-timestamp: " + str(int(time.time())).encode() + b"\r\nwebhook-signature: v1,"
                     + secrets.token_hex(20).encode() + b"\r\n", b"{" + b" " * 1_000_000)
        self.done["floods of a body"] += 1

    def slow_json(self, address):
        """Of one parent with an account."""
        names = "".join(f'"{mark}{number}":0,' for number in range(3) for mark in MARKS)
        body = ("{" + names + '"app":"onepocket"}').encode()
        self.request(address, b"PUT /v1/devices/slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
                     b"Authorization: Bearer ent-crowd\r\n", body[:60_000])
        self.done["JSON made to be slow"] += 1

    def unread(self, address):
        """Requests one behind the other whose answers nobody reads."""
        with self.connection(address) as connection:
            for _ in range(200):
                connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
                self.done["answers nobody reads"] += 20
                if self.stopped.wait(0.05):
                    return
