"""One call at a time on a host."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator

from .context import Context
from .durable import make_folder
from .errors import LockBusyError, fault

WAIT_SECONDS = 120
PAUSE_SECONDS = 0.2


@contextlib.contextmanager
def held(context: Context, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Holds the host's lock. The kernel frees it when its holder dies, however that happens.

    Raises `LockBusyError`, which names the holder, when it is not free within `wait_seconds`.
    """
    path = context.paths.state / "lock"
    make_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(context, descriptor, wait_seconds)
        holder = {
            "pid": os.getpid(),
            "command": context.report.command,
            "since": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _acquire(context: Context, descriptor: int, wait_seconds: float) -> None:
    limit = time.monotonic() + wait_seconds
    announced = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            holder = _holder(descriptor)
        if time.monotonic() >= limit:
            allowed = f"a host that is free within {wait_seconds:g} s"
            raise LockBusyError(
                fault("lock", f"held by {holder}", allowed, "wait for that call to end, then run again")
            )
        if not announced:
            context.step(f"waiting for {holder}")
            announced = True
        time.sleep(PAUSE_SECONDS)


def _holder(descriptor: int) -> str:
    try:
        value = json.loads(os.pread(descriptor, 4096, 0))
        return f"`{value['command']}`, process {value['pid']}, since {value['since']}"
    except (ValueError, KeyError, TypeError):
        return "a call that has only just begun"
