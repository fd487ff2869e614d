"""`expire` and `revert`: a switch that nobody confirmed is taken back, to the confirmed state of before."""

from pathlib import Path
from typing import Any

from . import lease, lock
from .activation import bring_about
from .cause import Cause, Left
from .context import Context
from .errors import HostError, LockBusyError
from .lease import Clock, Lease
from .plan import Plan
from .record import Record
from .values import Fields

NOT_CONFIRMED = "not confirmed in time"


def expire(context: Context, program: Path) -> None:
    """What the timer calls. Silent while there is nothing to do, or while another call works: it comes again."""
    armed = Lease.load(context.paths)
    clock = Clock.read()
    if armed is None or (armed.boot == clock.boot and not armed.ended(clock)):
        return
    try:
        with lock.held(context, wait_seconds=0):
            armed = find_lease(context)
            if armed is not None:
                armed.in_boot(clock).save(context.paths)
            if armed is not None and armed.ended(clock):
                go_back(context, armed, program, Cause("expire", why=NOT_CONFIRMED))
    except LockBusyError:
        return


def revert(context: Context, value: dict[str, Any], program: Path) -> dict[str, Any]:
    """Does not wait for the end of the lease. `value` holds `why`, which the history tells."""
    why = Fields("input", value).text("why")
    with lock.held(context):
        armed = find_lease(context)
        if armed is not None:
            go_back(context, armed, program, Cause("revert", why=why or "reverted"))
        current = Record.load(context.paths).current
    return {
        "reverted": armed is not None,
        "release": current.release if current else None,
        "revision": current.revision if current else None,
    }


def find_lease(context: Context) -> Lease | None:
    """The lease that is armed; one that a killed `confirm` left behind is cleared."""
    armed = Lease.load(context.paths)
    confirmed = Record.load(context.paths).confirmed
    if armed is not None and confirmed is not None and armed.key == confirmed.key:
        lease.clear(context.paths)
        return None
    return armed


def go_back(context: Context, armed: Lease, program: Path, cause: Cause) -> None:
    """By the transaction of an activation. When that fails, what served serves on and a later attempt follows."""
    try:
        plan = Plan.load(context.paths, armed.back)
        context.step(f"going back to {plan.release or 'the former files'}: {cause.why}")
        bring_about(context, plan, program, Cause(cause.command, why=cause.why, left=_left(context, armed)))
    except HostError:
        armed.postponed(Clock.read()).save(context.paths)
        raise


def _left(context: Context, armed: Lease) -> Left | None:
    """What was on trial; None when it is not known here any more."""
    try:
        trial = Plan.load(context.paths, armed.key)
    except HostError:
        return None
    return Left(trial.release, trial.revision)
