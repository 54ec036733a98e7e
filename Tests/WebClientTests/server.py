"""The server the WebClient tests speak to. Arguments: "tcp", "tls" or "unix PATH". Prints its port (and, for tls, the path of
its certificate) on the first line, then "held" for each request to /hold. Ends when its standard input closes."""
import http.server, json, os, shutil, socketserver, ssl, subprocess, sys, tempfile, threading, time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        name, _, argument = self.path.strip("/").partition("/")
        if name == "status":
            self.reply(int(argument), b"", [("X-Twice", "a"), ("X-Twice", " b ")])
        elif name == "redirect":
            self.reply(302, b"elsewhere", [("Location", "/status/200")])
        elif name == "echo":
            told = {"method": self.command, "length": len(body), "sum": sum(body), "headers": {k.lower(): v for k, v in self.headers.items()}}
            self.reply(200, json.dumps(told).encode(), [])
        elif name == "big":
            self.reply(200, b"x" * int(argument), [])
        elif name == "endless":
            self.send_response(200)
            self.end_headers()
            self.close_connection = True
            try:
                while True:
                    self.wfile.write(b"x" * 10000)
            except OSError:
                pass
        elif name == "headers":
            self.reply(200, b"", [("X-%d" % i, "v" * 1000) for i in range(80)])
        elif name == "hold":
            print("held", flush=True)
            self.close_connection = True
            self.connection.recv(1)
            print("gone", flush=True)
        elif name == "protocol":
            self.reply(200, str(self.connection.selected_alpn_protocol()).encode(), [])
        elif name == "drop":
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer

    def reply(self, status, body, headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def address_string(self):
        return "client"

    def log_message(self, *_):
        pass


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


kind = sys.argv[1]
directory = None
if kind == "unix":
    server = UnixServer(sys.argv[2], Handler)
    first = "0"
else:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    first = str(server.server_port)
if kind == "tls":
    directory = tempfile.mkdtemp()
    certificate, key = directory + "/cert.pem", directory + "/key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=carillon test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # As a server that prefers HTTP/2; what it takes up then is no HTTP/1.1 and fails.
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=True)
    first += " " + certificate
threading.Thread(target=server.serve_forever, daemon=True).start()
print(first, flush=True)
sys.stdin.read()
if directory:
    shutil.rmtree(directory)
os._exit(0)
