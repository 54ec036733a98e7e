"""An HTTP/2 server over TLS that misbehaves on request: the path of a request says how.

  hostile-server.py CERT KEY [--streams N] [--one-first] [--alpn NAME] [--closed streams|window] [--stingy] [--deaf N]
                    [--first SCENARIO] [--fuzz N] [--hang-up N] [--tls VERSION] [--listen ADDRESS,ADDRESS] [--log FILE] [--seed N]

Prints its port, then serves until its stdin closes. Independent of libnghttp2: it stands on the Python package h2.

  /ok                200 with apns-id, END_STREAM on HEADERS       /body      200 with a body in three DATA frames
  /info              103, then 200, body and trailing field        /status/N  status N with a JSON body
  /early             413 before the body has been read             /big       200 with 64 KiB of body
  /refuse            RST_STREAM REFUSED_STREAM                     /reset     RST_STREAM INTERNAL_ERROR
  /hold              no answer until /release on this connection   /freeze    the connection is not served any more
  /settings/N        SETTINGS_MAX_CONCURRENT_STREAMS N, then 200   /hangup    the socket is closed
  /goaway/N          GOAWAY with last_stream_id N; streams up to N are answered, the rest never
  /goaway-twice/N    the same after a first GOAWAY with 2^31-1    /goaway-thrice/N  the same after 2^31-1 and N + 2
  /goaway-hold/N     GOAWAY, and nobody is answered                /goaway-close/N   GOAWAY, then the socket is closed
  /goaway-calm/N     like /goaway with ENHANCE_YOUR_CALM and "too_many_pings" as debug data
  /rst/N             RST_STREAM with error code N                  /rst-answered/N   the same after HEADERS of an answer
  /empty/N           status N, END_STREAM on HEADERS               /slow             a body without end, byte by byte
  /html/N            status N, text/html                           /retry-after/V    503 with this field
  /walk              whatever --seed says, for a conservation test; --log names the requests that count as processed

--closed: the first SETTINGS allow no stream, or no body; the next, sent after the client's acknowledgement, do.
--stingy: no WINDOW_UPDATE before the connection's window is used up. --deaf: connections up to number N are not read.
--fuzz: connections up to number N send frames changed by --seed.
--first: the first connection follows a scenario of broken_connections.py.
"""
import argparse, os, random, socket, ssl, sys, threading

sys.dont_write_bytecode = True
import broken_connections
import h2.config, h2.connection, h2.events, h2.exceptions, h2.settings
from hyperframe.frame import GoAwayFrame

parser = argparse.ArgumentParser()
parser.add_argument("cert")
parser.add_argument("key")
parser.add_argument("--streams", type=int, default=1000)
parser.add_argument("--one-first", action="store_true", help="one stream until the first 200, then --streams")
parser.add_argument("--alpn", default="h2")
parser.add_argument("--tls", help="the only version of TLS spoken, for example TLSv1_1")
parser.add_argument("--closed", choices=["streams", "window"])
parser.add_argument("--stingy", action="store_true")
parser.add_argument("--deaf", type=int, default=0)
parser.add_argument("--hang-up", type=int, default=0, help="close this many connections right after the handshake")
parser.add_argument("--first")
parser.add_argument("--fuzz", type=int, default=0)
parser.add_argument("--listen", default="127.0.0.1")
parser.add_argument("--log")
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
STREAMS = h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS
WINDOW = h2.settings.SettingCodes.INITIAL_WINDOW_SIZE
log_lock = threading.Lock()


def log(text):
    with log_lock, open(options.log, "a") as file:
        file.write(text + "\n")


