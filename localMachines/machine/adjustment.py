"""What of a machine can be changed while it runs: nobody who uses it shall notice."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

from ..base.processes import Process, children_of
from ..base.specs import MachineSpec
from .container import choose_cpus
from .disk import personalise
from .runners import Runner

SETTINGS = frozenset({"cpus", "memoryMegabytes", "authorizedKey", "hostPublicKey"})
KEYS = frozenset({"authorizedKey", "hostPublicKey"})
SSH_SERVER = "sshd"


def adjust(spec: MachineSpec, changed: set[str], process: Process, runner: Runner) -> None:
    """Give a running machine its new limits and keys; raises a Fault when it uses more than it is to have."""
    if "memoryMegabytes" in changed:
        runner.limit(spec)
    if "cpus" in changed:
        _spread(process.pid, choose_cpus(spec))
    if changed & KEYS:
        personalise(spec.folder / "root", spec)
        # It reads its host key once; who is logged in stays so.
        for server in _ssh_servers(process.pid):
            os.kill(server, signal.SIGHUP)


def _spread(top: int, cpus: set[int]) -> None:
    """What starts later inherits the processors of what starts it, so those above come first."""
    for pid in (top, *_descendants(top)):
        try:
            threads = [int(entry.name) for entry in Path(f"/proc/{pid}/task").iterdir()]
        except OSError:
            continue
        for thread in threads:
            try:
                os.sched_setaffinity(thread, cpus)
            except ProcessLookupError:
                pass


def _descendants(pid: int) -> Iterator[int]:
    for child in children_of(pid):
        yield child
        yield from _descendants(child)


def _ssh_servers(top: int) -> list[int]:
    """Those that listen: started by the machine's process 1, not by another server for one login."""
    leaders = children_of(top)
    return [pid for leader in leaders for pid in children_of(leader) if _name_of(pid) == SSH_SERVER]


def _name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
