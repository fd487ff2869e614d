"""Has Nginx read its files anew without losing a request of those who keep their connections."""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ..base.contract import LIMITS, PATHS
from ..base.durable import remove_file
from ..base.errors import HostError, fault
from ..base.paths import Paths
from ..units import systemd
from .nginx_unit import UNIT

# While this file is there, each answer closes its connection where one of the rules says so: on a balancer, and on a host
# behind the balancer of a cloud.
CLOSING = PATHS["closingFlag"]
CLOSING_RULES = (PATHS["closingRule"], PATHS["hostClosingRule"])
CLOSING_SECONDS = LIMITS["closingSeconds"]
# When a host has to leave the list that does not answer: each second costs requests.
HURRY_SECONDS = 1
PID = "/run/portico-nginx/nginx.pid"
MASTER = b"nginx: master process"
WORKER = b"nginx: worker process"
WORKER_SECONDS = 10


def reload(paths: Paths, send_reload: Callable[[], None], closing_seconds: float = CLOSING_SECONDS) -> None:
    """Calls `send_reload`, which has Nginx reload, and waits until only workers with the new settings accept connections.

    Old workers close idle connections at once, and a request that is on its way on one is lost. So where others keep
    their connections Nginx closes each after its answer for a moment before, after which none that is in use is idle. Raises `HostError`
    when Nginx did not take the files: a reload reports success whatever Nginx makes of it.
    """
    before = workers(paths)
    with closing(paths, closing_seconds):
        send_reload()
        limit = time.monotonic() + WORKER_SECONDS
        while not _replaced(before, workers(paths)):
            if time.monotonic() > limit:
                got, allowed = "workers with the old settings", f"only new ones within {WORKER_SECONDS} s"
                raise HostError(fault("reload of Nginx", got, allowed, "see its log"))
            time.sleep(0.05)


def reload_nginx(paths: Paths) -> None:
    """By its unit. Raises `HostError` when Nginx did not take its files."""
    reload(paths, lambda: systemd.reload(UNIT))


def master(paths: Paths, file: str = PID) -> int | None:
    """The process that takes signals; None when Nginx does not run."""
    try:
        process = int(paths.live(file).read_text())
    except (OSError, ValueError):
        return None
    return process if title(process).startswith(MASTER) else None


def workers(paths: Paths) -> set[int]:
    """The workers that accept connections; those that only end what they began have another title."""
    process = master(paths)
    return set() if process is None else workers_of(process)


def workers_of(process: int) -> set[int]:
    """The same of one master."""
    try:
        numbers = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return set()
    return {int(number) for number in numbers if title(int(number)) == WORKER}


class Turn:
    """One writer of Nginx's files at a time: a release or the health check. Ends with the process at the latest."""

    def __init__(self) -> None:
        self._descriptor: int | None = None

    def take(self, folder: Path, wait_seconds: float = 0) -> bool:
        """Whether it is ours now, as it may have been. Without the folder there is nobody else to write."""
        if self._descriptor is not None or not folder.is_dir():
            return True
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        limit = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._descriptor = descriptor
                return True
            except BlockingIOError:
                if time.monotonic() >= limit:
                    os.close(descriptor)
                    return False
            time.sleep(0.05)

    def end(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


turn = Turn()


@contextlib.contextmanager
def closing(paths: Paths, seconds: float) -> Iterator[None]:
    flag = paths.live(CLOSING)
    if not any(paths.live(rule).exists() for rule in CLOSING_RULES) or not flag.parent.is_dir():
        yield
        return
    try:
        flag.touch()
        time.sleep(seconds)
        yield
    finally:
        remove_file(flag)


def _replaced(before: set[int], now: set[int]) -> bool:
    return bool(now) and not now & before


def title(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().rstrip(b"\0 ")
    except OSError:
        return b""
