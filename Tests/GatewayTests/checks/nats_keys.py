"""Keys, tokens and a .creds file as nsc makes them: an operator, its account, a user [docs.nats.io, JWT; github.com/nats-io/nkeys]."""
import base64, json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

OPERATOR, ACCOUNT, USER, SEED = 14 << 3, 0, 20 << 3, 18 << 3


def checked(data):
    """With its CRC-16 (XMODEM) behind, in base32."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return base64.b32encode(data + crc.to_bytes(2, "little")).decode().rstrip("=")


class Key:
    def __init__(self, kind):
        self.kind, self.key = kind, Ed25519PrivateKey.generate()
        self.name = checked(bytes([kind]) + self.key.public_key().public_bytes_raw())

    @property
    def seed(self):
        return checked(bytes([SEED | self.kind >> 5, (self.kind & 31) << 3]) + self.key.private_bytes_raw())

    def token(self, subject, kind, **claims):
        def part(value):
            return base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b"=")
        text = part({"typ": "JWT", "alg": "ed25519-nkey"}) + b"." + part(
            {"jti": "check", "iat": 1790000000, "iss": self.name, "name": "check", "sub": subject.name, "nats": {"type": kind, "version": 2, **claims}})
        return (text + b"." + part(self.key.sign(text))).decode()


def world():
    """(lines of a server's configuration, a .creds file of a user)"""
    operator, account, user = Key(OPERATOR), Key(ACCOUNT), Key(USER)
    unbound = {"subs": -1, "data": -1, "payload": -1}
    limits = {**unbound, "imports": -1, "exports": -1, "wildcards": True, "conn": -1, "leaf": -1}
    lines = (f'operator: "{operator.token(operator, "operator")}"\nresolver: MEMORY\n'
             f'resolver_preload: {{ {account.name}: "{operator.token(account, "account", limits=limits)}" }}\n')
    creds = (f"-----BEGIN NATS USER JWT-----\n{account.token(user, 'user', pub={}, sub={}, **unbound)}\n------END NATS USER JWT------\n\n"
             f"-----BEGIN USER NKEY SEED-----\n{user.seed}\n------END USER NKEY SEED------\n")
    return lines, creds
