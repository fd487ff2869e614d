"""Holds connections that send nothing: hold.py ADDRESS PORT FROM COUNT SECONDS. Those that the server ends are opened anew.

Prints how many it held at once, and how many the server ended.
"""

import resource
import selectors
import socket
import sys
import time

ADDRESS, PORT, FROM, COUNT, SECONDS = (
    sys.argv[1],
    int(sys.argv[2]),
    sys.argv[3],
    int(sys.argv[4]),
    float(sys.argv[5]),
)


def connect(selector: selectors.BaseSelector) -> None:
    connection = socket.socket()
    connection.setblocking(False)
    connection.bind((FROM, 0))
    connection.connect_ex((ADDRESS, PORT))
    selector.register(connection, selectors.EVENT_READ)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (COUNT + 100, COUNT + 100))
    selector = selectors.DefaultSelector()
    most = ended = 0
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for _ in range(min(200, COUNT - len(selector.get_map()))):
            connect(selector)
        for key, _events in selector.select(timeout=0.05):
            selector.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]
            ended += 1
        most = max(most, len(selector.get_map()))
    print(f"held {most}, ended {ended}")


main()
