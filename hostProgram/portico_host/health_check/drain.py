"""`drain` and `resume`: an operator takes a host out for work, and puts it back."""

import time
from collections.abc import Callable, Collection
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.contract import NAMES
from ..base.errors import HostError, UsageError, fault
from ..base.values import NAME, Fields
from . import balanced_hosts, check_state, marks
from .check_state import State

UNIT = NAMES["healthCheckUnit"]
# A round, a reload, and the same again when it was somebody else's turn.
SECONDS = 20
# For a host that is back to prove itself.
RETURN_SECONDS = 15
PAUSE_SECONDS = 0.2
LONGEST_WHY = 200


def drain(context: Context, value: dict[str, Any]) -> dict[str, Any]:
    """Takes `host` out, and returns once no new request goes to it. Raises `HostError` where no other one would answer.

    A host that is out for work already is so still, for the new reason.
    """
    name, why = _read(value)
    with lock.held(context):
        known, drained = _known(context, name), marks.load(context.paths)
        others = [
            each for each in _names(context) if each != name and each not in drained and known.standings[each].good
        ]
        if not others:
            allowed = "a host beside which another one answers and is not out for work"
            raise HostError(fault("host", name, allowed, "see `portico-host status`, mend another host first"))
        context.step(f"taking {name} out: {why}")
        marks.save(context.paths, {**_of_hosts(context, drained), name: marks.Mark.begin(why)})
        known = _await(context, lambda now: now.applied and name in now.seen, SECONDS)
    return _result(name, known)


def resume(context: Context, value: dict[str, Any]) -> dict[str, Any]:
    """Ends what `drain` began, and returns once the host serves; `out` is true for one that does not answer yet."""
    name, why = _read(value)
    with lock.held(context):
        _known(context, name)
        context.step(f"putting {name} back: {why}")
        rest = {each: mark for each, mark in _of_hosts(context, marks.load(context.paths)).items() if each != name}
        marks.save(context.paths, rest)
        known = _await(context, lambda now: now.applied and name not in now.seen, SECONDS)
    if name not in known.serving:
        await_return(context, [name])
        known = check_state.load(context.paths)
    return _result(name, known)


def await_return(context: Context, names: Collection[str]) -> list[str]:
    """Waits for hosts that were out for want of answers to serve again, and returns those that do not yet.

    Not for one that is out for work, nor without a health check that runs.
    """
    limit = time.monotonic() + RETURN_SECONDS
    while True:
        known = check_state.load(context.paths)
        serving = known.serving if known.applied else ()
        out = [name for name in names if name in known.standings and name not in (*serving, *known.seen)]
        if not known.fresh:
            return []
        if not out or time.monotonic() >= limit:
            return out
        time.sleep(PAUSE_SECONDS)


def drained(context: Context) -> list[dict[str, str]]:
    """Hosts that are out for work, with the reason and since when. None where the marks cannot be read, as for the health check."""
    try:
        marked = _of_hosts(context, marks.load(context.paths))
    except HostError:
        return []
    return [{"host": name, "why": mark.why, "since": mark.since} for name, mark in sorted(marked.items())]


def _read(value: dict[str, Any]) -> tuple[str, str]:
    fields = Fields("input", value)
    name, why = fields.text("host", NAME), " ".join(fields.text("why").split())
    if not why or len(why) > LONGEST_WHY:
        allowed = f"a reason of at most {LONGEST_WHY} signs"
        raise UsageError(fault("input.why", f"{len(why)} signs", allowed, "say why in a few words"))
    return name, why


def _known(context: Context, name: str) -> State:
    """The state of the health check. Refuses a host that it does not check, and to work without it."""
    names = _names(context)
    if not names:
        got, allowed = "a machine that watches no hosts", "the balancer of at least two hosts"
        raise UsageError(fault("drain, resume", got, allowed, "run it there"))
    if name not in names:
        raise UsageError(fault("input.host", name, ", ".join(names), "name one of them"))
    return _await(context, lambda now: set(names) <= set(now.standings), SECONDS)


def _await(context: Context, wanted: Callable[[State], bool], seconds: float) -> State:
    limit = time.monotonic() + seconds
    while True:
        known = check_state.load(context.paths)
        if known.fresh and wanted(known):
            return known
        if time.monotonic() >= limit:
            got = "a list that Nginx did not take" if known.fresh else "no health check that runs"
            remedy = f"see `journalctl --unit={UNIT}`; the mark stays"
            raise HostError(fault(UNIT, got, f"the new list within {seconds:g} s", remedy))
        time.sleep(PAUSE_SECONDS)


def _names(context: Context) -> list[str]:
    return [host.name for host in balanced_hosts.load(context.paths)]


def _of_hosts(context: Context, drained: dict[str, marks.Mark]) -> dict[str, marks.Mark]:
    """Without marks of hosts that left."""
    names = _names(context)
    return {name: mark for name, mark in drained.items() if name in names}


def _result(name: str, known: State) -> dict[str, Any]:
    return {"host": name, "out": name not in known.serving, "serving": list(known.serving)}
