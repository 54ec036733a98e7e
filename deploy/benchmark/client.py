"""One keep-alive connection to the gateway: http.client costs more than the answers that are timed here."""
import json, secrets, select, socket

JSON, EVENT = "application/json", "application/cloudevents+json"


class Client:
    def __init__(self, port, key):
        self.port, self.key = port, key
        self._connect()

    def _connect(self):
        self.socket, self.rest = socket.create_connection(("127.0.0.1", self.port), timeout=120), b""
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        self.socket.close()

    def request(self, method, path, body=b"", kind=EVENT):
        """The bytes of a request, to be made before the clock runs."""
        return (f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.key}\r\nContent-Type: {kind}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode() + body

    def ask(self, request):
        """(status, body). A connection that the gateway has closed for want of use is made anew."""
        if self._is_closed():
            self.close()
            self._connect()
        self.socket.sendall(request)
        while b"\r\n\r\n" not in self.rest:
            self._receive()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
        while len(self.rest) < length:
            self._receive()
        body, self.rest = self.rest[:length], self.rest[length:]
        return int(head[9:12]), body

    def _is_closed(self):
        """Nothing is asked, so what there is to read is its end."""
        return bool(select.select([self.socket], [], [], 0)[0]) and self.socket.recv(1, socket.MSG_PEEK) == b""

    def _receive(self):
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("the gateway closed the connection")
        self.rest += more


def event(school, audience, urgency="normal"):
    """The body of an event with an id of its own, of the usual length."""
    return json.dumps({
        "specversion": "1.0", "id": secrets.token_hex(16), "source": "https://ent.example.org/one", "type": "fr.ent.publication",
        "data": {"app": "NEWS", "action": "NEWS-PUBLISHED", "school": school, "audience": [audience],
                 "author": {"id": "teacher", "name": "M. Durand-Œuvrard"}, "title": "Nouvelle actualité",
                 "body": "M. Durand-Œuvrard : Fête de l'école — « appel aux bénévoles »",
                 "resource": {"id": "187f1b91-8619-54b9-a515-9f90dc013511", "uri": "/actualites#/view/thread/187f1b91"},
                 "params": {"resourceUri": "/actualites#/view/thread/187f1b91"}, "urgency": urgency}}).encode()
