"""Checks with a crowd outside: connections that say nothing, under a low limit on open files."""
import http.client, os, resource, socket

from gateway import UnixConnection, main


def idle_crowd(world):
    """256 descriptors, 1,000 idle connections: monitoring, operator and an honest publisher are served."""
    world.prefix = ["prlimit", "--nofile=256:256"]
    world.start()
    world.register_all(["u1", "u2"], 2, lambda number: "apns" if number % 2 else "fcm")
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    crowd = []
    for _ in range(1000):
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(("127.0.0.1", world.public))
        crowd.append(connection)
    for port in (world.public, world.metrics):
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        asked.request("GET", "/livez")
        assert asked.getresponse().status == 200
    admin = UnixConnection(world.admin)
    admin.request("GET", "/admin/status")
    assert admin.getresponse().status == 200
    assert world.call("GET", "/readyz")[0] == 200
    state = world.done(world.published(["u1", "u2"]))
    assert state["deliveries"]["accepted"] == 4 and world.accepted() == 4, state
    assert world.register("u3", 0, "fcm"), "an honest parent registers beside the crowd"
    assert world.gateway.poll() is None
    assert len(os.listdir(f"/proc/{world.gateway.pid}/fd")) < 256
    for connection in crowd:
        connection.close()


CHECKS = [idle_crowd]

if __name__ == "__main__":
    main(CHECKS, {})
