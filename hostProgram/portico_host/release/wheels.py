"""What a wheel may be before pip, which runs as root, gets it: of bounded size, and with no name that leads elsewhere."""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ..base.contract import LIMITS
from ..base.errors import HostError, fault

ENTRY_POINTS = "entry_points.txt"
SCRIPTS = ("console_scripts", "gui_scripts")
REMEDY = "take the package out of the lock, and tell who publishes it"


def check_wheels(folder: Path) -> None:
    """Raises `HostError` for the first wheel that must not be installed. Nothing is unpacked for it."""
    size = members = 0
    for wheel in sorted(folder.glob("*.whl")):
        try:
            with zipfile.ZipFile(wheel) as archive:
                infos = archive.infolist()
                size, members = size + sum(info.file_size for info in infos), members + len(infos)
                check_total("wheels", size, members)
                for info in infos:
                    _check_member(wheel, info)
                    if PurePosixPath(info.filename).name == ENTRY_POINTS:
                        _check_scripts(wheel, _text(archive, wheel, info))
        except zipfile.BadZipFile as error:
            raise HostError(fault(wheel.name, error, "a zip file", "build the release anew")) from None


def check_total(what: str, size: int, members: int) -> None:
    """Raises `HostError` when what an archive says of itself is more than a host takes."""
    most_size, most_members = LIMITS["releaseUnpackedBytes"], LIMITS["releaseMembers"]
    if size > most_size or members > most_members:
        got = f"{size} bytes in {members} files and folders, unpacked"
        allowed = f"at most {most_size} bytes in {most_members}"
        raise HostError(fault(what, got, allowed, "leave out what the application does not need"))


def _check_member(wheel: Path, info: zipfile.ZipInfo) -> None:
    name = info.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/"):
        raise _refused(wheel, info.filename, "paths inside of the wheel")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refused(wheel, info.filename, "files and folders, no links or devices")


def _text(archive: zipfile.ZipFile, wheel: Path, info: zipfile.ZipInfo) -> str:
    most = LIMITS["wheelMetadataBytes"]
    if info.file_size > most:
        raise _refused(wheel, f"{info.filename} of {info.file_size} bytes", f"at most {most}")
    return archive.read(info).decode(errors="replace")


def _check_scripts(wheel: Path, text: str) -> None:
    """pip writes a program for each, at the path that its name is: `../../etc/cron.daily/x` would be written, too."""
    for name in _script_names(text):
        if "/" in name or "\\" in name:
            raise _refused(wheel, f"the program {name}", "names without a slash")


def _script_names(text: str) -> Iterator[str]:
    of_scripts = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            of_scripts = any(group in line for group in SCRIPTS)
        elif of_scripts:
            yield line.partition("=")[0].strip()


def _refused(wheel: Path, got: str, allowed: str) -> HostError:
    return HostError(fault(wheel.name, got, allowed, REMEDY))
