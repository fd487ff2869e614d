"""Ports that other hosts reach: those of the role and of sshd, on a machine of the stack no others."""

import ipaddress
import os
import re
import socket
import struct
from collections.abc import Collection, Iterator
from pathlib import Path

from ..base.context import Context
from ..base.processes import run
from ..state.plan import Plan
from .difference import Difference

ESTABLISHED, LISTENING = "01", "0A"
TABLES = (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6))
SSH_PORT = 22


def find(context: Context, plan: Plan) -> Iterator[Difference]:
    listens = plan.description.listens
    if listens is None:
        return
    open_ports = listening(context.paths.live("/proc/net"))
    for port in sorted(set(listens.ports) - open_ports.keys()):
        yield Difference(f"port {port}", "nobody listens", "Nginx listens")
    strange = open_ports.keys() - set(listens.ports) - ssh_ports()
    if strange and listens.only_ones:
        holders = processes_of({inode for port in strange for inode in open_ports[port]})
        for port in sorted(strange):
            names = sorted({holders.get(inode, "a process that ended") for inode in open_ports[port]})
            advice = f"see ss -ltnp sport = :{port}; end it, or let it listen on 127.0.0.1"
            yield Difference(f"port {port}", f"{', '.join(names)} listens", "no listener", "nobody", advice)


def listening(folder: Path) -> dict[int, set[str]]:
    """Inodes of the sockets by port; those that only this host reaches are left out."""
    return _sockets(folder, LISTENING)


def connected(folder: Path, ports: Collection[int]) -> bool:
    """Whether another host has a connection to one of the ports."""
    return bool(set(ports) & _sockets(folder, ESTABLISHED).keys())


def _sockets(folder: Path, state: str) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for name, family in TABLES:
        try:
            lines = (folder / name).read_text().splitlines()[1:]
        except FileNotFoundError:
            continue
        for fields in map(str.split, lines):
            address, port = fields[1].rsplit(":", 1)
            if fields[3] == state and not is_loopback(address, family):
                found.setdefault(int(port, 16), set()).add(fields[9])
    return found


def is_loopback(address: str, family: socket.AddressFamily) -> bool:
    """The kernel prints an address as words in the byte order of the processor."""
    words = [int(address[start : start + 8], 16) for start in range(0, len(address), 8)]
    parsed = ipaddress.ip_address(socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words)))
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback


def ssh_ports() -> set[int]:
    done = run(["sshd", "-T"], check=False)
    return {int(found) for found in re.findall(r"^port (\d+)$", done.stdout, re.MULTILINE)} or {SSH_PORT}


def processes_of(inodes: set[str]) -> dict[str, str]:
    """Names of the processes that hold sockets, by inode."""
    found: dict[str, str] = {}
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            for descriptor in os.listdir(process / "fd"):
                inode = wanted.get(os.readlink(process / "fd" / descriptor))
                if inode is not None:
                    found[inode] = f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:
            continue
    return found
