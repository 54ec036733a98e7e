"""Keys and configuration of the gateway that is measured. Bounds that protect a service from its neighbours are lifted: the load is all ours."""
import base64, hashlib, json, os, secrets, subprocess


class Configuration:
    def __init__(self, work, name, stub):
        """`stub`: the port of token endpoint and userinfo. Providers are named by `write`."""
        self.folder, self.stub = os.path.join(work, name), stub
        os.makedirs(self.folder, mode=0o700)
        self.data, self.path = os.path.join(self.folder, "data"), os.path.join(self.folder, "carillon.yaml")
        os.mkdir(self.data, 0o700)
        self.key = "cpk_" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        self.storage = "bench:" + base64.b64encode(secrets.token_bytes(32)).decode()
        self._private("one.keys", "bench sha256:" + hashlib.sha256(self.key.encode()).hexdigest() + "\n")
        self._private("storage.key", self.storage + "\n")
        for name in ("apns.p8", "vapid.pem"):
            self._private(name, openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"))
        self._private("fcm.json", json.dumps({
            "type": "service_account", "project_id": "bench", "private_key_id": "1", "client_email": "bench@example.org",
            "private_key": openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
            "token_uri": f"http://127.0.0.1:{stub}/token"}))

    def write(self, listeners, ports, certificate, quiet="enabled: false"):
        """listeners: public, admin, metrics; ports: of the push services by lane; quiet: the members of quietHours."""
        with open(self.path, "w") as file:
            file.write(f"""data: {self.data}
merge: {{ windowSeconds: 0 }}
listen: {{ public: "127.0.0.1:{listeners[0]}", admin: "{listeners[1]}", metrics: "127.0.0.1:{listeners[2]}" }}
publishers:
  - {{ name: one, sources: ["https://ent.example.org/one"], schools: ["*"], rights: [events, directory, urgent], keysFile: one.keys }}
parents: {{ mode: userinfo, userinfoURL: "http://127.0.0.1:{self.stub}/userinfo", cacheSeconds: 60 }}
providers:
  fcm:  [ {{ name: onepocket, app: onepocket, serviceAccountFile: fcm.json, endpoint: "https://localhost:{ports['fcm']}",
            messagesPerMinute: {MESSAGES_PER_MINUTE} }} ]
  apns: [ {{ name: onepocket, app: onepocket, topic: com.ode.one, teamID: BENCHTEAM1, keyID: BENCHKEY01,
            keyFile: apns.p8, environment: production, endpoint: "https://localhost:{ports['apns']}" }} ]
  webpush: {{ name: web, keyFile: vapid.pem, subject: "mailto:ops@carillon-bench.fr", baseURL: "https://ent.example.org",
              allowHosts: ["localhost:{ports['webpush']}"], allowPrivateAddresses: true }}
tls: {{ caFile: {certificate} }}
storage: {{ keyFile: storage.key, softFreeBytes: 0, softFreePercent: 0, ballastBytes: 0 }}
quietHours: {{ {quiet} }}
limits:
  postsPerMinute: 10000000
  postsBurst: 10000000
  scheduledEventsMax: 1000000
  openRequestsPerMinute: 1000000
  openRequestsBurst: 1000000
  registrationsPerMinute: 100000
  registrationsBurst: 100000
  newTokensPerAddress: 256
log: {{ level: warning }}
""")

    def _private(self, name, text):
        with open(os.open(os.path.join(self.folder, name), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)


# Google's quota is of a minute, five runs of 100,000 fit twice into one.
MESSAGES_PER_MINUTE = 10_000_000


def openssl(*command):
    return subprocess.run(["openssl", *command], check=True, capture_output=True, text=True).stdout


def certificate(work):
    """Of localhost, for the push services: its path."""
    path = os.path.join(work, "cert.pem")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", os.path.join(work, "key.pem"), "-out", path)
    return path
