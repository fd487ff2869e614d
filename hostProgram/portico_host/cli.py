"""The command line: which command, its input, its exit code."""

import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import byte_code
from .base.context import Context
from .base.contract import COMMANDS, EXIT_CODES
from .base.errors import Interrupted, UsageError, as_host_error, fault
from .base.report import Report
from .base.steps import listing
from .base.values import read_json_object

USAGE = "\n".join(
    [
        "usage: python3 -I BUNDLE.pyz COMMAND, or portico-host COMMAND; input is JSON on standard input",
        *(f"  {name:<9} {command['does']}" for name, command in COMMANDS.items()),
    ]
)

Command = Callable[[Report], int]
WITH_WORDS = "run"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 failed, 2 wrong call, 3 another call works here."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    report = Report(given[0] if given else "portico-host")
    handle_signals()
    # Releases and settings are for the application to read, whatever the caller's umask is.
    os.umask(0o022)
    try:
        command = find_command(given)
        if COMMANDS[given[0]]["root"] and os.geteuid() != 0:
            raise UsageError(fault("user", f"number {os.geteuid()}", "root", "run it with sudo"))
        return command(report)
    except Exception as error:
        failure = as_host_error(error)
        report.failure(failure)
        return failure.exit_code


def find_command(given: Sequence[str]) -> Command:
    commands = commands_by_name(given[1:])
    if not given or given[0] not in commands or (len(given) > 1 and given[0] != WITH_WORDS):
        print(USAGE, file=sys.stderr)
        raise UsageError(fault("command", " ".join(given) or "nothing", ", ".join(commands), "name one of them"))
    return commands[given[0]]


def commands_by_name(words: Sequence[str] = ()) -> dict[str, Command]:
    """`words` are for the one command that takes some: its input and output are those of what it runs."""
    return {
        "stage": stage,
        "migrate": printing(lambda context: module("staging.migration").migrate(context, read_input())),
        "activate": printing(lambda context: module("transaction.activate").activate(context, read_input(), program())),
        "trust": printing(lambda context: module("balancer.trust").trust(context, read_input())),
        "gate": printing(lambda context: module("balancer.gate").gate(context, read_input())),
        "visit": printing(lambda context: module("balancer.gate").visit(context, read_input())),
        "confirm": printing(
            lambda context: module("transaction.confirmation").confirm(context, read_input(), program())
        ),
        "revert": printing(
            lambda context: module("transaction.return_to_confirmed").revert(context, read_input(), program())
        ),
        "expire": expire,
        "rollback": printing(lambda context: module("transaction.rollback").rollback(context, read_input(), program())),
        "restart": printing(lambda context: module("transaction.restart").restart(context, read_input(), program())),
        "forget": printing(lambda context: module("transaction.forget").forget(context)),
        "reboot": printing(lambda context: module("transaction.reboot").reboot(context, read_input())),
        "answers": printing(lambda context: module("inspection").answers(context)),
        "status": printing(lambda context: module("inspection").status(context)),
        "history": printing(lambda context: module("inspection").history(context)),
        "check": check,
        "survey": printing(lambda context: module("inspection").survey(context, read_input())),
        "heal": printing(lambda context: module("transaction.heal").heal(context, read_input(), program())),
        "drain": printing(lambda context: module("health_check.drain").drain(context, read_input())),
        "resume": printing(lambda context: module("health_check.drain").resume(context, read_input())),
        WITH_WORDS: lambda report: module("one_off_command").run(Context(report), words),
        "certify": printing(lambda context: module("acme.certify").certify(context, read_input())),
        "watch": health_check,
        "observe": telemetry,
        "steps": steps,
    }


def module(name: str) -> Any:
    """A module of this program: the command that needs it imports it. To import all of them takes longer than most commands work."""
    return importlib.import_module(f".{name}", __package__)


def printing(act: Callable[[Context], Any]) -> Command:
    """A command whose result is one line of JSON."""

    def command(report: Report) -> int:
        report.result(act(Context(report)))
        return EXIT_CODES["done"]

    return command


def read_input() -> dict[str, Any]:
    return read_json_object(sys.stdin.buffer)


def program() -> Path:
    """The file that this program runs from: a bundle, or the one that an activation installed."""
    return Path(sys.argv[0]).resolve()


def stage(report: Report) -> int:
    value, context = read_input(), Context(report)
    staged = module("staging.staging").stage(context, module("bundle.bundle").Bundle.open(program()), value)
    byte_code.keep(program(), context.paths.byte_code)
    report.result(staged)
    return EXIT_CODES["done"]


def expire(report: Report) -> int:
    module("transaction.return_to_confirmed").expire(Context(report), program())
    return EXIT_CODES["done"]


def check(report: Report) -> int:
    found = module("checks.examination").examine(Context(report))
    report.result(found.to_json())
    return EXIT_CODES["failed" if found.differences else "done"]


def telemetry(report: Report) -> int:
    module("telemetry.cycle").send_telemetry(Context(report))
    return EXIT_CODES["done"]


def health_check(report: Report) -> int:
    module("health_check.agent").run_health_check(Context(report))
    return EXIT_CODES["done"]


def steps(_report: Report) -> int:
    print(listing())
    return EXIT_CODES["done"]


def handle_signals() -> None:
    """Losing the SSH session never ends the work; a signal to end undoes it in order."""
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
