"""Releases: one folder each that never changes once it is complete."""

import json
import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .archive import unpack
from .context import Context
from .durable import make_folder, read_json, remove_folder, write_file
from .errors import HostError, fault
from .processes import run, tail

DESCRIPTION = "release.json"
INSTALL_SECONDS = 300
PIP_SETTINGS = {"PIP_CONFIG_FILE": "/dev/null", "PIP_ROOT_USER_ACTION": "ignore", "PIP_NO_INPUT": "1"}


@dataclass
class Release:
    """A release on this host. It is complete when its release.json is there, which is written last."""

    context: Context
    id: str

    @property
    def folder(self) -> Path:
        return self.context.paths.releases / self.id

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

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
        if not archive.is_file():
            raise HostError(fault("input.archive", archive, "a file on this host", "copy the release archive to it"))
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
        host = sysconfig.get_python_version()
        if value.get("python") != host:
            remedy = "build the release for this platform"
            raise HostError(fault("release.python", value.get("python"), host, remedy))
        return description

    def build_environment(self) -> None:
        """A virtual environment with exactly the locked wheels of the archive.

        pip runs out of the wheel that Python brings for `ensurepip`, with the new environment's
        interpreter: a third of the time of a full `python3 -m venv`, and what serves has no installer.
        """
        environment = self.folder / "venv"
        run([sys.executable, "-m", "venv", "--without-pip", str(environment)], ends_with_us=True)
        wheels, lock = self.folder / "wheels", self.folder / "requirements.lock"
        command = [
            *(str(self.python), f"{pip_wheel()}/pip", "install"),
            *("--no-index", "--find-links", str(wheels), "--only-binary", ":all:", "--require-hashes"),
            *("--no-compile", "--no-cache-dir", "--disable-pip-version-check", "--quiet", "--requirement", str(lock)),
        ]
        done = run(command, seconds=INSTALL_SECONDS, check=False, environment=PIP_SETTINGS, ends_with_us=True)
        if done.returncode != 0:
            message = fault(
                "requirements.lock", f"pip exit code {done.returncode}", "wheels that install", "build the release anew"
            )
            raise HostError(message, tail(done.stdout + done.stderr))
        remove_folder(wheels)

    def compile(self) -> None:
        """Byte code for all modules: the folder is read-only for the application."""
        folders = [str(self.folder / "venv" / "lib"), str(self.folder / "app")]
        command = [str(self.python), "-m", "compileall", "-q", "-j", "0", *folders]
        # A module that does not compile is judged where it matters: when the application imports it.
        run(command, seconds=INSTALL_SECONDS, check=False, ends_with_us=True)

    def finish(self, description: bytes) -> None:
        """Declares the release complete, once all of it is on the disk."""
        os.sync()
        write_file(self.folder / DESCRIPTION, description, 0o644)


def in_use(context: Context) -> set[str]:
    """Releases in which a process works, an old one that still finishes its requests among them."""
    found: set[str] = set()
    for process in Path("/proc").glob("[0-9]*/cwd"):
        try:
            place = Path(os.readlink(process))
        except OSError:
            continue
        if context.paths.releases in place.parents:
            found.add(place.relative_to(context.paths.releases).parts[0])
    return found


def pip_wheel() -> Path:
    """The pip that comes with Python's `ensurepip`; Debian keeps it in a folder of its own."""
    folders = [sysconfig.get_config_var("WHEEL_PKG_DIR"), Path(sysconfig.get_path("stdlib")) / "ensurepip" / "_bundled"]
    for folder in folders:
        found = sorted(Path(folder).glob("pip-*.whl")) if folder else []
        if found:
            return found[-1]
    raise HostError(fault("python3", "no pip of ensurepip", "the package python3-venv", "apt-get install python3-venv"))
