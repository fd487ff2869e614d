"""Writes that are whole or absent, also after a kill or a power cut."""

import contextlib
import json
import os
import shutil
from pathlib import Path
from typing import Any


def write_file(
    path: Path, data: bytes, mode: int = 0o644, owner: int = -1, group: int = -1, *, synced: bool = True
) -> None:
    """Puts `data` at `path` in one rename; nobody ever reads a part of it or with a wider mode.

    `synced=False` is for one of many files: whoever calls has all of them on the disk, by one `os.sync`, before they count.
    """
    new = sibling(path)
    with contextlib.suppress(FileNotFoundError):
        new.unlink()
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        # Not even called where it changes nothing: a sandbox may end the caller.
        if (owner, group) != (-1, -1):
            os.fchown(descriptor, owner, group)
        os.fchmod(descriptor, mode)
        if synced:
            stream.flush()
            os.fsync(descriptor)
    os.replace(new, path)
    if synced:
        sync_folder(path.parent)


def write_json(path: Path, value: Any, mode: int = 0o600) -> None:
    write_file(path, (json.dumps(value, indent=1, sort_keys=True) + "\n").encode(), mode)


def write_changed(path: Path, text: str) -> None:
    """Puts `text` at `path`, unless it is there already."""
    if read_text(path) != text:
        write_file(path, text.encode())


def read_text(path: Path) -> str | None:
    """What the file holds; None when there is no such file."""
    return path.read_text() if path.is_file() else None


def read_json(path: Path) -> Any | None:
    """The value in the file; None when there is no such file."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None


def link(path: Path, target: str) -> None:
    """Makes the symbolic link `path` lead to `target` without a moment in which it is missing."""
    new = sibling(path)
    with contextlib.suppress(FileNotFoundError):
        new.unlink()
    os.symlink(target, new)
    os.replace(new, path)
    sync_folder(path.parent)


def make_folder(path: Path, mode: int = 0o755) -> None:
    """Makes a folder of ours and sets its mode whatever the umask is."""
    make_parents(path / "any")
    if path.stat().st_mode & 0o7777 != mode:
        path.chmod(mode)


def make_parents(path: Path) -> None:
    """Makes the missing folders above `path`, open to readers; those that are there stay as they are."""
    missing = [folder for folder in path.parents if not folder.is_dir()]
    for folder in reversed(missing):
        folder.mkdir()
        folder.chmod(0o755)


def remove_folder(path: Path) -> None:
    """Removes a folder and all in it; one that is not there is fine."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path)


def remove_file(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


def sibling(path: Path) -> Path:
    """The name under which the next content is prepared; ends in no suffix that an include matches."""
    return path.with_name(f".{path.name}.portico-new")


def sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
