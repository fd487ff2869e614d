"""Runs a check in a mount namespace of its own: it sees the staged files in place and leaves no trace."""

import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ..base.processes import run

Command = Sequence[str]
# The number of CAP_SYS_ADMIN. https://man7.org/linux/man-pages/man7/capabilities.7.html
MAY_MOUNT = 21


def is_possible() -> bool:
    """Not in the sandbox of a unit of ours, which may make no namespace."""
    status = Path("/proc/self/status").read_text()
    rights = int(status.partition("CapEff:")[2].split()[0], 16)
    return bool(rights >> MAY_MOUNT & 1)


def run_isolated(
    preparation: Sequence[Command], command: Command, seconds: float = 60
) -> subprocess.CompletedProcess[str]:
    """Mounts what `preparation` says where only `command` sees it; hands back what came of it."""
    lines = [*(shlex.join(each) for each in preparation), f"exec {shlex.join(command)}"]
    script = "\n".join(lines)
    return run(
        ["unshare", "--mount", "--propagation", "private", "--", "sh", "-euc", script], seconds=seconds, check=False
    )


def empty_folder(path: str, mode: str = "0755") -> Command:
    """An empty folder in memory in place of `path`."""
    return ["mount", "-t", "tmpfs", "-o", f"mode={mode}", "tmpfs", path]


def in_place_of(path: str, source: str) -> Command:
    """`source` in place of `path`."""
    return ["mount", "--bind", source, path]
