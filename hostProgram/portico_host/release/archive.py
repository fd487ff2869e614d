"""Unpacks the archives of a release, and refuses whatever could reach outside of its folder."""

import gzip
import hashlib
import os
import posixpath
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import dropwhile
from pathlib import Path

from ..base.contract import FILES
from ..base.durable import remove_file
from ..base.errors import HostError, fault
from .checksums import file_digest
from .wheels import check_total

TOP_LEVEL = frozenset({"app", "locks", "wheels", FILES["releaseDescription"]})
# The name of a wheels archive ends with so many digits of the digest of its content.
NAME_DIGITS = 12
AGAIN = "run bin/up again, which copies it to the host anew"


class LostArchive(HostError):
    """An archive is not on this host, or not as it was copied: the deployer has to copy it again."""


def unpack(archive: Path, folder: Path, held_back: str) -> bytes:
    """Unpacks into the empty `folder`, all of it owned by root and writable by nobody else.

    The top-level file `held_back` is not written but returned: its presence is what makes the folder
    complete, so it is for the caller to write last. Raises `LostArchive` for a missing or damaged archive, and
    `HostError` for a member that is absolute, climbs up, is a device, or is a link to somewhere else, and for more
    than a host takes.
    """
    kept: bytes | None = None
    with _opened(archive) as members:
        for member in _checked(members):
            if member.name == held_back:
                kept = _read(members, member)
            else:
                _write(members, member, folder)
    if kept is None:
        raise HostError(fault("archive", f"no {held_back}", "a release archive", "build the release anew"))
    return kept


def unpack_wheels(archive: Path, folder: Path) -> None:
    """Unpacks `wheels/` into `folder`, the same way. The name of the archive says what has to be in it."""
    with _opened(archive) as members:
        for member in _checked(members):
            _write(members, member, folder)
    if not archive.stem.endswith(content_digest(folder, "wheels")[:NAME_DIGITS]):
        raise _damaged(archive, "other content than its name says")


def content_digest(folder: Path, below: str) -> str:
    """SHA-256 over path, mode and content of all files of a folder, as the deployer names an archive by it."""
    files = {str(path.relative_to(folder)): path for path in (folder / below).rglob("*") if path.is_file()}
    lines = [
        f"{files[name].stat().st_mode & 0o777:o} {file_digest(files[name]).hexdigest()} {name}\0"
        for name in sorted(files, key=str.encode)
    ]
    return hashlib.sha256(f"portico release archive 1\0{''.join(lines)}".encode()).hexdigest()


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    if not archive.is_file():
        raise LostArchive(fault("input.archive", archive, "a file on this host", AGAIN))
    try:
        with tarfile.open(archive) as members:
            yield members
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _damaged(archive, error) from None


def _damaged(archive: Path, why: object) -> LostArchive:
    remove_file(archive)
    return LostArchive(fault("archive", f"{archive.name} ({why}), now removed", "a whole archive", AGAIN))


def _checked(members: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Each member before it is written; all that came so far counts."""
    links: set[str] = set()
    size = 0
    for number, member in enumerate(members, 1):
        size += member.size
        check_total("archive", size, number)
        check_member(member, links)
        yield member


def check_member(member: tarfile.TarInfo, links: set[str]) -> None:
    """Raises `HostError` for a member that must not be unpacked; adds links to `links`."""
    name = member.name
    plain = posixpath.normpath(name)
    parts = plain.split("/")
    if name.startswith("/") or ".." in parts or parts[0] not in TOP_LEVEL:
        raise _refused(member, "paths below app/, locks/ and wheels/")
    if any("/".join(parts[:count]) in links for count in range(1, len(parts) + 1)):
        raise _refused(member, "no path that leads through a link")
    if member.issym():
        target = posixpath.normpath(posixpath.join(posixpath.dirname(plain), member.linkname))
        # Behind a name, which may be a link itself, `..` leads to another folder than it seems to.
        turns = ".." in dropwhile(("..", ".").__contains__, member.linkname.split("/"))
        if member.linkname.startswith("/") or turns or target.split("/")[0] != parts[0] or plain == parts[0]:
            raise _refused(member, "links that stay inside the folder")
        links.add(plain)
    elif not (member.isreg() or member.isdir()):
        raise _refused(member, "files, folders and symbolic links")


def _write(members: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    place = folder / posixpath.normpath(member.name)
    if member.isdir():
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    if member.issym():
        place.symlink_to(member.linkname)
        return
    source = members.extractfile(member)
    assert source is not None
    mode = 0o755 if member.mode & 0o111 else 0o644
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def _read(members: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    source = members.extractfile(member)
    if source is None:
        raise _refused(member, "a file")
    return source.read()


def _refused(member: tarfile.TarInfo, allowed: str) -> HostError:
    return HostError(fault("archive", f"member {member.name}", allowed, "build the release anew"))
