"""The name in a host's certificate that Nginx verifies: its own one.

A host that went back to a release from before has a certificate with the name alone that all hosts share. Nginx
verifies that one then, once the health check has seen that the certificate is for this very host's address (ADR 0027).
"""

import ipaddress
import re
from collections.abc import Collection

from ..base.contract import NAMES, PATHS, PORTS
from ..base.durable import read_text, write_changed
from ..base.paths import Paths
from .balanced_hosts import Host

PLACE = PATHS["hostNames"]
FILE = PLACE.rpartition("/")[2]
SHARED = NAMES["webServer"]


def own(host: str) -> str:
    return f"{host}.{SHARED}"


def text(hosts: tuple[Host, ...], shared: Collection[str]) -> str:
    """The names by the address that Nginx speaks to: the last one of those that it tried for a request."""
    lines = (
        f'"~(?:^|[ ,]){_pattern(host.address)}$" {SHARED if host.name in shared else own(host.name)};' for host in hosts
    )
    return "\n".join([f"# Written by {NAMES['healthCheckUnit']}.", *lines, ""])


def current(paths: Paths) -> str | None:
    """The names as they are; None before the first ones."""
    return read_text(paths.live(PLACE))


def write(paths: Paths, content: str) -> None:
    write_changed(paths.live(PLACE), content)


def _pattern(address: str) -> str:
    """As Nginx writes an address with its port, IPv6 in its shortest form."""
    known = ipaddress.ip_address(address)
    shown = f"[{known.compressed}]" if known.version == 6 else str(known)
    return re.escape(f"{shown}:{PORTS['web']}")
