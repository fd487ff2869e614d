"""The command line: which command, its input, its exit code."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import activation, inspection, staging
from .bundle import Bundle
from .context import Context
from .errors import Interrupted, UsageError, as_host_error, fault
from .report import Report
from .steps import listing
from .values import read_json_object

USAGE = """usage: python3 -I BUNDLE.pyz COMMAND
  stage     prepare and rehearse a release; nothing that serves is touched (JSON on standard input)
  activate  bring this host to what `stage` prepared (the line that `stage` printed, on standard input)
  status    what runs here, as JSON
  check     what is not as it should be, as JSON; exit code 1 when there is something
  steps     the named steps of `stage` and `activate`, in their order"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 failed, 2 wrong call, 3 another call works here."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    report = Report(given[0] if given else "portico-host")
    handle_signals()
    # Releases and settings are for the application to read, whatever the caller's umask is.
    os.umask(0o022)
    try:
        command = find_command(given)
        if command is not steps and os.geteuid() != 0:
            raise UsageError(fault("user", f"number {os.geteuid()}", "root", "run it with sudo"))
        return command(report)
    except Exception as error:
        failure = as_host_error(error)
        report.failure(failure)
        return failure.exit_code


def find_command(given: Sequence[str]) -> Callable[[Report], int]:
    commands = {"stage": stage, "activate": activate, "status": status, "check": check, "steps": steps}
    if len(given) != 1 or given[0] not in commands:
        print(USAGE, file=sys.stderr)
        raise UsageError(fault("command", " ".join(given) or "nothing", ", ".join(commands), "name one of them"))
    return commands[given[0]]


def stage(report: Report) -> int:
    value = read_json_object(sys.stdin.buffer)
    bundle = Bundle.open(Path(sys.argv[0]).resolve())
    report.result(staging.stage(Context(report), bundle, value))
    return 0


def activate(report: Report) -> int:
    value = read_json_object(sys.stdin.buffer)
    report.result(activation.activate(Context(report), value, Path(sys.argv[0]).resolve()))
    return 0


def status(report: Report) -> int:
    report.result(inspection.status(Context(report)))
    return 0


def check(report: Report) -> int:
    problems: list[str] = inspection.problems(Context(report))
    result: dict[str, Any] = {"problems": problems}
    report.result(result)
    return 1 if problems else 0


def steps(_report: Report) -> int:
    print(listing())
    return 0


def handle_signals() -> None:
    """Losing the SSH session never ends the work; being told to end undoes it in order."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupt)


def interrupt(number: int, _frame: object) -> None:
    # Once is enough: undoing must not be interrupted by an impatient caller's second signal.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    name = signal.Signals(number).name
    raise Interrupted(fault("signal", name, "none until the command has ended", "run the command again"))
