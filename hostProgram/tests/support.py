"""Shared by the tests: a host in a temporary folder, and files for it."""

import contextlib
import grp
import hashlib
import io
import os
import pwd
import sys
import tempfile
import time
import unittest
from collections.abc import Iterator
from pathlib import Path

PROGRAM_FOLDER = str(Path(__file__).resolve().parent.parent)
# The tests run from wherever `unittest discover` is started.
sys.path.insert(0, PROGRAM_FOLDER)

from portico_host.base.context import Context
from portico_host.base.paths import Paths
from portico_host.base.report import Report
from portico_host.bundle.managed_file import ManagedFile
from portico_host.probes import probe

OWNER = pwd.getpwuid(os.getuid()).pw_name
GROUP = grp.getgrgid(os.getgid()).gr_name


class HostCase(unittest.TestCase):
    """Gives each test a host of its own below a temporary folder."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.paths = Paths(self.root)
        self.context = Context(Report("test"), self.paths)


class FakeClock:
    """Time that passes only while somebody sleeps: no test depends on how busy this computer is."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds

    def for_probes(self) -> probe.Clock:
        return probe.Clock(self.now, self.sleep)


def managed(path: str, content: bytes, effect: str = "none", mode: str = "0644") -> ManagedFile:
    return ManagedFile(path, mode, OWNER, GROUP, hashlib.sha256(content).hexdigest(), effect)


def wait_until(condition: object, seconds: float = 5) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if callable(condition) and condition():
            return True
        time.sleep(0.01)
    return False


@contextlib.contextmanager
def printed() -> Iterator[io.StringIO]:
    """What goes to standard error meanwhile."""
    text = io.StringIO()
    with contextlib.redirect_stderr(text):
        yield text
