"""`rollback`: back to a good release, on a person's command."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.errors import HostError, fault
from ..base.values import Fields
from ..release.restorable import find_restorable
from ..state import rollback_ban
from ..state.plan import Plan
from ..state.record import Entry, Record
from ..state.trigger import WHO, Trigger, Withdrawn
from .activate import bring_about


def rollback(context: Context, value: dict[str, Any], program: Path) -> dict[str, Any]:
    """`value` holds `release` (null for the last good one other than the current) and `who`.

    The files, settings and secrets of then come back with it. No rehearsal, no migration, no lease; the slot's
    start and the probes are the gates. An update that was under way does not bring about what was taken back: each state
    that is staged has to be staged again. Raises `HostError` before anything is touched when there is nothing to go to.
    """
    fields = Fields("input", value)
    wanted, who = fields.optional_text("release"), fields.text("who", WHO)
    with lock.held(context):
        record = Record.load(context.paths)
        current = record.current
        if current is None or current.release is None:
            raise HostError(fault("rollback", "no application on this host", "a host that serves one", "run it there"))
        plan = find_wanted(context, record, wanted) if wanted else find_last_good(context, record)
        withdrawn = Withdrawn(current.release, current.revision) if plan.release != current.release else None
        trigger = Trigger("rollback", plan.author.by(who), f"rolled back by {who}", withdrawn)
        context.step(f"from {current.release} to {plan.release}")
        former = rollback_ban.RollbackBan.load(context.paths)
        # Before the switch: an update that goes on meanwhile is to find it.
        rollback_ban.ban_others(context, plan.key, who)
        try:
            activation = bring_about(context, plan, program, trigger)
        except HostError:
            rollback_ban.restore(context.paths, former)
            raise
    return {"release": plan.release, "revision": plan.revision, "slot": activation.switch.new, "from": current.release}


def find_wanted(context: Context, record: Record, release: str) -> Plan:
    """The latest kept state of a release, whatever the verdict on it since: it was requested by its name."""
    kept = restorable_plans(context, record)
    if release not in kept:
        remedy = "name one of these, or deploy it anew"
        raise HostError(fault("release", release, ", ".join(kept) or "none: nothing is kept", remedy))
    return kept[release]


def find_last_good(context: Context, record: Record) -> Plan:
    """The last good state of another release than the current one."""
    current = record.current.release if record.current else None
    kept = restorable_plans(context, record)
    for release in record.good_releases():
        if release != current and release in kept:
            return kept[release]
    allowed = "a release that served here, was confirmed and is kept"
    raise HostError(fault("rollback", "nothing to go back to", allowed, "deploy a good one"))


def restorable_plans(context: Context, record: Record) -> dict[str, Plan]:
    """The states that this host can bring back, by release: good ones first, then others that served here."""
    found: dict[str, Plan] = {}
    served: list[Entry | None] = [*record.good, record.current, record.previous]
    keys = [*(entry.key for entry in served if entry), *_served_keys(context, record)]
    for key in keys:
        plan = find_restorable(context, key)
        if plan is not None and plan.release is not None:
            found.setdefault(plan.release, plan)
    return found


def _served_keys(context: Context, record: Record) -> Iterator[str]:
    """States that are kept for no reason of their own, but are still there."""
    revisions = {each.revision for each in record.transactions if each.outcome != "failed"}
    for folder in sorted(context.paths.staged.glob("*")):
        plan = find_restorable(context, folder.name)
        if plan is not None and plan.revision in revisions:
            yield plan.key
