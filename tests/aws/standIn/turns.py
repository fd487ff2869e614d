"""One call of a service at a time: moto keeps its records in plain lists, and two calls at once can lose one."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from .calls import CREDENTIAL

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Turns:
    """Stands before moto's application."""

    def __init__(self, application: Application):
        self._application = application
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._opening = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        signed = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        with self._opening:
            lock = self._locks[signed[1] if signed else ""]
        with lock:
            return self._application(environ, start_response)
