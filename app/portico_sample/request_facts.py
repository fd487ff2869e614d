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


def facts() -> dict[str, object]:
    """The facts that `/whoami` answers and the page shows."""
    return {
        "host": host(),
        "release": release(),
        "client": request.remote_addr,
        "scheme": request.scheme,
        "requestId": request.headers.get("X-Request-ID"),
        "pid": os.getpid(),
    }
