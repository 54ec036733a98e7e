"""What the gateway asks besides push services, as far as it needs it: Google's token endpoint and the ENT's userinfo."""
import http.server, json, threading


class Endpoint(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"access_token": "ya29." + "b" * 200, "expires_in": 3599, "token_type": "Bearer"})

    def do_GET(self):
        """A token is its account's name."""
        self.answer({"userId": self.headers["Authorization"].removeprefix("Bearer ")})

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def start():
    """Its port. It ends with the bench."""
    server = Server(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]
