"""An HTTP proxy for CONNECT that misbehaves on request.

  hostile-proxy.py TARGET_PORT [--answer MODE] [--credentials USER:PASSWORD]

Whatever name the client asks for, the tunnel leads to TARGET_PORT of this machine: the name need not exist. Prints its port, then
serves until its stdin closes. Each line on stdin is an order: `die` closes listener and tunnels, `live` listens again on the same
port; each is confirmed on stdout. MODE: tunnel, refuse (403), silence, hang-up, garbage, endless, chatty (bytes after the answer),
interim (103 first),
plain (greets like a mail server, before a word has been said).
"""
import argparse, base64, os, socket, sys, threading

parser = argparse.ArgumentParser()
parser.add_argument("target", type=int)
parser.add_argument("--answer", default="tunnel")
parser.add_argument("--credentials")
options = parser.parse_args()
tunnels = []


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for one in (source, target):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    tunnels.append(client)
    if options.answer == "plain":
        client.sendall(b"220 mail.example ESMTP\r\n")
        while client.recv(4096):
            pass
        return
    request = b""
    while b"\r\n\r\n" not in request:
        more = client.recv(4096)
        if not more:
            return
        request += more
    lines = request.decode().split("\r\n")
    method, target, version = lines[0].split(" ")
    assert (method, version, lines[1]) == ("CONNECT", "HTTP/1.1", f"Host: {target}"), lines
    if options.credentials:
        wanted = "Basic " + base64.b64encode(options.credentials.encode()).decode()
        if f"Proxy-Authorization: {wanted}" not in lines:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n")
            client.close()
            return
    answer = b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n"
    if options.answer == "refuse":
        answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    elif options.answer == "garbage":
        answer = b"\x15\x03\x01\x00\x02\x02\x46\n\n"
    elif options.answer == "endless":
        answer = b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 2000
    elif options.answer == "chatty":
        answer += b"surprise"
    elif options.answer == "interim":
        answer = b"HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n" + answer
    elif options.answer == "hang-up":
        client.close()
        return
    elif options.answer == "silence":
        while client.recv(4096):
            pass
        return
    upstream = socket.create_connection(("127.0.0.1", options.target))
    tunnels.append(upstream)
    # In two pieces, for the reader's sake.
    client.sendall(answer[:20])
    client.sendall(answer[20:])
    threading.Thread(target=copy, args=(upstream, client), daemon=True).start()
    copy(client, upstream)


def accept(listener):
    try:
        while True:
            client, _ = listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(client,), daemon=True).start()
    except OSError:
        pass


def listen(port):
    listener = socket.create_server(("127.0.0.1", port))
    threading.Thread(target=accept, args=(listener,), daemon=True).start()
    return listener


listener = listen(0)
port = listener.getsockname()[1]
print(port, flush=True)
for order in sys.stdin:
    if order.strip() == "die":
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        while tunnels:
            try:
                tunnels.pop().shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
    else:
        listener = listen(port)
    print(order.strip(), flush=True)
os._exit(0)
