"""Environments: the locked wheels of a release, installed once and shared by all releases with the same lock."""

import os
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..base.context import Context
from ..base.durable import make_folder, remove_folder, write_file
from ..base.errors import HostError, fault
from ..base.fingerprint import fingerprint
from ..base.processes import run, tail
from . import checksums

COMPLETE = "complete"
DIGITS = 12
INSTALL_SECONDS = 300
PIP_SETTINGS = {"PIP_CONFIG_FILE": "/dev/null", "PIP_ROOT_USER_ACTION": "ignore", "PIP_NO_INPUT": "1"}


@dataclass(frozen=True)
class Environment:
    """A virtual environment that never changes once it is complete; its key is made of the lock and the Python."""

    context: Context
    key: str

    @staticmethod
    def of(context: Context, lock: Path) -> "Environment":
        return Environment(context, fingerprint(context.paths, ["environment", sys.version, lock.read_text()], DIGITS))

    @property
    def folder(self) -> Path:
        return self.context.paths.environments / self.key

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def complete(self) -> bool:
        return (self.folder / COMPLETE).is_file()

    def install(self, wheels: Path, lock: Path) -> None:
        """Makes the folder anew with exactly the locked wheels.

        pip runs out of the wheel that Python brings for `ensurepip`, with the new environment's
        interpreter: a third of the time of a full `python3 -m venv`, and what serves has no installer.
        """
        remove_folder(self.folder)
        make_folder(self.folder.parent)
        run([sys.executable, "-m", "venv", "--without-pip", str(self.folder)], ends_with_us=True)
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

    def finish(self) -> None:
        """Byte code for all modules, as the folder is read-only for the application; then it is complete."""
        compile_modules(self.python, [self.folder / "lib"], processes=0)
        checksums.write_checksums(self.folder, **{COMPLETE: b""})
        os.sync()
        write_file(self.folder / COMPLETE, b"", 0o644)


def compile_modules(python: Path, folders: Iterable[Path], processes: int = 1) -> None:
    """A module that does not compile is found where it matters: when the application imports it.

    `processes` 0 is one for each processor: for an environment; an application is compiled before they have started.
    """
    command = [str(python), "-m", "compileall", "-q", "-j", str(processes), *(str(folder) for folder in folders)]
    run(command, seconds=INSTALL_SECONDS, check=False, ends_with_us=True)


def pip_wheel() -> Path:
    """The pip that comes with Python's `ensurepip`; Debian keeps it in a folder of its own."""
    folders = [sysconfig.get_config_var("WHEEL_PKG_DIR"), Path(sysconfig.get_path("stdlib")) / "ensurepip" / "_bundled"]
    for folder in folders:
        found = sorted(Path(folder).glob("pip-*.whl")) if folder else []
        if found:
            return found[-1]
    raise HostError(fault("python3", "no pip of ensurepip", "the package python3-venv", "apt-get install python3-venv"))
