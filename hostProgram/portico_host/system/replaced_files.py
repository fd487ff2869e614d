"""Programs and libraries that an update of a package replaced while processes run from them: these hold what was there before."""

import re
from collections.abc import Iterator
from pathlib import Path

from ..base.paths import Paths

# What a process runs code from, where packages put it, and which no name leads to any more.
REPLACED = re.compile(rb"^\S+ ..x\S \S+ \S+ \d+ +(/(?:usr/)?(?:bin|sbin|lib\w*)/.+) \(deleted\)$", re.MULTILINE)
# The first one: what lies below it in a service manager of a user is that user's.
SERVICE = re.compile(r"/([^/\n]+\.service)(?=/|$)", re.MULTILINE)


def held_by(paths: Paths, process: int) -> set[str]:
    """Names of the replaced files that a process runs from; none of one that ended."""
    try:
        maps = paths.live(f"/proc/{process}/maps").read_bytes()
    except OSError:
        return set()
    return {Path(found.decode(errors="replace")).name for found in REPLACED.findall(maps)}


def by_service(paths: Paths) -> dict[str, set[str]]:
    """Services of which a process runs from replaced files, with the names of these."""
    found: dict[str, set[str]] = {}
    for process in _processes(paths):
        held = held_by(paths, process)
        service = _service(paths, process) if held else None
        if service is not None:
            found.setdefault(service, set()).update(held)
    return found


def _processes(paths: Paths) -> Iterator[int]:
    yield from (int(entry.name) for entry in paths.live("/proc").glob("[0-9]*") if entry.name.isdigit())


def _service(paths: Paths, process: int) -> str | None:
    try:
        found = SERVICE.search(paths.live(f"/proc/{process}/cgroup").read_text())
    except OSError:
        return None
    return found[1] if found else None
