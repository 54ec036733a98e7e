"""A real nats-server, and a client that speaks its text protocol by itself: another eye than the library of the gateway
[docs.nats.io/reference/reference-protocols/nats-protocol]."""
import json, os, signal, socket, subprocess, threading

from gateway import end_with_parent, free_port, wait

BINARY = "nats-server"


class Server:
    """`lines`: more of its configuration. Its port is the same after a restart."""

    def __init__(self, folder, lines="", jetstream=True):
        self.folder, self.port, self.process = folder, free_port(), None
        os.makedirs(folder, exist_ok=True)
        store = f'jetstream {{ store_dir: "{folder}/store" }}\n' if jetstream else ""
        self.config = os.path.join(folder, "nats.conf")
        with open(self.config, "w") as file:
            file.write(f'listen: "127.0.0.1:{self.port}"\nmax_payload: 4194304\n{store}{lines}\n')

    @property
    def url(self):
        return f"nats://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen([BINARY, "-c", self.config], stderr=open(os.path.join(self.folder, "log"), "a"), preexec_fn=end_with_parent)
        wait("nats-server", self.answers)

    def answers(self):
        assert self.process.poll() is None, open(os.path.join(self.folder, "log")).read()
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                return connection.recv(4) == b"INFO"
        except OSError:
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Client:
    def __init__(self, port, **options):
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.file = self.socket.makefile("rb")
        self.info = json.loads(self.file.readline().split(b" ", 1)[1])
        self.subscriptions = 0
        self.write(b"CONNECT " + json.dumps({"verbose": False, "pedantic": False, "headers": True, "no_responders": True, **options}).encode())
        self.ping()

    def write(self, line, payload=None):
        self.socket.sendall(line + b"\r\n" + (b"" if payload is None else payload + b"\r\n"))

    def ping(self):
        """Everything before it has reached the server when this returns."""
        self.write(b"PING")
        while (line := self.file.readline().strip()) != b"PONG":
            assert not line.startswith(b"-ERR") and line, line

    def publish(self, subject, payload, headers=None, reply=""):
        payload = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        if headers:
            head = ("NATS/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n").encode()
            self.write(f"HPUB {subject} {reply} {len(head)} {len(head) + len(payload)}".encode(), head + payload)
        else:
            self.write(f"PUB {subject} {reply} {len(payload)}".encode(), payload)

    def request(self, subject, payload=b""):
        """The answer's JSON."""
        self.subscriptions += 1
        inbox = f"_INBOX.check.{os.getpid()}.{id(self)}.{self.subscriptions}"
        self.write(f"SUB {inbox} {self.subscriptions}".encode())
        self.publish(subject, payload, reply=inbox)
        while True:
            words = self.file.readline().split()
            if words and words[0] in (b"MSG", b"HMSG"):
                body = self.file.read(int(words[-1]) + 2)[:-2]
                assert words[0] == b"MSG", body
                return json.loads(body)
            assert words in ([b"PING"], [b"PONG"]), words
            if words == [b"PING"]:
                self.write(b"PONG")

    # --- JetStream [docs.nats.io/reference/reference-protocols/nats_api_reference]

    def stream(self, name, subject):
        answer = self.request(f"$JS.API.STREAM.CREATE.{name}", {"name": name, "subjects": [subject], "storage": "file", "retention": "limits"})
        assert "error" not in answer, answer

    def durable(self, stream, name, subject, ack_wait, policy="explicit"):
        """As an operator makes it; `ack_wait`: nanoseconds."""
        config = {"durable_name": name, "deliver_policy": "all", "ack_policy": policy, "ack_wait": ack_wait, "filter_subject": subject,
                  "max_deliver": -1, "replay_policy": "instant"}
        answer = self.request(f"$JS.API.CONSUMER.DURABLE.CREATE.{stream}.{name}", json.dumps({"stream_name": stream, "config": config}).encode())
        assert "error" not in answer, answer

    def consumer(self, stream, name):
        return self.request(f"$JS.API.CONSUMER.INFO.{stream}.{name}")

    def publish_kept(self, subject, payload, headers=None):
        """In the stream when this returns."""
        payload = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        if headers is None:
            answer = self.request(subject, payload)
            assert "error" not in answer, answer
            return answer["seq"]
        self.publish(subject, payload, headers)
        self.ping()


class Silencer:
    """Between a gateway and a server; while it `keeps_answers` no acknowledgement of a message reaches the server."""

    def __init__(self):
        self.keeps_answers, self.server = False, None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            try:
                server = socket.create_connection(("127.0.0.1", self.server))
            except OSError:
                client.close()
                continue
            threading.Thread(target=self.answers, args=(server, client), daemon=True).start()
            threading.Thread(target=self.questions, args=(client, server), daemon=True).start()

    def answers(self, server, client):
        try:
            while data := server.recv(65536):
                client.sendall(data)
        except OSError:
            pass
        client.close()

    def questions(self, client, server):
        file = client.makefile("rb")
        try:
            while line := file.readline():
                words = line.split()
                body = file.read(int(words[-1]) + 2) if words and words[0] in (b"PUB", b"HPUB") else b""
                if not (self.keeps_answers and words and words[0] == b"PUB" and words[1].startswith(b"$JS.ACK.")):
                    server.sendall(line + body)
        except OSError:
            pass
        server.close()
