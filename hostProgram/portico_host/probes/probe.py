"""Requests over HTTP, as whoever depends on the answer would send them."""

import http.client
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ..base.contract import HEALTH, NAMES, PORTS
from ..bundle.description import Health

ANSWER_SECONDS = 5
PAUSE_SECONDS = 0.25
# Only so that a server which answers is not asked in one burst: what falls over after its first answers is found by the rehearsal.
PAUSE_WHEN_GOOD_SECONDS = 0.02
BODY_BYTES = 400
AGENT = "portico-host"
WEB_PORT = PORTS["web"]
# The name that all application hosts share in the private authority's certificates.
WEB_NAME = NAMES["webServer"]
# Every host answers it for its application, whatever path of that is the right one, under any name that is no site's.
HEALTH_PATH = HEALTH["path"]
HEALTH_HOST = HEALTH["host"]
PEM_END = "-----END CERTIFICATE-----"


@dataclass(frozen=True)
class Answer:
    """What came back: a status code with the start of the body, or a status of 0 with what went wrong."""

    request: str
    status: int
    text: str
    seconds: float

    def describe(self) -> str:
        what = f"{self.status} {self.text}" if self.status else self.text
        return f"{what} (after {self.seconds:.2f} s)"

    def evidence(self) -> list[str]:
        """The lines that explain a failure: the request and the answer."""
        return [f"request: {self.request}", f"answer: {self.describe()}"]


Send = Callable[[], Answer]


@dataclass(frozen=True)
class Clock:
    """What `until` counts by; tests have one that goes on only when they advance it."""

    now: Callable[[], float]
    sleep: Callable[[float], None]


CLOCK = Clock(time.monotonic, time.sleep)


@dataclass(frozen=True)
class Expected:
    """Which statuses are good, where that is not one alone."""

    words: str
    holds: Callable[[int], bool]


# An application answered, whatever it said: a refusal of the way's parts is 5xx, 421, or no answer at all.
REACHED = Expected("an answer of the application below 500", lambda status: 0 < status < 500 and status != 421)


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

    def __init__(self, host: str, port: int, name: str, trust: ssl.SSLContext, seconds: float = ANSWER_SECONDS) -> None:
        super().__init__(host, port, timeout=seconds, context=trust)
        self.name, self.trust = name, trust

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), self.timeout)
        self.sock = self.trust.wrap_socket(plain, server_hostname=self.name)


def request_slot(path: Path, target: str, host: str) -> Answer:
    """A request to one slot of the application on its own socket, the way Nginx would pass it on."""
    return _request(lambda: UnixConnection(path, host), target, host, f"GET {target} (Host: {host}) over {path}")


def request_nginx(health: Health, certificate: Path, seconds: float = ANSWER_SECONDS) -> Answer:
    """A request through Nginx here, which must present the very `certificate` that was installed, good for its name."""
    url = urlsplit(health.url)
    host, port = url.hostname or "127.0.0.1", url.port or (443 if url.scheme == "https" else 80)
    named = health.host or health.server_name
    request = f"GET {health.url} (name {health.server_name}{f', Host: {health.host}' if health.host else ''})"

    def connection() -> http.client.HTTPConnection:
        if url.scheme == "https":
            return NamedConnection(host, port, health.server_name, _trust_itself(certificate), seconds)
        return http.client.HTTPConnection(host, port, timeout=seconds)

    return _request(connection, url.path or "/", named, request)


def request_web_host(address: str, path: str, host: str, authority: Path, client: Path) -> Answer:
    """A request to an application host from outside, as the balancer's, with its certificate `client`.

    The host's own is by `authority` and for its `address`: all hosts share a name, and no two an address.
    """
    request = f"GET https://{address}:{WEB_PORT}{path} (Host: {host})"
    return _request(lambda: NamedConnection(address, WEB_PORT, address, trust(authority, client)), path, host, request)


def wanted(expect: int | Expected, times: int, seconds: float) -> str:
    """What `until` waits for, in words."""
    in_a_row = f", {times} times in a row," if times > 1 else ""
    return f"{expect.words if isinstance(expect, Expected) else expect}{in_a_row} within {seconds:g} s"


def until(send: Send, expect: int | Expected, times: int, seconds: float) -> tuple[bool, Answer]:
    """Repeats a request until the expected status came `times` times in a row, for at most `seconds`.

    Returns whether it did, with the last answer; the last wrong one if it did not.
    """
    clock = CLOCK
    limit = clock.now() + seconds
    in_a_row = 0
    wrong: Answer | None = None
    while True:
        answer = send()
        in_a_row = in_a_row + 1 if _fits(answer.status, expect) else 0
        if in_a_row >= times:
            return True, answer
        wrong = wrong if in_a_row else answer
        if clock.now() >= limit:
            return False, wrong or answer
        clock.sleep(PAUSE_WHEN_GOOD_SECONDS if in_a_row else PAUSE_SECONDS)


def _fits(status: int, expect: int | Expected) -> bool:
    return expect.holds(status) if isinstance(expect, Expected) else status == expect


def _request(connect: Callable[[], http.client.HTTPConnection], target: str, host: str, request: str) -> Answer:
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
    return Answer(request, status, text, time.monotonic() - began)


def _trust_itself(certificate: Path) -> ssl.SSLContext:
    """Trusts the first certificate of the file and no other: whoever signed it may be unknown to this host."""
    leaf = certificate.read_text("ascii").partition(PEM_END)[0] + PEM_END + "\n"
    context = ssl.create_default_context(cadata=leaf)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def trust(authority: Path, client: Path) -> ssl.SSLContext:
    """Trusts this authority alone, and shows the certificate of the file `client`, if there is one, by the key in it."""
    context = ssl.create_default_context(cafile=str(authority))
    # Newer Pythons require more of an authority's form than Nginx and OpenSSL do, in whose place this is.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if client.exists():
        context.load_cert_chain(client)
    return context
