"""Notes the calls that arrive: the set of IAM actions they need, and each call that failed."""

import io
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from localMachines.base.folders import write_aside

from .actions import actions_of
from .calls import Request, RestOperation, operation_of

OWN_AGENT = "portico-stand-in"
# Forms name their operation, and both kinds say whether something is tagged. Files of S3 are of other kinds.
READ_KINDS = ("application/x-www-form-urlencoded", "application/x-amz-json")
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Recorder:
    """Stands before the server's application; the stand-in's own calls are not noted."""

    def __init__(self, application: Application, rest: dict[str, list[RestOperation]], file: Path):
        self._application, self._rest, self._file = application, rest, file
        self._actions: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if OWN_AGENT in environ.get("HTTP_USER_AGENT", ""):
            return self._application(environ, start_response)
        request = read_request(environ)
        found = operation_of(request, self._rest)
        name = ":".join(found) if found else f"unknown {request.method} {request.path}"
        if found:
            self._note(actions_of(*found, request.body))

        def start(status: str, *rest: Any) -> Any:
            if found is None or not status.startswith(("2", "3")):
                print(f"call: {name}: {status}", file=sys.stderr, flush=True)
            return start_response(status, *rest)

        return self._application(environ, start)

    def _note(self, actions: set[str]) -> None:
        with self._lock:
            if actions <= self._actions:
                return
            self._actions |= actions
            write_aside(self._file, "".join(f"{line}\n" for line in sorted(self._actions)), 0o644)


def read_request(environ: dict[str, Any]) -> Request:
    """The request; its body is read where it tells something, and put back."""
    body = b""
    if environ.get("CONTENT_TYPE", "").startswith(READ_KINDS):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query=environ.get("QUERY_STRING", ""),
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
        target=environ.get("HTTP_X_AMZ_TARGET", ""),
        body=body.decode(errors="replace"),
        label=environ.get("HTTP_HOST", "").rpartition(".localhost:")[0],
    )
