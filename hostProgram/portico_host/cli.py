"""The command line: which command, its input, its exit code."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import activation, confirmation, gate, going_back, inspection, migration, rollback, staging
from .bundle import Bundle
from .context import Context
from .errors import Interrupted, UsageError, as_host_error, fault
from .observation import cycle
from .report import Report
from .steps import listing
from .values import read_json_object

USAGE = """usage: python3 -I BUNDLE.pyz COMMAND, or portico-host COMMAND; input is JSON on standard input
  stage     prepare and rehearse a release; nothing that serves is touched
  migrate   run the migration of what was staged, unless this release had it (the line that `stage` printed)
  activate  bring this host to what was staged (the line that `stage` printed, and "leaseSeconds")
  gate      ask application hosts as this balancer does (the line that `stage` printed, and "hosts")
  confirm   keep what serves (the line that `stage` printed)
  revert    take back what nobody confirmed, at once ("why")
  expire    the same at the end of its time; the timer calls it
  rollback  go back to a good release ("release" or null, and "who")
  status    what runs here
  history   the last transactions, the latest last
  check     what is not as it should be; exit code 1 when there is something
  observe   send measures and logs to CloudWatch, where the stack wants it; the timer calls it
  steps     the named steps of the transactions, in their order"""

Command = Callable[[Report], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 failed, 2 wrong call, 3 another call works here."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    report = Report(given[0] if given else "portico-host")
    handle_signals()
    # Releases and settings are for the application to read, whatever the caller's umask is.
    os.umask(0o022)
    try:
        command = find_command(given)
        if command not in WITHOUT_ROOT and os.geteuid() != 0:
            raise UsageError(fault("user", f"number {os.geteuid()}", "root", "run it with sudo"))
        return command(report)
    except Exception as error:
        failure = as_host_error(error)
        report.failure(failure)
        return failure.exit_code


def find_command(given: Sequence[str]) -> Command:
    commands: dict[str, Command] = {
        "stage": stage,
        "migrate": printing(lambda context: migration.migrate(context, read_input())),
        "activate": printing(lambda context: activation.activate(context, read_input(), program())),
        "gate": printing(lambda context: gate.gate(context, read_input())),
        "confirm": printing(lambda context: confirmation.confirm(context, read_input(), program())),
        "revert": printing(lambda context: going_back.revert(context, read_input(), program())),
        "expire": expire,
        "rollback": printing(lambda context: rollback.rollback(context, read_input(), program())),
        "status": printing(lambda context: inspection.status(context)),
        "history": printing(lambda context: inspection.history(context)),
        "check": check,
        "observe": observe,
        "steps": steps,
    }
    if len(given) != 1 or given[0] not in commands:
        print(USAGE, file=sys.stderr)
        raise UsageError(fault("command", " ".join(given) or "nothing", ", ".join(commands), "name one of them"))
    return commands[given[0]]


def printing(act: Callable[[Context], Any]) -> Command:
    """A command whose result is one line of JSON."""

    def command(report: Report) -> int:
        report.result(act(Context(report)))
        return 0

    return command


def read_input() -> dict[str, Any]:
    return read_json_object(sys.stdin.buffer)


def program() -> Path:
    """The file that this program runs from: a bundle, or the one that an activation installed."""
    return Path(sys.argv[0]).resolve()


def stage(report: Report) -> int:
    value = read_input()
    report.result(staging.stage(Context(report), Bundle.open(program()), value))
    return 0


def expire(report: Report) -> int:
    going_back.expire(Context(report), program())
    return 0


def check(report: Report) -> int:
    problems: list[str] = inspection.problems(Context(report))
    report.result({"problems": problems})
    return 1 if problems else 0


def observe(report: Report) -> int:
    cycle.observe(Context(report))
    return 0


def steps(_report: Report) -> int:
    print(listing())
    return 0


# Commands that change nothing on this host.
WITHOUT_ROOT: tuple[Command, ...] = (observe, steps)


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