class Connection:
    def __init__(self, sock, number):
        self.sock, self.number = sock, number
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        self.paths, self.held, self.open, self.peak, self.last = {}, [], set(), 0, 2**31 - 1
        self.answered = False
        self.random = random.Random(options.seed * 1000 + number)
        self.processed, self.unacknowledged, self.early, self.is_closed = 0, 0, 0, bool(options.closed)

    def flush(self):
        self.sock.sendall(self.h2.data_to_send())

    def headers(self, status, *more):
        return [(":status", str(status)), ("apns-id", "eabeae54-14a8-11e5-b60b-1697f925ec7b"),
                ("x-peak", str(self.peak)), ("x-connection", str(self.number)), ("x-early", str(self.early)),
                ("x-address", self.sock.getsockname()[0]), *more]

    def ok(self, stream):
        if stream > self.last or stream not in self.open:
            return
        self.open.discard(stream)
        self.h2.send_headers(stream, self.headers(200), end_stream=True)
        if options.one_first and not self.answered:
            self.h2.update_settings({STREAMS: options.streams})
        self.answered = True

    def goaway(self, last, code=0, debug=b'{"reason":"Shutdown"}'):
        self.flush()
        frame = GoAwayFrame(stream_id=0, last_stream_id=last, error_code=code, additional_data=debug)
        self.sock.sendall(frame.serialize())
        self.last = last

    def answer(self, stream, path):
        word, _, argument = path[1:].partition("/")
        if word == "hold":
            self.held.append(stream)
            return
        if word == "freeze":
            self.flush()
            threading.Event().wait()
        if word == "hangup":
            raise ConnectionError
        if word in ("refuse", "reset"):
            self.open.discard(stream)
            self.h2.reset_stream(stream, error_code=7 if word == "refuse" else 2)
        elif word == "settings":
            self.h2.update_settings({STREAMS: int(argument)})
            self.ok(stream)
        elif word == "release":
            held, self.held = self.held, []
            for one in held:
                self.ok(one)
            self.ok(stream)
        elif word == "goaway-hold":
            self.goaway(int(argument))
        elif word == "goaway-close":
            self.goaway(int(argument))
            raise ConnectionError
        elif word in ("goaway", "goaway-twice", "goaway-thrice", "goaway-calm"):
            if word in ("goaway-twice", "goaway-thrice"):
                self.goaway(2**31 - 1)
            if word == "goaway-thrice":
                self.goaway(int(argument) + 2)
            if word == "goaway-calm":
                self.goaway(int(argument), 11, b"too_many_pings")
            else:
                self.goaway(int(argument))
            held, self.held = self.held, []
            for one in [*held, stream]:
                self.ok(one)
        elif word in ("body", "big", "info", "status"):
            self.open.discard(stream)
            if word == "info":
                self.h2.send_headers(stream, [(":status", "103"), ("x-peak", "early")])
            self.h2.send_headers(stream, self.headers(argument if word == "status" else 200))
            parts = [b"x" * 16384] * 3 if word == "big" else [b'{"name":', b'"projects/x/', b'messages/1"}']
            for index, part in enumerate(parts):
                self.h2.send_data(stream, part, end_stream=index == 2 and word != "info")
            if word == "info":
                self.h2.send_headers(stream, [("x-trailer", "end")], end_stream=True)
        elif word in ("rst", "rst-answered"):
            self.open.discard(stream)
            if word == "rst-answered":
                self.h2.send_headers(stream, self.headers(200))
            self.h2.reset_stream(stream, error_code=int(argument))
        elif word == "empty":
            self.open.discard(stream)
            self.h2.send_headers(stream, self.headers(argument), end_stream=True)
        elif word == "html":
            self.h2.send_headers(stream, self.headers(argument, ("content-type", "text/html")))
            self.h2.send_data(stream, b"<html><h1>Bad Gateway</h1></html>", end_stream=True)
        elif word == "retry-after":
            self.h2.send_headers(stream, self.headers(503, ("retry-after", argument.replace("_", " "))), end_stream=True)
        elif word == "slow":
            self.h2.send_headers(stream, self.headers(200))
            pace = threading.Event()
            while not pace.wait(0.02):
                self.h2.send_data(stream, b"x")
                self.flush()
        elif word == "walk":
            self.walk(stream, argument)
        else:
            self.ok(stream)

    def walk(self, stream, ticket):
        """One of many ends. What is logged has been processed; refused streams and those above a GOAWAY have not."""
        if stream > self.last:
            return
        choice = self.random.randrange(100)
        self.open.discard(stream)
        if choice < 10:
            self.h2.reset_stream(stream, error_code=7)
            return
        log(ticket)
        self.processed = max(self.processed, stream)
        if choice < 60:
            self.h2.send_headers(stream, self.headers(200), end_stream=True)
        elif choice < 70:
            self.h2.send_headers(stream, self.headers(400))
            for part in (b"{", b'"reason":"BadDeviceToken"', b"}"):
                self.h2.send_data(stream, part, end_stream=part == b"}")
        elif choice < 80:
            self.h2.reset_stream(stream, error_code=self.random.choice([1, 2, 8, 11]))
        elif choice < 84:
            self.h2.update_settings({STREAMS: self.random.choice([1, 5, 50, 1000])})
            self.h2.send_headers(stream, self.headers(200), end_stream=True)
        elif choice < 88:
            if self.random.random() < 0.5:
                self.goaway(2**31 - 1)
            self.goaway(max(self.processed, stream + 2 * self.random.randrange(3)), self.random.choice([0, 0, 11]))
            if self.random.random() < 0.3:
                raise ConnectionError
        elif choice < 90:
            self.flush()
            raise ConnectionError
        elif choice < 92:
            self.h2.send_headers(stream, self.headers(200))
            self.flush()
            broken_connections.reset(self.sock)
        # else: silence

    def event(self, event):
        if isinstance(event, h2.events.RequestReceived):
            path = dict(event.headers)[":path"]
            self.paths[event.stream_id] = path
            self.open.add(event.stream_id)
            if self.is_closed:
                self.early += 1
            self.peak = max(self.peak, len(self.open))
            if path == "/early":
                self.open.discard(event.stream_id)
                self.h2.send_headers(event.stream_id, self.headers(413), end_stream=True)
        elif isinstance(event, h2.events.SettingsAcknowledged):
            if self.is_closed:
                self.is_closed = False
                self.h2.update_settings({STREAMS: options.streams, WINDOW: 65535})
        elif isinstance(event, h2.events.DataReceived):
            if options.stingy:
                self.unacknowledged += event.flow_controlled_length
                if self.unacknowledged < 65535:
                    return
                self.h2.increment_flow_control_window(self.unacknowledged)
                self.unacknowledged = 0
                return
            try:
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            except h2.exceptions.ProtocolError:
                pass
        elif isinstance(event, h2.events.StreamEnded):
            path = self.paths.pop(event.stream_id)
            if path != "/early" and event.stream_id <= self.last:
                self.answer(event.stream_id, path)
        elif isinstance(event, h2.events.StreamReset):
            self.open.discard(event.stream_id)
            if event.stream_id in self.held:
                self.held.remove(event.stream_id)

    def serve(self):
        streams = 1 if options.one_first else options.streams
        initial = {STREAMS: 0 if options.closed == "streams" else streams}
        if options.closed == "window":
            initial[WINDOW] = 0
        self.h2.local_settings = h2.settings.Settings(client=False, initial_values=initial)
        self.h2.initiate_connection()
        self.flush()
        if self.number <= options.deaf:
            threading.Event().wait()
        while data := self.sock.recv(65536):
            for event in self.h2.receive_data(data):
                self.event(event)
            self.flush()


