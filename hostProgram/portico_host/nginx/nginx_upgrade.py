"""Nginx from the files that are on the disk now: another master takes over the sockets, and the old one ends what it began."""

import os
import signal
import time
from collections.abc import Callable

from ..base.errors import HostError, fault
from ..base.paths import Paths
from ..system import replaced_files
from . import nginx_reload

# Where an old master leaves its number while the new one has the file.
OLD_PID = f"{nginx_reload.PID}.oldbin"
# In the title of a master that a unit of before started: as a child of process 1 it takes no signal to hand over.
BOUND = b"daemon off;"
SECONDS = 20
PAUSE_SECONDS = 0.05


def is_outdated(paths: Paths) -> bool:
    """Whether what accepts connections runs from replaced files; also where a call was killed while one took over."""
    master = nginx_reload.master(paths)
    if master is None:
        return False
    return bool(replaced_files.held_by(paths, master)) or _accepts(nginx_reload.master(paths, OLD_PID))


def can_upgrade(paths: Paths) -> bool:
    master = nginx_reload.master(paths)
    return master is not None and BOUND not in nginx_reload.title(master)


def upgrade(paths: Paths) -> None:
    """Returns when the new master's workers alone accept connections. Raises `HostError`, the old one serving, when none came."""
    old = nginx_reload.master(paths)
    assert old is not None
    with nginx_reload.closing(paths, nginx_reload.CLOSING_SECONDS):
        if replaced_files.held_by(paths, old):
            os.kill(old, signal.SIGUSR2)
            _await(lambda: nginx_reload.master(paths) not in (None, old) and bool(nginx_reload.workers(paths)))
        former = nginx_reload.master(paths, OLD_PID)
        if former is not None:
            os.kill(former, signal.SIGQUIT)
            _await(lambda: not _accepts(former))


def _accepts(master: int | None) -> bool:
    return master is not None and bool(nginx_reload.workers_of(master))


def _await(reached: Callable[[], bool]) -> None:
    limit = time.monotonic() + SECONDS
    while not reached():
        if time.monotonic() > limit:
            got, allowed = "no workers of a new master alone", f"them within {SECONDS} s"
            raise HostError(fault("upgrade of Nginx", got, allowed, "see its log"))
        time.sleep(PAUSE_SECONDS)
