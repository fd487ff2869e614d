"""What explains a failure of a unit: its state and its last log lines."""

import re
import signal
from collections.abc import Callable

from ..base.context import Context
from ..base.contract import NAMES
from ..base.errors import HostError
from ..base.processes import run
from . import refused_calls, systemd

LOG_LINES = 60
LOG_SECONDS = 15
NO_END = "no end of it"
# Of the kernel, and of SQLite, in a folder that it may not write to.
READ_ONLY = re.compile(r"Read-only file system|readonly database|unable to open database file")
READ_ONLY_CAUSE = (
    "it wrote where a release may not; name a folder in app.data and write to $STATE_DIRECTORY/NAME what is to last, "
    "to /tmp what is for a while"
)
MEMORY_REMEDY = "mend what takes it, or raise app.memoryMegabytes and the memory of the host"


def of_unit(context: Context, unit: str) -> list[str]:
    """State and log of a unit, gathered before anything is done about it."""
    facts = systemd.show(unit, "ActiveState", "SubState", "Result", "ExecMainCode", "ExecMainStatus", "NRestarts")
    log = _log(context, unit)
    return [_state(unit, facts), *_cause(context, unit, facts, log), *log]


def with_evidence(context: Context, unit: str, act: Callable[[str], None]) -> None:
    """Does `act` to the unit; a failure says what the unit said."""
    try:
        act(unit)
    except HostError as error:
        raise HostError(error.message, [*error.evidence, *of_unit(context, unit)]) from None


def outcome(unit: str) -> str:
    """What became of a unit that ends by itself, in a few words."""
    facts = systemd.show(unit, "Result", "ExecMainStatus")
    result, status = facts.get("Result", ""), facts.get("ExecMainStatus", "")
    words = {"exit-code": f"exit code {status}", "signal": f"signal {status}", "timeout": NO_END}
    return words.get(result, result or "no start of it")


def log_lines(context: Context, unit: str, limit: int) -> list[str]:
    """The last lines that the unit logged since this call began."""
    # What the unit wrote a moment ago may not have been stored yet.
    run(["journalctl", "--sync"], seconds=LOG_SECONDS, check=False)
    query = [
        f"--unit={unit}",
        f"--since=@{context.began:.3f}",
        f"--lines={limit}",
        "--output=cat",
        "--no-pager",
        "--quiet",
    ]
    return run(["journalctl", *query], seconds=LOG_SECONDS, check=False).stdout.splitlines()


def _cause(context: Context, unit: str, facts: dict[str, str], log: list[str]) -> list[str]:
    """What the state alone does not say: a process that is killed has no last words."""
    by_signal = facts.get("Result") in {"signal", "core-dump"}
    if by_signal and facts.get("ExecMainStatus") == str(int(signal.SIGSYS)) or any("SIGSYS" in line for line in log):
        return [f"cause: {refused_calls.describe(context.began)}"]
    if facts.get("Result") == "oom-kill":
        return [f"cause: killed by the kernel for want of memory; {MEMORY_REMEDY}"]
    if facts.get("Result") == "signal" and facts.get("ExecMainStatus") == str(int(signal.SIGKILL)):
        return [f"cause: SIGKILL, which is how the kernel ends what takes too much memory; {MEMORY_REMEDY}"]
    if unit.startswith((NAMES["appService"], NAMES["processService"])) and any(READ_ONLY.search(line) for line in log):
        return [f"cause: {READ_ONLY_CAUSE}"]
    return []


def _state(unit: str, facts: dict[str, str]) -> str:
    found = {
        key: facts.get(key) or "unknown" for key in ("ActiveState", "SubState", "Result", "ExecMainStatus", "NRestarts")
    }
    # 1 is CLD_EXITED of waitid(2); the others are deaths by a signal.
    how = "exit code" if facts.get("ExecMainCode") in {"0", "1"} else "signal"
    return (
        f"unit: {unit} {found['ActiveState']} ({found['SubState']}), result {found['Result']}, "
        f"{how} {found['ExecMainStatus']}, restarts {found['NRestarts']}"
    )


def _log(context: Context, unit: str) -> list[str]:
    lines = log_lines(context, unit, LOG_LINES)
    return [f"log of {unit}:", *(f"  {line}" for line in lines)] if lines else [f"log of {unit}: empty"]
