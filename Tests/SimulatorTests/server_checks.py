"""Checks of the running simulator with an HTTP/2 client that shares nothing with it (httpx on hyper-h2).

server_checks.py BINARY CREDENTIALS CHECK: starts BINARY on free ports, runs one check, ends it; exit 0 when all holds.
Needs httpx[http2] and cryptography.
"""
import asyncio, base64, json, os, shutil, signal, ssl, subprocess, sys, tempfile, time
import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

DEADLINE = 30
TOKEN = "ab" * 32


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(header, claims, sign):
    signed = base64url(json.dumps(header).encode()) + "." + base64url(json.dumps(claims).encode())
    return signed + "." + base64url(sign(signed.encode()))


class Simulator:
    def __init__(self, binary, credentials, *options):
        self.folder = tempfile.mkdtemp(prefix="carillon-simulator-")
        self.data = self.folder + "/data"
        shutil.copytree(credentials, self.data)
        self.log = self.folder + "/log.ndjson"
        self.process = subprocess.Popen(
            [binary, "serve", "--data", self.data, "--log", self.log, *options], stdout=subprocess.PIPE)
        self.ready = json.loads(self.process.stdout.readline())
        self.https = self.ready["apns"]
        self.http = f"http://127.0.0.1:{self.ready['httpPort']}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(DEADLINE)
        self.process.stdout.close()
        shutil.rmtree(self.folder)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE)

    def context(self):
        return ssl.create_default_context(cafile=self.data + "/ca.pem")

    def client(self, http2=True, **options):
        return httpx.Client(http2=http2, http1=not http2, verify=self.context(), timeout=DEADLINE, **options)

    def apns_headers(self, **changes):
        with open(self.data + "/apns.p8", "rb") as file:
            key = serialization.load_pem_private_key(file.read(), None)
        def sign(signed):
            r, s = utils.decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        token = jwt({"alg": "ES256", "kid": "SIMKEY0001"}, {"iss": "SIMTEAM001", "iat": int(time.time())}, sign)
        headers = {"authorization": "bearer " + token, "apns-topic": "com.ode.one", "apns-push-type": "alert"}
        headers.update({name.replace("_", "-"): value for name, value in changes.items()})
        return headers

    def grant(self, client, **changes):
        with open(self.data + "/fcm.json", "rb") as file:
            account = json.load(file)
        key = serialization.load_pem_private_key(account["private_key"].encode(), None)
        now = int(time.time())
        claims = {"iss": account["client_email"], "scope": "https://www.googleapis.com/auth/firebase.messaging",
                  "aud": account["token_uri"], "iat": now, "exp": now + 3600, **changes}
        assertion = jwt({"alg": "RS256", "typ": "JWT", "kid": account["private_key_id"]}, claims,
                        lambda signed: key.sign(signed, padding.PKCS1v15(), hashes.SHA256()))
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
        return client.post(account["token_uri"], data=form)

    def control(self, method, path, **options):
        return httpx.request(method, f"{self.http}/control/{path}", timeout=DEADLINE, **options)

    def script(self, script):
        same(self.control("PUT", "script", content=json.dumps(script)).status_code, 204)

    def counts(self):
        return self.control("GET", "counts").json()

    def records(self):
        return [json.loads(line) for line in self.control("GET", "log?since=0").text.splitlines()]


def same(found, expected):
    assert found == expected, f"found {found!r}, expected {expected!r}"


PAYLOAD = {"aps": {"alert": {"title": "Mot", "body": "Sortie à la ferme 🐄"}}, "type": "SCHOOLBOOK"}


def check_apns(start):
    with start() as simulator, simulator.client() as client:
        url = f"{simulator.https}/3/device/{TOKEN}"
        answer = client.post(url, headers=simulator.apns_headers(apns_collapse_id="c1", apns_priority="10"), json=PAYLOAD)
        same((answer.http_version, answer.status_code, answer.content), ("HTTP/2", 200, b""))
        assert len(answer.headers["apns-id"]) == 36
        refused = client.post(url, headers=simulator.apns_headers(apns_priority="3"), json=PAYLOAD)
        same((refused.status_code, refused.json()), (400, {"reason": "BadPriority"}))
        same(client.get(url, headers=simulator.apns_headers()).json(), {"reason": "MethodNotAllowed"})
        large = client.post(url, headers=simulator.apns_headers(), content=b"x" * 200_000)
        same((large.status_code, large.json()), (413, {"reason": "PayloadTooLarge"}))
        first = simulator.records()[0]
        same((first["provider"], first["outcome"], first["token"]), ("apns", "accepted", TOKEN))
        same((first["collapseID"], first["priority"], first["payload"]), ("c1", 10, PAYLOAD))
        with simulator.client(http2=False) as old:
            same(old.post(url, headers=simulator.apns_headers(), json=PAYLOAD).status_code, 505)


