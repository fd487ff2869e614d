"""Sends half the head of a request over TLS and says after how many seconds the connection ended: halfHead.py ADDRESS PORT NAME LONGEST."""

import socket
import ssl
import sys
import time

address, port, name, longest = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
connection = context.wrap_socket(socket.create_connection((address, port), 10), server_hostname=name)
connection.sendall(f"GET /echo HTTP/1.1\r\nHost: {name}\r\n".encode())
began = time.monotonic()
connection.settimeout(longest)
try:
    while connection.recv(4096):
        pass
except TimeoutError:
    print("open")
except OSError:
    print(time.monotonic() - began)
else:
    print(time.monotonic() - began)
