"""Checks of what the running simulator does to connections, and of its Web Push services, frame by frame (hyper-h2).

transport_checks.py BINARY CREDENTIALS CHECK, as server_checks.py, whose client side it shares. Needs h2, httpx and cryptography.
"""
import base64, json, os, socket, ssl, sys, time
import h2.config, h2.connection, h2.errors, h2.events, h2.settings
import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from server_checks import DEADLINE, PAYLOAD, TOKEN, Simulator, base64url, jwt, same


class Connection:
    """One HTTP/2 connection whose every event is seen."""

    def __init__(self, simulator, port=None):
        context = simulator.context()
        context.set_alpn_protocols(["h2"])
        raw = socket.create_connection(("127.0.0.1", port or simulator.ready["httpsPort"]), DEADLINE)
        self.socket = context.wrap_socket(raw, server_hostname="localhost")
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.events = []
        self.closed = False
        self.flush()
        self.headers = list(simulator.apns_headers().items())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def push(self, token=TOKEN, flush=True):
        stream = self.h2.get_next_available_stream_id()
        head = [(":method", "POST"), (":scheme", "https"), (":authority", "localhost"), (":path", "/3/device/" + token)]
        self.h2.send_headers(stream, head + self.headers)
        self.h2.send_data(stream, json.dumps(PAYLOAD).encode(), end_stream=True)
        if flush:
            self.flush()
        return stream

    def until(self, wanted):
        """Reads until an event satisfies `wanted`; None at the end of the connection."""
        deadline = time.monotonic() + DEADLINE
        seen = 0
        while True:
            for event in self.events[seen:]:
                seen += 1
                if wanted(event):
                    return event
            assert time.monotonic() < deadline, f"never came; seen: {self.events}"
            if self.closed:
                return None
            try:
                data = self.socket.recv(65536)
            except (ConnectionResetError, ssl.SSLEOFError):
                data = b""
            self.closed = not data
            self.events += self.h2.receive_data(data) if data else []
            try:
                self.flush()
            except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                self.closed = True

    def ended(self, stream):
        return self.until(lambda event: isinstance(event, h2.events.StreamEnded) and event.stream_id == stream)

    def status(self, stream):
        answer = self.until(lambda event: isinstance(event, h2.events.ResponseReceived) and event.stream_id == stream)
        return dict(answer.headers)[":status"] if answer else None

    def settings(self, limit):
        return self.until(lambda event: isinstance(event, h2.events.RemoteSettingsChanged) and any(
            change.new_value == limit for code, change in event.changed_settings.items()
            if code == h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS))


def outcomes(simulator):
    return [record["outcome"] for record in simulator.records()]


def check_frames(start):
    with start() as simulator, Connection(simulator) as connection:
        simulator.script({"apns": {"*": [{"behaviour": "BadTopic", "frames": 3, "times": 1},
                                         {"behaviour": "BadTopic", "bodyless": True, "times": 1}]}})
        stream = connection.push()
        connection.ended(stream)
        pieces = [event.data for event in connection.events if isinstance(event, h2.events.DataReceived)]
        same((len(pieces), json.loads(b"".join(pieces))), (3, {"reason": "BadTopic"}))
        stream = connection.push()
        connection.ended(stream)
        answer = next(event for event in connection.events
                      if isinstance(event, h2.events.ResponseReceived) and event.stream_id == stream)
        assert answer.stream_ended, "the HEADERS do not end the stream"


def check_reset(start):
    with start() as simulator, Connection(simulator) as connection:
        simulator.script({"apns": {"*": [{"behaviour": "reset", "code": "REFUSED_STREAM", "times": 1},
                                         {"behaviour": "reset", "delivers": True, "times": 1}]}})
        for code in (7, 2):
            stream = connection.push()
            same(connection.until(lambda event: isinstance(event, h2.events.StreamReset)
                                  and event.stream_id == stream).error_code, code)
        same(connection.status(connection.push()), "200")
        same(outcomes(simulator), ["lost", "accepted", "accepted"])


def terminated(event):
    return isinstance(event, h2.events.ConnectionTerminated)


def check_goaway_inside(start):
    """Ten pushes in flight, the fifth meets a GOAWAY that names the fourth as the last one processed."""
    for latency in ("0", "30"):
        with start("--latency", latency) as simulator, Connection(simulator) as connection:
            simulator.script({"apns": {"*": {"onConnection": 5, "goaway": {
                "last": "before", "debug": {"reason": "Shutdown"}}}}})
            streams = [connection.push(f"{number:04x}", flush=False) for number in range(10)]
            connection.flush()
            # h2 refuses to receive anything after GOAWAY but says what it held.
            event = connection.until(terminated)
            same((event.last_stream_id, event.error_code), (streams[3], 0))
            same(json.loads(event.additional_data), {"reason": "Shutdown"})
            same(outcomes(simulator), ["accepted"] * 4 + ["lost"])


