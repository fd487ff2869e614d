"""`expire` and `revert`: a host whose switch nobody confirmed returns to the state that was confirmed before."""

from pathlib import Path
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.errors import HostError, LockBusyError
from ..base.values import Fields
from ..state import lease
from ..state.lease import Clock, Lease
from ..state.plan import Plan
from ..state.record import Record
from ..state.trigger import Trigger, Withdrawn
from .activate import bring_about

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
                return_to_confirmed(context, armed, program, Trigger("expire", why=NOT_CONFIRMED))
    except LockBusyError:
        return


def revert(context: Context, value: dict[str, Any], program: Path) -> dict[str, Any]:
    """Does not wait for the end of the lease. `value` holds `why`, which the history shows."""
    why = Fields("input", value).text("why")
    with lock.held(context):
        armed = find_lease(context)
        if armed is not None:
            return_to_confirmed(context, armed, program, Trigger("revert", why=why or "reverted"))
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


def return_to_confirmed(context: Context, armed: Lease, program: Path, trigger: Trigger) -> None:
    """By the transaction of an activation. When that fails, what served serves on and a later attempt follows."""
    try:
        plan = Plan.load(context.paths, armed.back)
        context.step(f"going back to {plan.release or 'the former files'}: {trigger.why}")
        bring_about(
            context, plan, program, Trigger(trigger.command, why=trigger.why, withdrawn=_withdrawn(context, armed))
        )
    except HostError:
        armed.postponed(Clock.read()).save(context.paths)
        raise


def _withdrawn(context: Context, armed: Lease) -> Withdrawn | None:
    """What was on trial; None when it is not known here any more."""
    try:
        trial = Plan.load(context.paths, armed.key)
    except HostError:
        return None
    return Withdrawn(trial.release, trial.revision)
