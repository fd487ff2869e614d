"""A file on the host that this program owns: its description and its state on disk."""

import contextlib
import grp
import hashlib
import os
import posixpath
import pwd
import stat
from dataclasses import asdict, dataclass
from typing import Any

from .durable import make_parents, remove_file, sibling, write_file
from .errors import HostError, UsageError, fault
from .paths import Paths
from .values import MODE, NAME, Fields

EFFECTS = frozenset({"nginx", "nginxUnit", "appUnit", "app", "systemd", "sysctl", "sshd", "tmpfiles", "none"})
REVISION_FOLDER = "/opt/portico/revision/"


@dataclass(frozen=True, order=True)
class ManagedFile:
    """What a file has to be. `effect` names what has to happen once it has changed."""

    path: str
    mode: str
    owner: str
    group: str
    sha256: str
    effect: str

    @staticmethod
    def read(fields: Fields, sha256: str | None = None) -> "ManagedFile":
        """From JSON; raises `UsageError` for a path that is not plain or an effect that is not known."""
        path = fields.text("path")
        effect = fields.text("effect")
        if not path.startswith("/") or posixpath.normpath(path) != path or path == "/":
            raise UsageError(fault(f"{fields.where}.path", path, "an absolute path without . and ..", "build it anew"))
        if effect not in EFFECTS:
            raise UsageError(fault(f"{fields.where}.effect", effect, ", ".join(sorted(EFFECTS)), "build it anew"))
        return ManagedFile(
            path=path,
            mode=fields.text("mode", MODE),
            owner=fields.text("owner", NAME),
            group=fields.text("group", NAME),
            sha256=sha256 or fields.text("sha256"),
            effect=effect,
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def of_revision(self) -> bool:
        """Whether it is no file of its own but a part of each revision of the application."""
        return self.effect == "app"


def difference(paths: Paths, file: ManagedFile) -> str | None:
    """In what way the file on disk is not what it has to be; None when it is."""
    path = paths.live(file.path)
    try:
        facts = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    if not stat.S_ISREG(facts.st_mode):
        return "not a regular file"
    if hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
        return "changed content"
    if f"0{stat.S_IMODE(facts.st_mode):03o}" != file.mode:
        return f"mode 0{stat.S_IMODE(facts.st_mode):03o} instead of {file.mode}"
    if (facts.st_uid, facts.st_gid) != owner_of(file):
        return f"owner {facts.st_uid}:{facts.st_gid} instead of {file.owner}:{file.group}"
    return None


def install(paths: Paths, file: ManagedFile, content: bytes) -> None:
    """Puts the file in place, whole or not at all."""
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise HostError(fault(file.path, "other content than the bundle names", "the listed SHA-256", "build it anew"))
    path = paths.live(file.path)
    make_parents(path)
    uid, gid = owner_of(file)
    write_file(path, content, int(file.mode, 8), uid, gid)


def remove(paths: Paths, path: str) -> None:
    """Removes a file that is managed no more, and the folders of ours that it leaves empty."""
    place = paths.live(path)
    remove_file(place)
    remove_file(sibling(place))
    folder = place.parent
    while folder.is_relative_to(paths.live("/etc/portico")) or (
        folder.parent == paths.units and folder.name.endswith(".d")
    ):
        with contextlib.suppress(OSError):
            os.rmdir(folder)
        folder = folder.parent


def owner_of(file: ManagedFile) -> tuple[int, int]:
    """The numbers of owner and group; raises `HostError` when the host does not know them."""
    try:
        return pwd.getpwnam(file.owner).pw_uid, grp.getgrnam(file.group).gr_gid
    except KeyError:
        got = f"owner {file.owner}:{file.group}"
        raise HostError(fault(file.path, got, "a user and group of this host", "install their package")) from None
