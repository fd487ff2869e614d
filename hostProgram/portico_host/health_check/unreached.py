"""Connections to hosts that cannot be reached any more: requests on them would wait for as long as any answer may take."""

from collections.abc import Sequence

from ..base.contract import PATHS
from ..base.durable import write_file
from ..base.paths import Paths
from .balanced_hosts import Host

# portico-unreached.path watches it; its service ends what the filter names (ss --kill).
FILTER = PATHS["unreachedHosts"]


def end_connections(paths: Paths, hosts: Sequence[Host]) -> None:
    """Has all connections of this machine to these hosts ended, so that Nginx sends what may be sent again to another host."""
    # A filter that names none would end all connections there are.
    if not hosts:
        return
    write_file(paths.live(FILTER), " or ".join(f"dst {host.server.split()[0]}" for host in hosts).encode() + b"\n")