def check_fcm(start):
    with start() as simulator, simulator.client() as client:
        url = f"{simulator.https}/v1/projects/carillon-simulator/messages:send"
        message = {"message": {"token": "dead:beef", "data": {"type": "BLOG"}}}
        same(client.post(url, json=message).json()["error"]["status"], "UNAUTHENTICATED")
        same(simulator.grant(client, aud="https://elsewhere").json()["error_description"], "Failed audience check.")
        granted = simulator.grant(client)
        same((granted.status_code, granted.json()["expires_in"], granted.json()["token_type"]), (200, 3599, "Bearer"))
        headers = {"authorization": "Bearer " + granted.json()["access_token"]}
        answer = client.post(url, headers=headers, json=message)
        same((answer.http_version, answer.status_code), ("HTTP/2", 200))
        assert answer.json()["name"].startswith("projects/carillon-simulator/messages/")
        wrong = client.post(url, headers=headers, json={"message": {"token": "t", "data": {"n": 5}}})
        same(wrong.json()["error"]["message"], "Invalid value at 'message.data[0].value' (TYPE_STRING), 5")
        simulator.script({"fcm": {"dead:beef": "unregistered"}})
        dead = client.post(url, headers=headers, json=message)
        same((dead.status_code, dead.json()["error"]["details"][0]["errorCode"]), (404, "UNREGISTERED"))
        counts = simulator.counts()
        same((counts["grants"], counts["fcm"]["accepted"], counts["fcm"]["scripted"]), (1, 1, 1))
        same(simulator.control("DELETE", "access-tokens").status_code, 204)
        same(client.post(url, headers=headers, json=message).status_code, 401)
        text = "".join(json.dumps(record) for record in simulator.records())
        assert granted.json()["access_token"] not in text, "an access token stands in the log"


def check_token_endpoint(start):
    with start() as simulator, simulator.client() as client:
        simulator.script({"google": {"*": [{"behaviour": word, "times": 1} for word in ("no-access-token", "invalid-grant", "500")]
                                          + [{"behaviour": "accept", "delay": 200}]}})
        answers = [simulator.grant(client) for _ in range(3)]
        same([answer.status_code for answer in answers], [200, 400, 500])
        assert "access_token" not in answers[0].json() and "id_token" in answers[0].json()
        same(answers[1].json()["error"], "invalid_grant")
        # Slow, but not lost; how slow is not measured.
        assert simulator.grant(client).json()["access_token"]
        same(simulator.counts()["google"]["scripted"], 3)


def check_expiry(start):
    with start("--access-token-seconds", "1") as simulator, simulator.client() as client:
        url = f"{simulator.https}/v1/projects/carillon-simulator/messages:send"
        headers = {"authorization": "Bearer " + simulator.grant(client).json()["access_token"]}
        deadline = time.monotonic() + DEADLINE
        while client.post(url, headers=headers, json={"message": {"token": "t"}}).status_code != 401:
            assert time.monotonic() < deadline, "the access token never expires"


def check_silence(start):
    with start() as simulator, simulator.client() as client:
        simulator.script({"apns": {TOKEN: {"behaviour": "silence", "times": 1}}})
        url, headers = f"{simulator.https}/3/device/{TOKEN}", simulator.apns_headers()
        try:
            client.post(url, headers=headers, json=PAYLOAD, timeout=0.3)
            assert False, "silence was broken"
        except httpx.ReadTimeout:
            pass
        same(client.post(url, headers=headers, json=PAYLOAD).status_code, 200)
        same([record["outcome"] for record in simulator.records()], ["silent", "accepted"])


def check_userinfo(start):
    with start() as simulator:
        headers = {"authorization": "Bearer ent-u42"}
        plain = httpx.get(simulator.ready["userinfo"] + "?version=v2.0", headers=headers)
        same((plain.http_version, plain.json()["userId"], plain.json()["type"]), ("HTTP/1.1", "u42", "Relative"))
        for http2 in (True, False):
            with simulator.client(http2=http2) as client:
                same(client.get(simulator.https + "/auth/oauth2/userinfo", headers=headers).json()["userId"], "u42")
        unknown = httpx.get(simulator.ready["userinfo"], headers={"authorization": "Bearer 1234"})
        same((unknown.status_code, unknown.headers["location"]), (302, "/auth/login"))


def check_streams(start):
    """Many streams at once on one connection, under a small limit, all answered and all in the log."""
    async def pushes(simulator, count):
        headers = simulator.apns_headers()
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(http2=True, http1=False, verify=simulator.context(), limits=limits, timeout=DEADLINE) as client:
            posts = [client.post(f"{simulator.https}/3/device/{number:08x}", headers=headers, json=PAYLOAD) for number in range(count)]
            return [answer.status_code for answer in await asyncio.gather(*posts)]
    with start("--max-concurrent-streams", "7", "--latency", "1") as simulator:
        same(set(asyncio.run(pushes(simulator, 300))), {200})
        counts = simulator.counts()
        same((counts["apns"]["accepted"], counts["apns"]["distinctTokens"]), (300, 300))
        same([record["seq"] for record in simulator.records()], list(range(1, 301)))


def check_end(start):
    for kill in (False, True):
        with start() as simulator, simulator.client() as client:
            headers = simulator.apns_headers()
            for number in range(20):
                same(client.post(f"{simulator.https}/3/device/{number:04x}", headers=headers, json=PAYLOAD).status_code, 200)
            if kill:
                simulator.counts()
                simulator.process.kill()
                simulator.process.wait(DEADLINE)
            else:
                same(simulator.stop(), 0)
            with open(simulator.log) as file:
                same([json.loads(line)["token"] for line in file], [f"{number:04x}" for number in range(20)])


def check_certificate(start):
    with start() as simulator:
        context = simulator.context()
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        for host in (f"localhost:{simulator.ready['httpsPort']}", f"127.0.0.1:{simulator.ready['httpsPort']}"):
            with httpx.Client(http2=True, verify=context) as client:
                same(client.get(f"https://{host}/control/ready").json(), {"ready": True})
        try:
            httpx.get(f"{simulator.https}/control/ready")
            assert False, "a stranger's certificate was trusted"
        except httpx.ConnectError:
            pass


if __name__ == "__main__":
    binary, credentials, check = sys.argv[1:]
    globals()["check_" + check](lambda *options: Simulator(binary, credentials, *options))
