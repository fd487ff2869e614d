"""What a wheel may be before pip gets it, as its own list of files says: of bounded size, and with no path that leads elsewhere."""

import stat
import zipfile
from pathlib import Path

from ..base.contract import LIMITS
from ..base.errors import HostError, fault

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


def _refused(wheel: Path, got: str, allowed: str) -> HostError:
    return HostError(fault(wheel.name, got, allowed, REMEDY))