def serve(raw, number):
    try:
        with context.wrap_socket(raw, server_side=True) as sock:
            if number <= options.hang_up:
                return
            if number <= options.fuzz:
                broken_connections.fuzz(sock, options.seed * 1000 + number)
            elif options.first and number == 1:
                broken_connections.SCENARIOS[options.first](sock)
            else:
                Connection(sock, number).serve()
    except (OSError, h2.exceptions.ProtocolError):
        pass


def stop_with_parent():
    sys.stdin.read()
    os._exit(0)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(options.cert, options.key)
if options.alpn:
    context.set_alpn_protocols([options.alpn])
if options.tls:
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion[options.tls]
number_lock = threading.Lock()
number = 0


def accept(listener):
    global number
    while True:
        accepted, _ = listener.accept()
        with number_lock:
            number += 1
            mine = number
        threading.Thread(target=serve, args=(accepted, mine), daemon=True).start()


first, *others = options.listen.split(",")
listener = socket.create_server((first, 0))
if options.deaf:
    # Little fits between the two, so that a client soon knows what has not left.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
for other in others:
    more = socket.create_server((other, listener.getsockname()[1]))
    threading.Thread(target=accept, args=(more,), daemon=True).start()
print(listener.getsockname()[1], flush=True)
threading.Thread(target=stop_with_parent, daemon=True).start()
accept(listener)
