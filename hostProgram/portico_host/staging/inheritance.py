"""What the workers of a rehearsed release share because its import left it in the master: connections and threads."""

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any

from ..base.context import Context
from ..base.contract import PATHS
from ..base.errors import HostError, fault
from ..state.plan import Plan
from ..units import evidence, slots, systemd

# The settings of a rehearsal that write the list, and where these put it, as the application sees it.
WRITER = PATHS["rehearsalSettings"]
LIST = "run/portico-app/inherited.json"
LIST_BYTES = 1 << 20
PROCESSES = Path("/proc")
PAUSE_SECONDS = 0.1
SHOWN = 8
REMEDY = (
    "open and start them in the workers, at the first request, or set gunicorn.preload: false, "
    "with which each worker imports the application by itself"
)


def prove_nothing_inherited(context: Context, plan: Plan, seconds: float) -> None:
    """Raises `HostError` with the names when the import left connections or threads, or when nobody says within `seconds`.

    A plan that does not preload has nothing to share, and none of an earlier version said what it shares.
    """
    if not any(file.path == WRITER for file in plan.all_files):
        return
    found = _await_list(seconds)
    if found is None:
        got = f"no list of what the workers inherit within {seconds:g} s"
        message = fault("slot rehearsal", got, "a list from the first worker", "see its log below")
        raise HostError(message, evidence.of_unit(context, slots.service(slots.REHEARSAL)))
    parts = [*_part("connections", "to", found["connections"]), *_part("threads", "named", found["threads"])]
    if parts:
        why = "none, as all workers would share the connections, and the threads would run in none of them"
        got = f"{' and '.join(parts)} in the master process after the import"
        raise HostError(fault("slot rehearsal", got, why, REMEDY))


def _part(what: str, word: str, names: list[str]) -> list[str]:
    if not names:
        return []
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return [f"{what} {word} {', '.join(_clean(name) for name in names[:SHOWN])}{more}"]


def _clean(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:100]


def _await_list(seconds: float) -> dict[str, list[str]] | None:
    limit = time.monotonic() + seconds
    while True:
        process = systemd.show(slots.service(slots.REHEARSAL), "MainPID").get("MainPID", "0")
        found = read_list(PROCESSES / process / "root") if process != "0" else None
        if found is not None or time.monotonic() >= limit:
            return found
        time.sleep(PAUSE_SECONDS)


def read_list(root: Path) -> dict[str, list[str]] | None:
    """The list below the root of the application, which wrote it: anything of another form is none."""
    with contextlib.suppress(OSError, ValueError):
        # Neither led elsewhere by a link nor held up by a pipe.
        number = os.open(root / LIST, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(number, "rb") as file:
            value: Any = json.loads(file.read(LIST_BYTES))
        if isinstance(value, dict) and all(_is_names(value.get(key)) for key in ("connections", "threads")):
            return {key: value[key] for key in ("connections", "threads")}
    return None


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)
