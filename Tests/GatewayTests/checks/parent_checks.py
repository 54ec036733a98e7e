"""Checks of parents who are known by the signature of their tokens; PyJWT is the issuer. Called as the other files of checks."""
import http.server, json, threading, time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gateway import main

KEYS = {"e1": ("ES256", ec.generate_private_key(ec.SECP256R1())), "r1": ("RS256", rsa.generate_private_key(65537, 2048)),
        # No key of ours: left out, and no harm to the others.
        "e384": ("ES384", ec.generate_private_key(ec.SECP384R1()))}


def issuer():
    """Serves discovery and keys; (its name, the paths that were asked for)"""
    asked = []

    class Documents(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            documents = {"/.well-known/openid-configuration": {"issuer": name, "jwks_uri": name + "/keys"},
                         "/keys": {"keys": [{**json.loads(jwt.get_algorithm_by_name(kind).to_jwk(key.public_key())), "kid": kid}
                                            for kid, (kind, key) in KEYS.items()]}}
            body = json.dumps(documents[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Documents)
    name = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return name, asked


def parents_by_issuer(world):
    """Tokens of the issuer count by their signature, all others by userinfo; each parent's phone rings for its own publication."""
    name, asked = issuer()
    text = open(world.config).read().replace("parents: {", f'parents: {{ mode: both, jwt: {{ issuer: "{name}", audience: carillon }}, ')
    with open(world.config, "w") as file:
        file.write(text)
    world.start()

    def token(kid, **changes):
        kind, key = KEYS[kid]
        claims = {"iss": name, "aud": ["carillon", "other"], "exp": int(time.time()) + 600, "nbf": int(time.time()) - 1, "uid": kid, **changes}
        return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm=kind, headers={"kid": kid})

    def put(installation, bearer):
        body = json.dumps({"provider": "fcm", "token": f"token-of-{installation}" * 3, "app": "onepocket", "platform": "android"})
        return world.call("PUT", f"/v1/devices/{installation}", body, {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"})[0]

    for kid in ("e1", "r1"):
        assert put(kid, token(kid)) == 201, kid
    assert put("by-userinfo", "ent-u1") == 201
    past = int(time.time()) - 120
    for bad in (token("e384"), token("e1", exp=past), token("e1", aud="other"), token("r1", exp=None), token("e1", nbf=int(time.time()) + 600),
                token("r1", uid=None), jwt.encode({"iss": name, "aud": "carillon", "exp": past + 900, "uid": "e1"}, "s" * 32, algorithm="HS256"),
                jwt.encode({"iss": name, "aud": "carillon", "exp": past + 900, "uid": "e1"}, None, algorithm="none"),
                token("e1")[:-8] + "AAAAAAAA"):
        assert put("bad", bad) == 401, bad
    assert asked == ["/.well-known/openid-configuration", "/keys"], asked
    for person in ("e1", "r1", "u1"):
        event = world.published([person], "to-" + person)
        assert world.done(event)["deliveries"]["accepted"] == 1, person


if __name__ == "__main__":
    main([parents_by_issuer], {})
