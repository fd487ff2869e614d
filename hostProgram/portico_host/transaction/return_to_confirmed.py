"""`expire` and `revert`: a host whose switch nobody confirmed returns to the state that was confirmed before.

A firewall is why nobody could confirm it, perhaps: at the end of its time it goes with the rest, and does not come again
before the deployer, who gets in then, stages it anew.
"""

from pathlib import Path
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.errors import HostError, LockBusyError
from ..base.values import Fields
from ..state import lease, rollback_ban
from ..state.history import Transaction
from ..state.lease import Clock, Lease
from ..state.plan import Plan
from ..state.record import Record
from ..state.trigger import Trigger, Withdrawn
from ..system import firewall
from ..units import systemd
from .activate import bring_about

NOT_CONFIRMED = "not confirmed in time"
FIREWALL_TRIAL = "the end of a trial of its firewall, through which nobody logged in,"


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
                _end_trial(context, armed, program, Trigger("expire", why=NOT_CONFIRMED))
    except LockBusyError:
        return


def revert(context: Context, value: dict[str, Any], program: Path) -> dict[str, Any]:
    """Does not wait for the end of the lease. `value` holds `why`, which the history shows.

    Whoever calls was let in, so a host that had nothing before keeps its firewall.
    """
    why = Fields("input", value).text("why")
    with lock.held(context):
        armed = find_lease(context)
        if armed is not None and armed.back == lease.NO_STATE:
            lease.clear(context.paths)
            armed = None
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


def _end_trial(context: Context, armed: Lease, program: Path, trigger: Trigger) -> None:
    """Bans first what may have kept everybody out: a call that is killed leaves no way to it."""
    trial = _find(context, armed.key)
    back = _find(context, armed.back) if armed.back != lease.NO_STATE else None
    if trial is not None and firewall.rules(trial) != (firewall.rules(back) if back else {}):
        rollback_ban.ban_one(context, armed.key, FIREWALL_TRIAL)
    if armed.back == lease.NO_STATE:
        _give_up_firewall(context, trial, trigger)
    else:
        return_to_confirmed(context, armed, program, trigger)


def _give_up_firewall(context: Context, trial: Plan | None, trigger: Trigger) -> None:
    """Nothing was confirmed before: what serves stays."""
    context.step(f"stopping the firewall: {trigger.why}")
    systemd.disable(firewall.UNIT)
    systemd.stop(firewall.UNIT)
    if trial is not None:
        ended = Transaction.ended(context, trial, trigger, "went back", f"{trigger.why}: without its firewall")
        Record.load(context.paths).logged(ended).save(context.paths)
    lease.clear(context.paths)


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
    """What was on trial."""
    trial = _find(context, armed.key)
    return None if trial is None else Withdrawn(trial.release, trial.revision)


def _find(context: Context, key: str) -> Plan | None:
    """None when it is not known here any more."""
    try:
        return Plan.load(context.paths, key)
    except HostError:
        return None
