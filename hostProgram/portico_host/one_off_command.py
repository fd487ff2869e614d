"""`run`: a command of an operator, in the sandbox of the release that serves, with its settings and secrets."""

import os
import re
import secrets
import signal
import sys
from collections.abc import Callable, Sequence

from .base.context import Context
from .base.contract import EXIT_CODES, PATHS, SLOTS
from .base.errors import HostError, UsageError, fault
from .base.processes import SEARCH_PATH
from .base.processes import run as run_program
from .units import slots, systemd

PROGRAM = "/usr/bin/systemd-run"
SECTION = re.compile(r"^\[(\w+)\]$")
# What makes a service of a slot. All else in its unit is the sandbox, and what stands there later is too.
OF_A_SERVICE = re.compile(SLOTS["serviceDirectives"])
STOP_SECONDS = 10

Execute = Callable[[str, list[str]], object]


def run(context: Context, words: Sequence[str], execute: Execute = os.execv) -> int:
    """Becomes the command, whose exit code is then this program's. With a terminal it has one too.

    `EXIT_CODES["notRun"]` where it cannot: no release serves here. Raises `UsageError` for `words` without a command.
    """
    command = _read(words)
    # From 256 on, systemd-run paints the terminal and gives it a title.
    os.environ.update(SYSTEMD_TINT_BACKGROUND="0", SYSTEMD_ADJUST_TERMINAL_TITLE="0")
    # Ignored for transactions, which go on without the session that began them; a command ends with its session.
    for each in (signal.SIGHUP, signal.SIGPIPE):
        signal.signal(each, signal.SIG_DFL)
    try:
        execute(PROGRAM, [PROGRAM, *_options(context, _live_slot(context)), "--", "/usr/bin/env", "--", *command])
    except HostError as error:
        context.report.failure(error)
    return EXIT_CODES["notRun"]


def _read(given: Sequence[str]) -> list[str]:
    """What stands behind the `--`, which keeps options of the command from being taken for ours."""
    mark, *words = given or [""]
    if mark != "--" or not words:
        raise UsageError(fault("run", " ".join(given) or "nothing", "-- COMMAND...", "say what is to run"))
    return words


def _live_slot(context: Context) -> str:
    slot = slots.live(context.paths)
    if slot is None or not systemd.is_active(slots.service(slot)):
        got = "no release that serves on this host" if slot is None else f"slot {slot}, which does not run"
        raise HostError(fault("run", got, "a host that serves one", "run it there, or bin/up first"))
    return slot


def _options(context: Context, slot: str) -> list[str]:
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    revision = (context.paths.slots / slot).resolve()
    search_path = f"{revision}/release/venv/bin:{SEARCH_PATH}"
    text = run_program(["systemctl", "cat", "--", slots.service(slot)]).stdout
    # The next releases give the slot to another revision, and this command stays with its own.
    found = [line.replace(f"{PATHS['application']}/slots/%i", str(revision)) for line in sandbox_lines(text)]
    properties = [line.replace("%i", SLOTS["run"]) for line in found]
    properties += [f"TimeoutStopSec={STOP_SECONDS}", f"Environment=PATH={search_path}"]
    return [
        "--quiet",
        "--collect",
        "--wait",
        "--service-type=exec",
        "--description=Command of an operator",
        f"--unit=portico-run-{secrets.token_hex(4)}",
        "--pty" if terminal else "--pipe",
        *(f"--property={line}" for line in properties),
    ]


def sandbox_lines(text: str) -> list[str]:
    """The lines of a unit, with its drop-ins as `systemctl cat` shows them, that are not about being a service."""
    section, found = "", []
    for line in (each.strip() for each in text.splitlines()):
        if match := SECTION.match(line):
            section = match[1]
        elif section == "Service" and line and not line.startswith(("#", ";")):
            key = line.partition("=")[0]
            if not OF_A_SERVICE.fullmatch(key):
                found.append(line)
    return found
