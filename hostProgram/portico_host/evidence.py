"""What explains a failure: the question, the answer, the state of the unit, its last log lines."""

import signal

from . import systemd
from .context import Context
from .probe import Answer
from .processes import run

LOG_LINES = 30
LOG_SECONDS = 15
MEMORY_REMEDY = "mend what takes it, or raise app.memoryMegabytes and the memory of the host"


def of_answer(answer: Answer) -> list[str]:
    return [f"asked: {answer.asked}", f"answer: {answer.describe()}"]


def of_unit(context: Context, unit: str) -> list[str]:
    """State and log of a unit, gathered before anything is done about it."""
    facts = systemd.show(unit, "ActiveState", "SubState", "Result", "ExecMainCode", "ExecMainStatus", "NRestarts")
    return [_state(unit, facts), *_cause(facts), *_log(context, unit)]


def _cause(facts: dict[str, str]) -> list[str]:
    """What the state alone does not say: a process that is killed has no last words."""
    if facts.get("Result") == "oom-kill":
        return [f"cause: killed by the kernel for want of memory; {MEMORY_REMEDY}"]
    if facts.get("Result") == "signal" and facts.get("ExecMainStatus") == str(int(signal.SIGKILL)):
        return [f"cause: SIGKILL, which is how the kernel ends what takes too much memory; {MEMORY_REMEDY}"]
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
    # What the unit wrote a moment ago may not have been stored yet.
    run(["journalctl", "--sync"], seconds=LOG_SECONDS, check=False)
    query = [
        f"--unit={unit}",
        f"--since=@{context.began:.3f}",
        f"--lines={LOG_LINES}",
        "--output=cat",
        "--no-pager",
        "--quiet",
    ]
    lines = run(["journalctl", *query], seconds=LOG_SECONDS, check=False).stdout.splitlines()
    return [f"log of {unit}:", *(f"  {line}" for line in lines)] if lines else [f"log of {unit}: empty"]