def check_goaway_two_steps(start):
    with start() as simulator, Connection(simulator) as connection:
        simulator.script({"apns": {"*": {"onConnection": 2, "goaway": [
            {"last": "max"}, {"last": "this", "code": "ENHANCE_YOUR_CALM"}]}}})
        connection.push()
        last = connection.push()
        connection.until(lambda event: terminated(event) and event.last_stream_id == last)
        same([(event.last_stream_id, event.error_code) for event in connection.events if terminated(event)],
             [(2**31 - 1, 0), (last, 11)])
        same(outcomes(simulator), ["accepted", "accepted"])


def check_goaway_never_lies(start):
    with start() as simulator, Connection(simulator) as connection:
        first = connection.push()
        same(connection.status(first), "200")
        simulator.script({"apns": {"*": {"goaway": {"last": 0}}}})
        second = connection.push()
        same(connection.until(terminated).last_stream_id, second)


def check_close(start):
    with start() as simulator, Connection(simulator) as connection:
        simulator.script({"apns": {"*": {"behaviour": "close", "delivers": True}}})
        same(connection.status(connection.push()), None)
        same(outcomes(simulator), ["accepted"])


def check_freeze(start):
    with start() as simulator, Connection(simulator) as connection:
        simulator.script({"apns": {"*": {"behaviour": "freeze"}}})
        connection.push()
        deadline = time.monotonic() + DEADLINE
        while not simulator.records():
            assert time.monotonic() < deadline
        connection.h2.ping(b"12345678")
        connection.flush()
        connection.socket.settimeout(0.3)
        try:
            connection.until(lambda event: isinstance(event, h2.events.PingAckReceived))
            assert False, "a frozen connection answered a PING"
        except TimeoutError:
            pass
        with Connection(simulator) as other:
            other.h2.ping(b"12345678")
            other.flush()
            assert other.until(lambda event: isinstance(event, h2.events.PingAckReceived))


def check_settings(start):
    """1000, then 1, then 1000 again."""
    with start() as simulator, Connection(simulator) as connection:
        simulator.script({"apns": {"*": [{"settings": {"maxConcurrentStreams": 1}, "times": 1},
                                         {"settings": {"maxConcurrentStreams": 1000}, "times": 1}]}})
        for limit in (1, 1000):
            same(connection.status(connection.push()), "200")
            assert connection.settings(limit), "the limit never came"
            same(connection.h2.remote_settings.max_concurrent_streams, limit)


def check_window(start):
    """The window of new streams shut, and opened again while a push waits for it."""
    with start() as simulator, Connection(simulator) as connection:
        simulator.script({"apns": {"*": {"onConnection": 1, "settings": [
            {"initialWindowSize": 0}, {"initialWindowSize": 65535, "after": 300}]}}})
        same(connection.status(connection.push()), "200")
        def sizes(event):
            return [change.new_value for code, change in getattr(event, "changed_settings", {}).items()
                    if code == h2.settings.SettingCodes.INITIAL_WINDOW_SIZE]
        connection.until(lambda event: 0 in sizes(event))
        stream = connection.h2.get_next_available_stream_id()
        head = [(":method", "POST"), (":scheme", "https"), (":authority", "localhost"), (":path", "/3/device/" + TOKEN)]
        connection.h2.send_headers(stream, head + connection.headers)
        connection.flush()
        same(connection.h2.local_flow_control_window(stream), 0)
        connection.until(lambda event: 65535 in sizes(event))
        connection.h2.send_data(stream, json.dumps(PAYLOAD).encode(), end_stream=True)
        connection.flush()
        same(connection.status(stream), "200")


def check_http1(start):
    """Over HTTP/1.1 a reset is the connection's end, a frozen connection never says a word."""
    with start("--webpush-http1", "unifiedpush", "--no-strict") as simulator, simulator.client(http2=False) as client:
        url = simulator.ready["webpush"][0]["origin"] + "/wp/x"
        for word in ("reset", "close"):
            simulator.script({"webpush": {"*": {"behaviour": word, "times": 1}}})
            try:
                client.post(url)
                assert False, word + " was answered"
            except httpx.RemoteProtocolError:
                pass
            same(client.post(url).status_code, 201)
        simulator.script({"webpush": {"*": {"behaviour": "freeze", "times": 1}}})
        try:
            client.post(url, timeout=0.3)
            assert False, "a frozen connection was answered"
        except httpx.ReadTimeout:
            pass
        same(client.post(url).status_code, 201)
        same(outcomes(simulator), ["lost", "accepted", "lost", "accepted", "silent", "accepted"])


