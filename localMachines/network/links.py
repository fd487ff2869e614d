"""Network interfaces, through the program `ip`."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from ..base.faults import Fault

INTERFACES = Path("/sys/class/net")


def run_ip(*words: str) -> str:
    """Run `ip` and give what it prints; raises a Fault with its message."""
    program = shutil.which("ip") or shutil.which("ip", path="/usr/sbin:/sbin")
    if program is None:
        raise Fault("ip", "no such program", "ip on PATH", "install the package iproute2")
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Fault(
            f"ip {' '.join(words)}", f"exit code {done.returncode}", "exit code 0", "see its message below", done.stderr
        )
    return done.stdout


def ask_ip(*words: str) -> list[dict[str, Any]]:
    """Run `ip -json` and give its answer."""
    answer: list[dict[str, Any]] = json.loads(run_ip("-json", *words) or "[]")
    return answer


def link_exists(name: str) -> bool:
    """True when this computer has an interface of this name."""
    return (INTERFACES / name).exists()


def link_alias(name: str) -> str:
    """The alias of an interface, "" when it has none or is absent."""
    try:
        return (INTERFACES / name / "ifalias").read_text().strip()
    except OSError:
        return ""


def link_index(name: str) -> int:
    """The number of an interface: a new one of the same name gets another. 0 when absent."""
    try:
        return int((INTERFACES / name / "ifindex").read_text())
    except OSError:
        return 0


def remove_link(name: str) -> None:
    """Remove an interface; absent is fine, also when it goes at this very moment."""
    try:
        if link_exists(name):
            run_ip("link", "delete", name)
    except Fault:
        if link_exists(name):
            raise
