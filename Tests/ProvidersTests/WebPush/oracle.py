"""Independent answers for the Web Push tests: reads one JSON object from stdin, writes one to stdout.

decrypt: what a browser would read, by http_ece.   verify: whether a VAPID header holds, by py_vapid.   key: a VAPID key as py_vapid makes it.
"""

import base64
import json
import sys

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02


def read(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def write(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decrypt(message):
    number = int.from_bytes(read(message["key"]), "big")
    plain = http_ece.decrypt(
        read(message["body"]),
        private_key=ec.derive_private_key(number, ec.SECP256R1()),
        auth_secret=read(message["auth"]),
        version="aes128gcm",
    )
    return write(plain)


def verify(header):
    # py_vapid's parser wants no space behind the comma; RFC 8292's own example has one.
    return bool(Vapid02.verify(header.replace(", ", ",")))


def key():
    vapid = Vapid02()
    vapid.generate_keys()
    point = vapid.public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return {"pem": vapid.private_pem().decode(), "publicKey": write(point)}


wish = json.load(sys.stdin)
if sys.argv[1] == "decrypt":
    answer = {"plaintexts": [decrypt(message) for message in wish["messages"]]}
elif sys.argv[1] == "verify":
    answer = {"valid": [verify(header) for header in wish["headers"]]}
else:
    answer = key()
json.dump(answer, sys.stdout)