def check_single_stream(start):
    with start("--single-stream", "--max-concurrent-streams", "500") as simulator, Connection(simulator) as connection:
        assert connection.settings(1)
        simulator.script({"apns": {"*": {"behaviour": "BadDeviceToken", "times": 1}}})
        refused = connection.push()
        same(connection.status(refused), "400")
        connection.ended(refused)
        same(connection.h2.remote_settings.max_concurrent_streams, 1)
        same(connection.status(connection.push()), "200")
        assert connection.settings(500), "the limit is never lifted"


class Browser:
    """Encrypts for a subscription as RFC 8291 says, with another library than the simulator's."""

    def __init__(self, item):
        self.id, self.endpoint = item["id"], item["subscription"]["endpoint"]
        keys = {name: pad(text) for name, text in item["subscription"]["keys"].items()}
        self.point, self.secret = keys["p256dh"], keys["auth"]
        self.key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.point)

    def message(self, plaintext):
        sender = ec.generate_private_key(ec.SECP256R1())
        public = point(sender)
        salt = os.urandom(16)
        shared = sender.exchange(ec.ECDH(), self.key)
        input = derive(shared, self.secret, b"WebPush: info\0" + self.point + public, 32)
        key, nonce = (derive(input, salt, b"Content-Encoding: " + name + b"\0", size)
                      for name, size in ((b"aes128gcm", 16), (b"nonce", 12)))
        return salt + (4096).to_bytes(4, "big") + bytes([65]) + public + AESGCM(key).encrypt(nonce, plaintext + b"\2", None)


def pad(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key):
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def derive(input, salt, info, size):
    return HKDF(hashes.SHA256(), size, salt, info).derive(input)


def vapid(key, origin):
    def sign(signed):
        r, s = utils.decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    claims = {"aud": origin, "exp": int(time.time()) + 43200, "sub": "mailto:dsi@example.fr"}
    return f"vapid t={jwt({'typ': 'JWT', 'alg': 'ES256'}, claims, sign)}, k={base64url(point(key))}"


def check_web_push(start):
    options = ("--webpush", "mozilla", "--webpush", "apple", "--webpush-http1", "unifiedpush")
    with start(*options) as simulator, simulator.client() as client, simulator.client(http2=False) as old:
        listeners = simulator.ready["webpush"]
        same([(item["name"], item["service"], item["http2"]) for item in listeners],
             [("webpush-1", "mozilla", True), ("webpush-2", "apple", True), ("webpush-3", "unifiedpush", False)])
        key = ec.generate_private_key(ec.SECP256R1())
        for listener in listeners:
            origin = listener["origin"]
            made = simulator.control("POST", "subscriptions?listener=" + listener["name"],
                                     content=json.dumps({"vapidKey": base64url(point(key))}))
            browser = Browser(made.json()["subscriptions"][0])
            assert browser.endpoint.startswith(origin + "/wp/")
            headers = {"authorization": vapid(key, origin), "ttl": "60", "urgency": "high", "topic": "ab" * 16,
                       "content-encoding": "aes128gcm"}
            text = json.dumps({"notification": {"title": "Mot 🐄"}}).encode()
            sender = client if listener["http2"] else old
            answer = sender.post(browser.endpoint, headers=headers, content=browser.message(text))
            same((answer.status_code, answer.http_version), (201, "HTTP/2" if listener["http2"] else "HTTP/1.1"))
            record = simulator.records()[-1]
            same((record["listener"], record["payload"], record["host"]),
                 (listener["name"], json.loads(text), f"localhost:{listener['port']}"))
            same(old.post(browser.endpoint, headers=headers, content=browser.message(text)).status_code, 201)
            foreign = dict(headers, authorization=vapid(ec.generate_private_key(ec.SECP256R1()), origin))
            refused = sender.post(browser.endpoint, headers=foreign, content=browser.message(text))
            assert refused.status_code in (401, 403), refused.status_code
            simulator.control("DELETE", "subscriptions/" + browser.id)
            dead = sender.post(browser.endpoint, headers=headers, content=browser.message(text))
            same(dead.status_code, 404 if listener["service"] == "unifiedpush" else 410)
        same(simulator.counts()["webpush"]["accepted"], 6)


def check_lanes(start):
    """An outage of one origin leaves the other alone."""
    with start("--webpush", "mozilla", "--webpush", "fcm", "--no-strict") as simulator, simulator.client() as client:
        simulator.script({"webpush": {"*": {"behaviour": "503", "listener": "webpush-1", "retryAfter": {"date": 9}}}})
        answers = [client.post(item["origin"] + "/wp/x") for item in simulator.ready["webpush"]]
        same([answer.status_code for answer in answers], [503, 201])
        assert answers[0].headers["retry-after"].endswith(" GMT")


if __name__ == "__main__":
    binary, credentials, check = sys.argv[1:]
    globals()["check_" + check](lambda *options: Simulator(binary, credentials, *options))
