"""What one request tells about itself and about the process that answers it."""

import os
import socket

from flask import request


def release() -> str:
    """Name of the running release; `development` outside a release."""
    return os.environ.get("PORTICO_RELEASE", "development")


def host() -> str:
    """Name of the machine that answers."""
    return socket.gethostname()


def client() -> str | None:
    """Address of the caller."""
    # Gunicorn leaves REMOTE_ADDR empty on a Unix socket. Nginx alone can open that socket, and it overwrites X-Forwarded-For
    # with the one address that it believes, so there the header is the caller. On TCP anyone may send the header, so there
    # the peer's own address counts. (The scheme needs no such care: Gunicorn maps X-Forwarded-Proto under the same rule.)
    if request.remote_addr:
        return request.remote_addr
    return request.headers.get("X-Forwarded-For")


def facts() -> dict[str, object]:
    """The facts that `/whoami` answers and the page shows."""
    return {
        "host": host(),
        "release": release(),
        "client": client(),
        "scheme": request.scheme,
        "requestId": request.headers.get("X-Request-ID"),
        "pid": os.getpid(),
    }
