"""An HTTP/2 server over TLS that misbehaves on request: the path of a request says how.

  hostile-server.py CERT KEY [--streams N] [--one-first] [--alpn NAME]

Prints its port, then serves until its stdin closes. Independent of libnghttp2: it stands on the Python package h2.

  /ok                200 with apns-id, END_STREAM on HEADERS       /body      200 with a body in three DATA frames
  /info              103, then 200, body and trailing field        /status/N  status N with a JSON body
  /early             413 before the body has been read             /big       200 with 64 KiB of body
  /refuse            RST_STREAM REFUSED_STREAM                     /reset     RST_STREAM INTERNAL_ERROR
  /hold              no answer until /release on this connection   /freeze    the connection is not served any more
  /settings/N        SETTINGS_MAX_CONCURRENT_STREAMS N, then 200   /hangup    the socket is closed
  /goaway/N          GOAWAY with last_stream_id N; streams up to N are answered, the rest never
  /goaway-twice/N    the same after a first GOAWAY with 2^31-1
"""
import argparse, os, socket, ssl, sys, threading
import h2.config, h2.connection, h2.events, h2.exceptions, h2.settings
from hyperframe.frame import GoAwayFrame

parser = argparse.ArgumentParser()
parser.add_argument("cert")
parser.add_argument("key")
parser.add_argument("--streams", type=int, default=1000)
parser.add_argument("--one-first", action="store_true", help="one stream until the first 200, then --streams")
parser.add_argument("--alpn", default="h2")
options = parser.parse_args()
STREAMS = h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS


class Connection:
    def __init__(self, sock, number):
        self.sock, self.number = sock, number
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        self.paths, self.held, self.open, self.peak, self.last = {}, [], set(), 0, 2**31 - 1
        self.answered = False

    def flush(self):
        self.sock.sendall(self.h2.data_to_send())

    def headers(self, status, *more):
        return [(":status", str(status)), ("apns-id", "eabeae54-14a8-11e5-b60b-1697f925ec7b"),
                ("x-peak", str(self.peak)), ("x-connection", str(self.number)), *more]

    def ok(self, stream):
        if stream > self.last or stream not in self.open:
            return
        self.open.discard(stream)
        self.h2.send_headers(stream, self.headers(200), end_stream=True)
        if options.one_first and not self.answered:
            self.h2.update_settings({STREAMS: options.streams})
        self.answered = True

    def goaway(self, last):
        self.flush()
        frame = GoAwayFrame(stream_id=0, last_stream_id=last, error_code=0, additional_data=b'{"reason":"Shutdown"}')
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
        elif word in ("goaway", "goaway-twice"):
            if word == "goaway-twice":
                self.goaway(2**31 - 1)
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
        else:
            self.ok(stream)

    def event(self, event):
        if isinstance(event, h2.events.RequestReceived):
            path = dict(event.headers)[":path"]
            self.paths[event.stream_id] = path
            self.open.add(event.stream_id)
            self.peak = max(self.peak, len(self.open))
            if path == "/early":
                self.open.discard(event.stream_id)
                self.h2.send_headers(event.stream_id, self.headers(413), end_stream=True)
        elif isinstance(event, h2.events.DataReceived):
            try:
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            except h2.exceptions.ProtocolError:
                pass
        elif isinstance(event, h2.events.StreamEnded):
            path = self.paths.pop(event.stream_id)
            if path != "/early":
                self.answer(event.stream_id, path)
        elif isinstance(event, h2.events.StreamReset):
            self.open.discard(event.stream_id)
            if event.stream_id in self.held:
                self.held.remove(event.stream_id)

    def serve(self):
        streams = 1 if options.one_first else options.streams
        self.h2.local_settings = h2.settings.Settings(client=False, initial_values={STREAMS: streams})
        self.h2.initiate_connection()
        self.flush()
        while data := self.sock.recv(65536):
            for event in self.h2.receive_data(data):
                self.event(event)
            self.flush()


def serve(raw, number):
    try:
        with context.wrap_socket(raw, server_side=True) as sock:
            Connection(sock, number).serve()
    except (OSError, h2.exceptions.ProtocolError):
        pass


def stop_with_parent():
    sys.stdin.read()
    os._exit(0)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(options.cert, options.key)
context.set_alpn_protocols([options.alpn])
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
threading.Thread(target=stop_with_parent, daemon=True).start()
number = 0
while True:
    accepted, _ = listener.accept()
    number += 1
    threading.Thread(target=serve, args=(accepted, number), daemon=True).start()
