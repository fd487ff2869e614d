"""webSocketClient.py ADDRESS AUTHORITY PATH: prints what a web socket of the site says, a line each, and how it was closed.

What arrives on standard input is sent, line by line; at its end the connection is closed.
"""

import socket
import ssl
import sys
import threading

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

address, authority, path = sys.argv[1:]


def send_lines(connection):
    for line in sys.stdin:
        connection.send(line.rstrip("\n"))
    connection.close()


trust = ssl.create_default_context(cafile=authority)
with connect(f"wss://portico.internal{path}", sock=socket.create_connection((address, 443)), ssl=trust) as connection:
    threading.Thread(target=send_lines, args=(connection,), daemon=True).start()
    try:
        while True:
            print(connection.recv(), flush=True)
    except ConnectionClosed as end:
        print(f"closed with {end.rcvd.code if end.rcvd else 'nothing'}", flush=True)
