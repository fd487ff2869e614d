"""Asks over HTTP, as whoever depends on the answer would."""

import http.client
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .bundle import Health

ANSWER_SECONDS = 5
PAUSE_SECONDS = 0.25
PAUSE_WHEN_GOOD_SECONDS = 0.1
BODY_BYTES = 400
AGENT = "portico-host"
WEB_PORT = 8443
PEM_END = "-----END CERTIFICATE-----"


@dataclass(frozen=True)
class Answer:
    """What came back: a status code with the start of the body, or a status of 0 with what went wrong."""

    asked: str
    status: int
    text: str
    seconds: float

    def describe(self) -> str:
        what = f"{self.status} {self.text}" if self.status else self.text
        return f"{what} (after {self.seconds:.2f} s)"


Ask = Callable[[], Answer]


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path, host: str) -> None:
        super().__init__(host, timeout=ANSWER_SECONDS)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class NamedConnection(http.client.HTTPSConnection):
    """HTTPS to an address whose certificate is for another name."""

    def __init__(self, host: str, port: int, name: str, trust: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=ANSWER_SECONDS, context=trust)
        self.name, self.trust = name, trust

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), ANSWER_SECONDS)
        self.sock = self.trust.wrap_socket(plain, server_hostname=self.name)


def ask_slot(path: Path, target: str, host: str) -> Answer:
    """Asks one slot of the application on its own socket, the way Nginx would pass the request on."""
    return _ask(lambda: UnixConnection(path, host), target, host, f"GET {target} (Host: {host}) over {path}")


def ask_nginx(health: Health, certificate: Path) -> Answer:
    """Asks through Nginx here, which must answer with the very `certificate` that was installed, good for its name."""
    url = urlsplit(health.url)
    host, port = url.hostname or "127.0.0.1", url.port or (443 if url.scheme == "https" else 80)
    asked = f"GET {health.url} (name {health.server_name})"

    def connection() -> http.client.HTTPConnection:
        if url.scheme == "https":
            return NamedConnection(host, port, health.server_name, _trust_itself(certificate))
        return http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)

    return _ask(connection, url.path or "/", health.server_name, asked)


def ask_web_host(address: str, name: str, path: str, host: str, authority: Path) -> Answer:
    """Asks an application host from outside, the way the balancer does: its certificate is for `name`."""
    asked = f"GET https://{address}:{WEB_PORT}{path} (name {name}, Host: {host})"
    return _ask(lambda: NamedConnection(address, WEB_PORT, name, _trust(authority)), path, host, asked)


def wanted(status: int, times: int, seconds: float) -> str:
    """What `until` waits for, in words."""
    in_a_row = f", {times} times in a row," if times > 1 else ""
    return f"{status}{in_a_row} within {seconds:g} s"


def until(ask: Ask, expect: int, times: int, seconds: float) -> tuple[bool, Answer]:
    """Asks until the expected status came `times` times in a row, for at most `seconds`.

    Returns whether it did, with the last answer; the last wrong one if it did not.
    """
    limit = time.monotonic() + seconds
    in_a_row = 0
    wrong: Answer | None = None
    while True:
        answer = ask()
        in_a_row = in_a_row + 1 if answer.status == expect else 0
        if in_a_row >= times:
            return True, answer
        wrong = wrong if in_a_row else answer
        if time.monotonic() >= limit:
            return False, wrong or answer
        time.sleep(PAUSE_WHEN_GOOD_SECONDS if in_a_row else PAUSE_SECONDS)


def _ask(connect: Callable[[], http.client.HTTPConnection], target: str, host: str, asked: str) -> Answer:
    began = time.monotonic()
    connection: http.client.HTTPConnection | None = None
    try:
        connection = connect()
        headers = {"Host": host, "X-Forwarded-Proto": "https", "User-Agent": AGENT, "Connection": "close"}
        connection.request("GET", target, headers=headers)
        response = connection.getresponse()
        body = response.read1(BODY_BYTES).decode("utf-8", "replace")
        status, text = response.status, f"{response.reason}: {' '.join(body.split())!r}"
    except (OSError, http.client.HTTPException) as error:
        status, text = 0, f"no answer: {type(error).__name__}: {error}"
    finally:
        if connection is not None:
            connection.close()
    return Answer(asked, status, text, time.monotonic() - began)


def _trust_itself(certificate: Path) -> ssl.SSLContext:
    """Trusts the first certificate of the file and no other: whoever signed it may be unknown to this host."""
    leaf = certificate.read_text("ascii").partition(PEM_END)[0] + PEM_END + "\n"
    context = ssl.create_default_context(cadata=leaf)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _trust(authority: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority))
    # Newer Pythons ask more of an authority's form than Nginx and OpenSSL do, who are stood in for here.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
