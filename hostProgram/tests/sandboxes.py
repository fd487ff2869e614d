"""Without a service manager: what a sandbox runs, here as whoever runs the tests."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from portico_host.base.context import Context
from portico_host.base.errors import HostError
from portico_host.base.processes import SEARCH_PATH
from portico_host.units.sandbox import Sandbox
from support import OWNER


class OpenSandbox(Sandbox):
    """Folders change hands as they do on a host."""

    def start(self, command: Sequence[str], folder: Path, *properties: str) -> None:
        words = [each.removeprefix("Environment=").split() for each in properties if each.startswith("Environment=")]
        variables = {"PATH": SEARCH_PATH} | dict(word.split("=", 1) for line in words for word in line)
        done = subprocess.run(command, capture_output=True, text=True, env=variables)
        allowed = {0, *(int(each.partition("=")[2]) for each in properties if each.startswith("SuccessExitStatus="))}
        if done.returncode not in allowed:
            raise HostError(f"exit code {done.returncode}", (done.stdout + done.stderr).splitlines())

    def end(self) -> None:
        pass


def open_sandbox(context: Context) -> Sandbox:
    return OpenSandbox(context, OWNER)
