"""`forget`: nothing of earlier states stays on this host, their settings, secrets and keys least of all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.durable import remove_file
from ..base.errors import HostError, fault
from ..release import retention
from ..state.plan import Plan
from ..state.record import Record
from ..units import slots
from .return_to_confirmed import find_lease


def forget(context: Context) -> dict[str, Any]:
    """What serves stays, and is all that a rollback finds from here on.

    Raises `HostError` before anything is touched where what was staged last is not what serves: after a rollback, a
    failure, or within an update. And at the end, where something could not be removed.
    """
    with lock.held(context):
        record = Record.load(context.paths)
        plan = _settled(context, record)
        releases = set(record.good_releases()) - {plan.release}
        good = tuple(entry for entry in record.good if entry.key == plan.key)
        replace(record, previous=None, confirmed=record.current, good=good).save(context.paths)
        for slot in _idle_slots(context):
            remove_file(context.paths.slots / slot)
        retention.prune(context, plan)
        _prove_gone(context, plan)
        return {"release": plan.release, "forgotten": sorted(releases)}


def _settled(context: Context, record: Record) -> Plan:
    allowed = "a host that serves what was staged last, confirmed and alone"
    if record.current is None:
        raise HostError(fault("forget", "a host without a state", "one that was deployed to", "run bin/up"))
    newest = max(context.paths.staged.glob("*/plan.json"), key=lambda path: path.stat().st_mtime_ns, default=None)
    if newest is None or newest.parent.name != record.current.key:
        raise HostError(fault("forget", "a state that was staged and does not serve", allowed, "run bin/up first"))
    if find_lease(context) is not None:
        raise HostError(fault("forget", "a switch on trial", allowed, "wait for the end of the update"))
    for slot in _idle_slots(context):
        if not slots.is_idle(slot):
            got = f"slot {slot}, which still ends its requests"
            raise HostError(fault("forget", got, allowed, "run it again in a while"))
    return Plan.load(context.paths, record.current.key)


def _idle_slots(context: Context) -> list[str]:
    live = slots.live(context.paths)
    return [slot for slot in slots.SLOTS if slot != live and slots.revision(context.paths, slot) is not None]


def _prove_gone(context: Context, plan: Plan) -> None:
    kept = {plan.key, plan.revision}
    places: list[Path] = [*context.paths.staged.glob("*"), *context.paths.revisions.glob("*")]
    left = [str(place) for place in places if place.name not in kept]
    if left:
        raise HostError(fault("forget", f"{', '.join(left)}, still there", "none of it", "see what holds it"))
