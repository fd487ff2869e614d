"""Checksums of a folder that never changes once it is complete: written down then, and compared later."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..base.durable import write_json
from ..state.state_file import FORMAT, Reader, load

LIST = "contents.json"
REMEDY = "remove it: the next stage writes a new one"


def write_checksums(folder: Path, **to_come: bytes) -> None:
    """Names every file with its hash and mode, and every link with its target; also those that are still `to_come`."""
    found = {path: _describe(folder / path) for path in _paths(folder)}
    found |= {name: _line(hashlib.sha256(data), 0o644) for name, data in to_come.items()}
    seen = {path: _glance(folder / path) for path in found if path not in to_come}
    write_json(folder / LIST, {"format": FORMAT, "files": found, "seen": seen})


def changes(folder: Path) -> list[tuple[Path, str, str]] | None:
    """Path, what is there and what was, of each file that is not as it was; None where nothing was written down.

    A file whose inode the kernel has not touched since is not read again: whoever can hide that can hide all else.
    """
    value = load(folder / LIST, REMEDY)
    if value is None:
        return None
    reader = Reader(folder / LIST, value, REMEDY)
    before: dict[str, Any] = reader.get("files")
    seen: dict[str, Any] = reader.get("seen", {})
    now = {}
    for path in _paths(folder):
        untouched = path in before and seen.get(path) == _glance(folder / path)
        now[path] = before[path] if untouched else _describe(folder / path)
    paths = sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
    return [(folder / path, now.get(path, "missing"), before.get(path, "no such file")) for path in paths]


def _paths(folder: Path) -> Iterator[str]:
    """All files and links, relative to the folder; the list itself is none of them."""
    for parent, folders, names in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        for name in [*names, *links]:
            path = os.path.relpath(os.path.join(parent, name), folder)
            if path != LIST:
                yield path


def _glance(path: Path) -> list[int]:
    """Changes with each change of content, mode, owner or name, whatever its times are set to."""
    facts = path.lstat()
    return [facts.st_ino, facts.st_size, facts.st_ctime_ns]


def _describe(path: Path) -> str:
    if path.is_symlink():
        return f"link to {os.readlink(path)}"
    return _line(file_digest(path), path.stat().st_mode)


def file_digest(path: Path) -> Any:
    """SHA-256 of a file that may be larger than the memory."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest


def _line(digest: Any, mode: int) -> str:
    return f"content {digest.hexdigest()}, mode {stat.S_IMODE(mode):04o}"
