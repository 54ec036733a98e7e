"""Checks of providers that cannot be connected to: the fault is the lane's, it says why, and no neighbour feels it."""
import os, socket, ssl, subprocess, sys, threading, warnings

from gateway import FOLDER, free_port, main, wait

CERTIFICATES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "FanOutTests", "certificates.py")
# What the lane's reason has to name. A machine without a name server does not know that nobody knows a name.
ILL = {
    "expired": "expired", "future": "not yet valid", "wrong-name": "hostname mismatch", "wrong-ca": "unable to get local issuer",
    "no-h2": "h2", "old-tls": "protocol version", "stalled": "TLS", "refused": "refused", "nowhere": "not known|name resolution",
}
PORTS = {name: free_port() for name in ILL}


def address(name):
    return "https://nowhere.invalid:443" if name == "nowhere" else f"https://localhost:{PORTS[name]}"


def lanes():
    """More members of the FCM section: one app, and with it one lane, for each illness."""
    return "".join(f""" }},
          {{ name: {name}, app: {name}, serviceAccountFile: simulator/fcm.json, endpoint: "{address(name)}\"""" for name in ILL)


def serve(name, folder):
    """Accepts for ever; a handshake that fails is the point of it."""
    listener = socket.create_server(("127.0.0.1", PORTS[name]))
    context = None
    if name != "stalled":
        certificate = name if name in ("expired", "future", "wrong-name", "wrong-ca") else "good"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/{certificate}.pem", f"{folder}/{certificate}.key")
        if name != "no-h2":
            context.set_alpn_protocols(["h2"])
        if name == "old-tls":
            warnings.simplefilter("ignore", DeprecationWarning)
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
    kept = []

    def work():
        while True:
            connection, _ = listener.accept()
            if not context:
                kept.append(connection)
                continue
            threading.Thread(target=handshake, args=(context, connection), daemon=True).start()
    threading.Thread(target=work, daemon=True).start()


def handshake(context, connection):
    try:
        connection.settimeout(30)
        with context.wrap_socket(connection, server_side=True) as session:
            session.recv(1 << 16)
    except OSError:
        pass


def ill_connections(world):
    """Bad certificates, an old protocol, no HTTP/2, silence, a closed port, a name nobody knows: each lane says what it is."""
    certificates = os.path.join(FOLDER, "certificates")
    os.makedirs(certificates)
    subprocess.run([sys.executable, CERTIFICATES, certificates], check=True)
    with open(os.path.join(FOLDER, "simulator", "ca.pem"), "a") as trusted:
        trusted.write(open(os.path.join(certificates, "ca.pem")).read())
    for name in ILL:
        if name not in ("refused", "nowhere"):
            serve(name, certificates)
    world.start()
    world.register_all(["parent"], 2)
    for name in ILL:
        status, answer, _ = world.put_device("parent", name, {"provider": "fcm", "token": f"token-of-{name}" * 3, "platform": "android", "app": name})
        assert status == 201, answer
    event = world.published(["parent"])
    wait("the phones of the sound lanes", lambda: world.event(event)["deliveries"]["accepted"] == 2)
    for name, sentence in ILL.items():
        lane = wait(f"the reason of {name}", lambda: (lambda lane: lane if lane["reason"] else None)(world.lane(f"fcm/{name}")))
        assert lane["state"] in ("open", "halfOpen") and any(
            word.lower() in lane["reason"].lower() for word in sentence.split("|")), (name, lane)
    for name in ("apns/onepocket", "fcm/onepocket"):
        assert world.lane(name)["state"] == "active", world.lane(name)
    # The lane's illness is not the delivery's: nothing was tried, nothing ended.
    waiting = [delivery for delivery in world.deliveries(event) if delivery["state"] != "accepted"]
    assert len(waiting) == len(ILL) and all(d["state"] == "pending" and d["attempts"] == 0 for d in waiting), waiting


CHECKS = [ill_connections]

if __name__ == "__main__":
    main(CHECKS, {"ill_connections": {"fcm": lanes()}})
