"""Connections that break HTTP/2, TLS underneath being sound. Each takes a TLS socket and returns, or raises OSError, when done."""
import random, socket, struct, threading
import hpack
from hyperframe.frame import (ContinuationFrame, DataFrame, GoAwayFrame, HeadersFrame, PingFrame, PushPromiseFrame,
                              RstStreamFrame, SettingsFrame, WindowUpdateFrame)

SETTINGS = SettingsFrame(settings={3: 1000}).serialize()


def reset(sock):
    """The next close sends RST instead of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionError


def read_exactly(sock, count):
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def await_request(sock):
    """SETTINGS out, then everything in up to the end of the first request; returns its stream."""
    sock.sendall(SETTINGS + SettingsFrame(flags=["ACK"]).serialize())
    read_exactly(sock, 24)
    while True:
        head = read_exactly(sock, 9)
        read_exactly(sock, int.from_bytes(head[:3], "big"))
        if head[3] in (0, 1) and head[4] & 1:
            return int.from_bytes(head[5:9], "big")


def keep_reading(sock):
    """Takes what the client says, so that it never waits for us."""

    def run():
        try:
            while sock.recv(65536):
                pass
        except OSError:
            pass

    threading.Thread(target=run, daemon=True).start()


def headers(stream, fields, *flags, encoder=None):
    return HeadersFrame(stream, (encoder or hpack.Encoder()).encode(fields), flags=list(flags)).serialize()


def once(make):
    """Sends one thing after the first request, and waits for the client to hang up."""

    def run(sock):
        sock.sendall(make(await_request(sock)))
        while sock.recv(65536):
            pass

    return run


def flood(make):
    """Sends the same thing without end."""

    def run(sock):
        chunk = make(await_request(sock))
        keep_reading(sock)
        while True:
            sock.sendall(chunk)

    return run


def cut_frame(sock):
    stream = await_request(sock)
    sock.sendall(headers(stream, [(":status", "200"), ("x", "cut")], "END_HEADERS", "END_STREAM")[:12])
    reset(sock)


def no_status(sock):
    sock.sendall(headers(await_request(sock), [("x", "y")], "END_HEADERS", "END_STREAM"))
    # The client resets the stream and keeps the connection: its next request would wait here.
    head = read_exactly(sock, 9)
    while head[3] != 3:
        read_exactly(sock, int.from_bytes(head[:3], "big"))
        head = read_exactly(sock, 9)


def silent_after_tls(sock):
    while sock.recv(65536):
        pass


def header_list(stream):
    """200 KB of fields, within every limit of a frame."""
    encoder = hpack.Encoder()
    blocks = [encoder.encode([(":status", "200")])]
    blocks += [encoder.encode([hpack.NeverIndexedHeaderTuple(f"x-{number}", "v" * 4000)], huffman=False)
               for number in range(50)]
    data = b"".join(blocks)
    parts = [data[at:at + 16000] for at in range(0, len(data), 16000)]
    frames = [HeadersFrame(stream, parts[0], flags=["END_STREAM"])]
    frames += [ContinuationFrame(stream, part) for part in parts[1:]]
    frames[-1].flags.add("END_HEADERS")
    return b"".join(frame.serialize() for frame in frames)


def header_bomb(stream):
    """A field of 4 KB put into the table once and named 10,000 times: 40 MB out of 14 KB."""
    encoder = hpack.Encoder()
    data = encoder.encode([(":status", "200"), ("x", "v" * 4000)], huffman=False)
    data += encoder.encode([("x", "v" * 4000)]) * 10_000
    return HeadersFrame(stream, data, flags=["END_HEADERS", "END_STREAM"]).serialize()


def push(stream):
    block = hpack.Encoder().encode([(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", "/ab")])
    return (headers(stream, [(":status", "200")], "END_HEADERS")
            + PushPromiseFrame(stream, promised_stream_id=2, data=block, flags=["END_HEADERS"]).serialize())


def continuation_flood(stream):
    return ContinuationFrame(stream, b"").serialize() * 1000


def start_continuation_flood(sock):
    stream = await_request(sock)
    sock.sendall(HeadersFrame(stream, hpack.Encoder().encode([(":status", "200")])).serialize())
    keep_reading(sock)
    while True:
        sock.sendall(continuation_flood(stream))


def empty_data_flood(sock):
    stream = await_request(sock)
    sock.sendall(headers(stream, [(":status", "200")], "END_HEADERS"))
    keep_reading(sock)
    while True:
        sock.sendall(DataFrame(stream, b"").serialize() * 1000)


def fuzz(sock, seed):
    """Frames that would be right, with bits, bytes and pieces of them changed, dropped, doubled or moved."""
    chance = random.Random(seed)
    stream = await_request(sock)
    keep_reading(sock)
    encoder = hpack.Encoder()
    frames = [headers(stream, [(":status", "103"), ("x", "early")], "END_HEADERS", encoder=encoder),
              headers(stream, [(":status", "200"), ("apns-id", "1")], "END_HEADERS", encoder=encoder),
              DataFrame(stream, b"some body").serialize(), SETTINGS, PingFrame(opaque_data=b"12345678").serialize(),
              WindowUpdateFrame(stream, 100).serialize(), WindowUpdateFrame(0, 100).serialize(),
              DataFrame(stream, b"the end", flags=["END_STREAM"]).serialize(),
              GoAwayFrame(last_stream_id=stream, additional_data=b'{"reason":"Shutdown"}').serialize()]
    for _ in range(chance.randrange(1, 6)):
        index = chance.randrange(len(frames))
        frame = bytearray(frames[index])
        if len(frame) < 9:
            continue
        choice = chance.randrange(6)
        if choice == 0:
            frames.insert(chance.randrange(len(frames)), frames.pop(index))
        elif choice == 1:
            frames.insert(index, frames[index])
        elif choice == 2:
            # Any flags, any type.
            frame[chance.choice([3, 4])] = chance.randrange(256)
        elif choice == 3:
            del frame[chance.randrange(len(frame)):]
        elif choice == 4:
            frame[8] = chance.randrange(16)
        else:
            frame[chance.randrange(len(frame))] ^= 1 << chance.randrange(8)
        if choice >= 2:
            frames[index] = bytes(frame)
    sock.sendall(b"".join(frames))


SCENARIOS = {
    "no-settings": silent_after_tls,
    "http1": lambda sock: sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    "garbage": once(lambda stream: bytes(range(256)) * 16),
    "cut-frame": cut_frame,
    "oversized-frame": once(lambda stream: b"\xff\xff\xff\x00\x00" + stream.to_bytes(4, "big") + b"x" * 100_000),
    "header-list": once(header_list),
    "header-bomb": once(header_bomb),
    "header-garbage": once(lambda stream: HeadersFrame(stream, b"\xff" * 50, flags=["END_HEADERS"]).serialize()),
    "no-status": no_status,
    "push": once(push),
    "data-first": once(lambda stream: DataFrame(stream, b"x", flags=["END_STREAM"]).serialize()),
    "idle-stream": once(lambda stream: RstStreamFrame(99, 2).serialize()),
    "window-overflow": once(lambda stream: WindowUpdateFrame(0, 2**31 - 1).serialize()),
    "bad-setting": once(lambda stream: SettingsFrame(settings={4: 2**31}).serialize()),
    "goaway-up": once(lambda stream: GoAwayFrame(last_stream_id=1).serialize() + GoAwayFrame(last_stream_id=7).serialize()),
    "continuation-flood": start_continuation_flood,
    "settings-flood": flood(lambda stream: SETTINGS * 1000),
    "ping-flood": flood(lambda stream: PingFrame(opaque_data=b"12345678").serialize() * 1000),
    "goaway-flood": flood(lambda stream: GoAwayFrame(last_stream_id=stream, additional_data=b"x" * 1000).serialize() * 100),
    "empty-data-flood": empty_data_flood,
    "informational-flood": flood(lambda stream: headers(stream, [(":status", "103")], "END_HEADERS") * 1000),
}
