"""Releases: one folder each that never changes once it is complete."""

import json
import os
import platform
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..base.context import Context
from ..base.contract import FILES
from ..base.durable import link, make_folder, read_json, remove_folder, write_file
from ..base.errors import HostError, fault
from ..units.sandbox import Sandbox
from . import checksums
from .archive import unpack, unpack_wheels
from .environments import Environment, compile_modules

DESCRIPTION = FILES["releaseDescription"]
LOCK = "requirements.lock"


@dataclass
class Release:
    """A release on this host. It is complete when its release.json is there, which is written last."""

    context: Context
    id: str

    @property
    def folder(self) -> Path:
        return self.context.paths.releases / self.id

    @property
    def venv(self) -> Path:
        """A link to the environment."""
        return self.folder / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def complete(self) -> bool:
        return (self.folder / DESCRIPTION).is_file()

    def describe(self) -> dict[str, Any]:
        value = read_json(self.folder / DESCRIPTION)
        if not isinstance(value, dict):
            raise HostError(
                fault("release", f"{self.id} without {DESCRIPTION}", "a complete release", "run `stage` again")
            )
        return value

    def unpack(self, archive: Path) -> bytes:
        """Makes the folder anew from the archive; returns the description that completes it."""
        if self.folder.is_dir() and self.id in in_use(self.context):
            got = f"{self.id} without {DESCRIPTION}, and in use"
            raise HostError(
                fault("release", got, "a complete release", f"restore its {DESCRIPTION}, or activate another one")
            )
        remove_folder(self.folder)
        make_folder(self.folder)
        description = unpack(archive, self.folder, DESCRIPTION)
        value = json.loads(description)
        if value.get("id") != self.id:
            raise HostError(
                fault("archive", f"release {value.get('id')}", self.id, "copy the right archive to the host")
            )
        self.keep(read_target(description))
        return description

    def discard(self) -> None:
        """Removes what a failed call unpacked; a release that is complete or in use stays."""
        if not self.complete and self.folder.is_dir() and self.id not in in_use(self.context):
            remove_folder(self.folder)

    def keep(self, target: dict[str, Any]) -> None:
        """Leaves of the locks that of `target`."""
        locks = self.folder / "locks"
        (locks / f"{target['python']}-{target['architecture']}.lock").rename(self.folder / LOCK)
        remove_folder(locks)

    def build_environment(self, wheels: Path, sandbox: Sandbox) -> None:
        """Links the environment of the lock; installs it from the archive `wheels` when no release before had the same."""
        environment = Environment.of(self.context, self.folder / LOCK)
        if not environment.complete:
            self.install(environment, wheels, sandbox)
            environment.finish(sandbox)
        link(self.venv, f"../../environments/{environment.key}")

    def install(self, environment: Environment, wheels: Path, sandbox: Sandbox) -> None:
        """Fills the environment with what the lock names, out of the archive `wheels`, which leaves nothing here."""
        try:
            unpack_wheels(wheels, self.folder)
            environment.install(self.folder / "wheels", self.folder / LOCK, sandbox)
        finally:
            remove_folder(self.folder / "wheels")

    def write_missing_checksums(self) -> None:
        """For a release that was completed before contents were written down: what is there now counts."""
        for folder in (self.folder, self.venv.resolve()):
            if folder.is_dir() and not (folder / checksums.LIST).is_file():
                checksums.write_checksums(folder)

    def compile(self, sandbox: Sandbox) -> None:
        """Byte code of the application, whose folder is read-only for it."""
        compile_modules(self.folder / "app", sandbox)

    def finish(self, description: bytes) -> None:
        """Declares the release complete, once all of it is on the disk."""
        checksums.write_checksums(self.folder, **{DESCRIPTION: description})
        os.sync()
        write_file(self.folder / DESCRIPTION, description, 0o644)


def read_target(description: bytes) -> dict[str, Any]:
    """The target of this host, out of the description in an archive."""
    return own_target(json.loads(description).get("targets", []))


def own_target(targets: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The target that this host is one of. Raises `HostError` when the release was made for none such."""
    remedy = "build the release for this platform"
    python, machine = sysconfig.get_python_version(), platform.machine()
    fitting = {target["architecture"]: target for target in targets if target["python"] == python}
    if not fitting:
        pythons = ", ".join(dict.fromkeys(target["python"] for target in targets))
        raise HostError(fault("release.python", pythons or "none", python, remedy))
    if machine not in fitting:
        raise HostError(fault("release.architecture", ", ".join(fitting), machine, remedy))
    return fitting[machine]


def in_use(context: Context) -> set[str]:
    """Releases in which a process works, an old one that still finishes its requests among them."""
    found: set[str] = set()
    # Not by a longer pattern: that follows the link, which fails where a process ends meanwhile.
    for process in Path("/proc").glob("[0-9]*"):
        try:
            place = Path(os.readlink(process / "cwd"))
        except OSError:
            continue
        if context.paths.releases in place.parents:
            found.add(place.relative_to(context.paths.releases).parts[0])
    return found
