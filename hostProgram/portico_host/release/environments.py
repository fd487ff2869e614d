"""Environments: the locked wheels of a release, installed once and shared by all releases with the same lock."""

import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from ..base.context import Context
from ..base.durable import make_folder, remove_folder, write_file
from ..base.errors import HostError, fault
from ..base.fingerprint import fingerprint
from ..base.processes import run
from ..units.sandbox import Sandbox
from . import checksums
from .wheels import check_wheels

COMPLETE = "complete"
DIGITS = 12
# pip sees its own wheel and the standard library: it imports some modules late, when those of the release are there already.
RUN_PIP = """
import runpy, sys
sys.path = [sys.argv.pop(1), *(place for place in sys.path if not place.startswith(sys.prefix))]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
PIP_SETTINGS = "Environment=PIP_CONFIG_FILE=/dev/null PIP_NO_INPUT=1"


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

    def install(self, wheels: Path, lock: Path, sandbox: Sandbox) -> None:
        """Makes the folder anew with exactly the locked wheels.

        pip runs out of the wheel that Python brings for `ensurepip`, with the new environment's
        interpreter: a third of the time of a full `python3 -m venv`, and what serves has no installer.
        It unpacks in a sandbox, as the application's user, and starts while the environment is empty: a wheel may
        bring another `bin/python`, and whatever an interpreter runs at its start.
        """
        check_wheels(wheels)
        remove_folder(self.folder)
        make_folder(self.folder.parent)
        run([sys.executable, "-I", "-m", "venv", "--without-pip", str(self.folder)], ends_with_us=True)
        command = [
            *(str(self.python), "-I", "-c", RUN_PIP, str(pip_wheel()), "install"),
            *("--no-index", "--find-links", str(wheels), "--only-binary", ":all:", "--require-hashes"),
            *("--no-compile", "--no-cache-dir", "--disable-pip-version-check", "--quiet", "--requirement", str(lock)),
        ]
        try:
            sandbox.run(command, self.folder, PIP_SETTINGS)
        except HostError as error:
            message = fault("requirements.lock", "a failure of pip", "wheels that install", "build the release anew")
            raise HostError(message, [error.message, *error.evidence]) from None

    def finish(self, sandbox: Sandbox) -> None:
        """Byte code for all modules, as the folder is read-only for the application; then it is complete."""
        compile_modules(self.folder / "lib", sandbox, processes=0)
        checksums.write_checksums(self.folder, **{COMPLETE: b""})
        os.sync()
        write_file(self.folder / COMPLETE, b"", 0o644)


def compile_modules(folder: Path, sandbox: Sandbox, processes: int = 1) -> None:
    """Byte code for this host's Python, which is that of the environment; nothing of a release is imported or run for it.

    A module that does not compile is found where it matters: when the application imports it.

    `processes` 0 is one for each processor: for an environment; an application is compiled before they have started.
    """
    command = [sys.executable, "-I", "-S", "-m", "compileall", "-q", "-j", str(processes), str(folder)]
    sandbox.run(command, folder, "SuccessExitStatus=1")


def pip_wheel() -> Path:
    """The pip that comes with Python's `ensurepip`; Debian keeps it in a folder of its own."""
    folders = [sysconfig.get_config_var("WHEEL_PKG_DIR"), Path(sysconfig.get_path("stdlib")) / "ensurepip" / "_bundled"]
    for folder in folders:
        found = sorted(Path(folder).glob("pip-*.whl")) if folder else []
        if found:
            return found[-1]
    raise HostError(fault("python3", "no pip of ensurepip", "the package python3-venv", "apt-get install python3-venv"))
