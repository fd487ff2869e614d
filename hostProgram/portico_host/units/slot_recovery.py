"""Recovery after a kill: two slots may run, or another one than is named; exactly one of them stays."""

from ..base.context import Context
from ..bundle.description import App
from ..state.record import Record
from . import slots, systemd


def recover_single_slot(context: Context, app: App, record: Record, wanted: str) -> str | None:
    """Stops all but one slot and returns the one that serves; None when none does.

    `wanted` is the revision that this call is to bring: a slot that has it and is already the named one
    stays. Otherwise the proven one of the record stays.
    """
    running = systemd.states(*(unit for slot in slots.SLOTS for unit in slots.units(slot)))
    active = [slot for slot in slots.SLOTS if running[slots.service(slot)] == "active"]
    remaining = _choose(context, record, wanted, active)
    if remaining is None:
        return None
    if slots.live(context.paths) != remaining:
        context.step(f"healing: slot {remaining} is the one that serves")
        slots.choose(context.paths, remaining)
        slots.enable_only(remaining)
        systemd.reload_units()
    if not {running[unit] for unit in slots.units(slots.other(remaining))} <= systemd.STOPPED:
        context.step(f"healing: stopping slot {slots.other(remaining)}")
        slots.stop(slots.other(remaining), app.drain_seconds)
    return remaining


def _choose(context: Context, record: Record, wanted: str, active: list[str]) -> str | None:
    if len(active) < 2:
        return active[0] if active else None
    named = slots.live(context.paths)
    if named is not None and slots.revision(context.paths, named) == wanted:
        return named
    current = record.current
    if current and current.slot in active and slots.revision(context.paths, current.slot) == current.revision:
        return current.slot
    return named or active[0]
