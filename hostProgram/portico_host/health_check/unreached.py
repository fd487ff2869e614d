"""Connections to hosts that cannot be reached any more: requests on them would wait for as long as any answer may take."""

from collections.abc import Iterable

from ..base.contract import PATHS
from ..base.durable import write_file
from ..base.paths import Paths
from .balanced_hosts import Host

# portico-unreached.path watches it; its service ends what the filter names (ss --kill).
FILTER = PATHS["unreachedHosts"]


def end_connections(paths: Paths, hosts: Iterable[Host]) -> None:
    """Has all connections of this machine to these hosts ended, so that Nginx sends what may be sent again to another host."""
    write_file(paths.live(FILTER), " or ".join(f"dst {host.server.split()[0]}" for host in hosts).encode() + b"\n")
