"""Checks hosts the way Nginx reaches them: over TLS, by the authority and with the certificate that Nginx has."""

import asyncio
import ssl
import time
from dataclasses import dataclass

from ..base.paths import Paths
from ..nginx.front import AUTHORITY, CLIENT
from ..probes.probe import AGENT, HEALTH_HOST, HEALTH_PATH, WEB_PORT, trust
from .balanced_hosts import Host

# For connection, handshake and answer together.
SECONDS = 2
LINE_BYTES = 4096


@dataclass(frozen=True)
class Result:
    """`text` says what came back, or what did not; `reached` whether anything did: a host may be up and answer late.

    `names` are those in its certificate, which is for its address; None where no handshake was done.
    """

    fine: bool
    text: str
    reached: bool = True
    names: tuple[str, ...] | None = None


async def check_all(paths: Paths, hosts: tuple[Host, ...]) -> list[Result]:
    """Checks all at once; none of them makes another one late."""
    # Read each time: they change with a release.
    authority = trust(paths.live(f"/{AUTHORITY}"), paths.live(f"/{CLIENT}"))
    return list(await asyncio.gather(*(check(host.address, authority) for host in hosts)))


@dataclass
class Handshake:
    """`names` once it is done."""

    names: tuple[str, ...] | None = None


async def check(address: str, authority: ssl.SSLContext, port: int = WEB_PORT) -> Result:
    began = time.monotonic()
    shaken = Handshake()
    try:
        status = await asyncio.wait_for(_status(address, port, authority, shaken), SECONDS)
    except (asyncio.TimeoutError, TimeoutError):
        return Result(False, f"no answer within {SECONDS} s", shaken.names is not None, shaken.names)
    except (OSError, ValueError, asyncio.LimitOverrunError) as error:
        text = f"no answer: {type(error).__name__}: {error} (after {time.monotonic() - began:.1f} s)"
        return Result(False, text, names=shaken.names)
    return Result(status == 200, f"{status} (after {time.monotonic() - began:.1f} s)", names=shaken.names)


async def _status(address: str, port: int, authority: ssl.SSLContext, shaken: Handshake) -> int:
    # The address, not the name that Nginx verifies: a certificate for it is that of this host, whichever names it has.
    reader, writer = await asyncio.open_connection(
        address, port, ssl=authority, server_hostname=address, limit=LINE_BYTES
    )
    shown = writer.get_extra_info("peercert")["subjectAltName"]
    shaken.names = tuple(name for kind, name in shown if kind == "DNS")
    try:
        # Not the address: that of a balancer is a name of the site, whose paths are the application's.
        lines = [
            f"GET {HEALTH_PATH} HTTP/1.1",
            f"Host: {HEALTH_HOST}",
            f"User-Agent: {AGENT}",
            "Connection: close",
            "",
            "",
        ]
        writer.write("\r\n".join(lines).encode())
        words = (await reader.readline()).split()
        if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
            raise ValueError("the connection ended, or what came back is no HTTP")
        return int(words[1])
    finally:
        # Without a TLS shutdown: a host that does not answer would not take part in it.
        writer.transport.abort()
