"""The control groups of a machine where systemd does not run this computer."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Hierarchy:
    """One mounted tree of control groups: `kind` is v2, memory (v1) or systemd (v1, no controller)."""

    kind: str
    mount: Path


def hierarchies(mountinfo: str) -> list[Hierarchy]:
    """The trees that a machine has to do with, from the text of /proc/self/mountinfo."""
    found = []
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        mount, (kind, _, options) = Path(left.split()[4]), right.split(maxsplit=2)
        names = options.split(",")
        if kind == "cgroup2":
            found.append(Hierarchy("v2", mount))
        elif kind == "cgroup" and "memory" in names:
            found.append(Hierarchy("memory", mount))
        elif kind == "cgroup" and "name=systemd" in names:
            found.append(Hierarchy("systemd", mount))
    return found


class ControlGroup:
    """The group `portico-<identifier>` at the top of each tree, so that no caller's end takes it along."""

    def __init__(self, identifier: str, trees: list[Hierarchy] | None = None):
        known = hierarchies(Path("/proc/self/mountinfo").read_text()) if trees is None else trees
        self._name = f"portico-{identifier}"
        self._trees = {tree.kind: tree.mount for tree in known}

    def create(self, memory_megabytes: int) -> bool:
        """Make the group; False when this computer lets nobody limit memory."""
        limited = False
        size = str(memory_megabytes * 1024 * 1024)
        if mount := self._trees.get("v2"):
            self._delegate(mount)
            folder = mount / self._name
            folder.mkdir(exist_ok=True)
            limited = _set(folder / "memory.max", size)
        if not limited and (mount := self._trees.get("memory")):
            folder = mount / self._name
            try:
                folder.mkdir(exist_ok=True)
                limited = _set(folder / "memory.limit_in_bytes", size)
            except OSError:
                limited = False
        return limited

    def limit(self, memory_megabytes: int) -> bool:
        """Set another limit; False when the kernel refuses. True also where there is none, as it was at the start."""
        size = str(memory_megabytes * 1024 * 1024)
        files = {"v2": "memory.max", "memory": "memory.limit_in_bytes"}
        places = [self._trees[kind] / self._name / name for kind, name in files.items() if kind in self._trees]
        return all(_set(place, size) for place in places if place.is_file())

    def join(self) -> None:
        """Move the calling process in, and with it all that it starts."""
        for kind in ("v2", "memory"):
            if kind in self._trees and (folder := self._trees[kind] / self._name).is_dir():
                (folder / "cgroup.procs").write_text("0")

    def kill(self) -> None:
        """End every process in the group; returns when none is left."""
        limit = time.monotonic() + 10
        while (pids := list(self._processes())) and time.monotonic() < limit:
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.02)

    def remove(self) -> None:
        """Remove the group and the groups below it; absent is fine."""
        for folder in self._folders():
            for inner in sorted(folder.rglob("*/"), reverse=True):
                _remove_empty(inner)
            _remove_empty(folder)

    def _folders(self) -> list[Path]:
        return [folder for mount in self._trees.values() if (folder := mount / self._name).is_dir()]

    def _processes(self) -> Iterator[int]:
        for folder in self._folders():
            for path in folder.rglob("cgroup.procs"):
                try:
                    # Number 0 stands for processes of another process namespace.
                    yield from (pid for pid in map(int, path.read_text().split()) if pid)
                except OSError:
                    continue

    def _delegate(self, mount: Path) -> None:
        """Let the groups below the top use the controllers that can be had."""
        for controller in ("cpu", "io", "memory", "pids"):
            _set(mount / "cgroup.subtree_control", f"+{controller}")


def _set(path: Path, value: str) -> bool:
    try:
        path.write_text(value)
    except OSError:
        return False
    return True


def _remove_empty(folder: Path) -> None:
    for _ in range(50):
        try:
            folder.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.02)  # the last process is on its way out
