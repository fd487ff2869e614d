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

from ..base.contract import EFFECTS, PATHS
from ..base.durable import make_parents, remove_file, sibling, write_file
from ..base.errors import HostError, UsageError, fault
from ..base.paths import Paths
from ..base.values import MODE, NAME, Fields

# A file that a program on the host goes on writing: only owner and mode are the stack's, once it is there.
AGENT = "agent"
SHOWN_DIGITS = 12
REVISION_FOLDER = f"{PATHS['revision']}/"


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


@dataclass(frozen=True)
class Deviation:
    """What a file on the disk is, and what it should be. `of_content` says whether it has to be written."""

    found: str
    wanted: str
    of_content: bool


def difference(paths: Paths, file: ManagedFile) -> Deviation | None:
    """In what way the file on disk is not what it has to be; None when it is."""
    path = paths.live(file.path)
    try:
        facts = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return Deviation("missing", f"a file with mode {file.mode}", True)
    if not stat.S_ISREG(facts.st_mode):
        return Deviation("not a regular file", f"a file with mode {file.mode}", True)
    pairs = []
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    of_content = digest != file.sha256 and file.effect != AGENT
    if of_content:
        pairs.append((f"content {digest[:SHOWN_DIGITS]}", f"content {file.sha256[:SHOWN_DIGITS]}"))
    mode = stat.S_IMODE(facts.st_mode)
    if mode != int(file.mode, 8):
        pairs.append((f"mode {mode:04o}", f"mode {file.mode}"))
    if (facts.st_uid, facts.st_gid) != owner_of(file):
        pairs.append((f"owner {names_of(facts)}", f"owner {file.owner}:{file.group}"))
    if not pairs:
        return None
    return Deviation(", ".join(found for found, _ in pairs), ", ".join(wanted for _, wanted in pairs), of_content)


def names_of(facts: os.stat_result) -> str:
    """Owner and group of a file, by name where the host has one."""
    with contextlib.suppress(KeyError):
        return f"{pwd.getpwuid(facts.st_uid).pw_name}:{grp.getgrgid(facts.st_gid).gr_name}"
    return f"{facts.st_uid}:{facts.st_gid}"


def install(paths: Paths, file: ManagedFile, content: bytes, *, synced: bool = True) -> None:
    """Puts the file in place, whole or not at all; of one that an agent has written since, the content stays. `synced` as of `write_file`."""
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise HostError(fault(file.path, "other content than the bundle names", "the listed SHA-256", "build it anew"))
    path = paths.live(file.path)
    make_parents(path)
    uid, gid = owner_of(file)
    if file.effect == AGENT and path.is_file() and not path.is_symlink():
        content = path.read_bytes()
    write_file(path, content, int(file.mode, 8), uid, gid, synced=synced)


def remove(paths: Paths, path: str) -> None:
    """Removes a file that is managed no more, and the folders of ours that it leaves empty."""
    place = paths.live(path)
    remove_file(place)
    remove_file(sibling(place))
    folder = place.parent
    while folder.is_relative_to(paths.live(PATHS["configuration"])) or (
        folder.parent == paths.units and folder.name.endswith(".d")
    ):
        with contextlib.suppress(OSError):
            os.rmdir(folder)
        folder = folder.parent


def owner_of(file: ManagedFile) -> tuple[int, int]:
    """The numbers of owner and group; raises `HostError` when the host does not have them."""
    try:
        return pwd.getpwnam(file.owner).pw_uid, grp.getgrnam(file.group).gr_gid
    except KeyError:
        got = f"owner {file.owner}:{file.group}"
        raise HostError(fault(file.path, got, "a user and group of this host", "install their package")) from None
