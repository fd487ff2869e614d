"""Locks between several calls of bin/machine at once."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path


@contextlib.contextmanager
def locked(path: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[int]:
    """Hold an exclusive lock on `path` and give its descriptor.

    A child that is handed the descriptor (`pass_fds`) keeps the lock until it
    ends, so that work which outlives a killed caller is still waited for.
    `on_wait` is called once when another process holds the lock.
    """
    descriptor = _acquire(path, on_wait)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _acquire(path: Path, on_wait: Callable[[], None]) -> int:
    announced = False
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            continue  # the folder was removed between the two calls
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not announced:
                on_wait()
                announced = True
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_still_at(path, descriptor):
            return descriptor
        os.close(descriptor)  # the holder removed the file together with its folder


def _is_still_at(path: Path, descriptor: int) -> bool:
    try:
        there = os.stat(path)
    except FileNotFoundError:
        return False
    ours = os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)
