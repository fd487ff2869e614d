"""The units of a state: those that start by themselves, and those that the service manager has to read again."""

from collections.abc import Iterable

from ..state.plan import Plan
from . import processes, slots, systemd

# Units of the application are started and enabled slot by slot, not with the others.
SLOT_UNITS = "portico-app"


def without_slots(units: Iterable[str]) -> list[str]:
    """Those that start by themselves."""
    return [unit for unit in units if not unit.startswith(SLOT_UNITS)]


def stale_units(plan: Plan) -> list[str]:
    """Units whose files changed since the service manager read them."""
    names = list(plan.description.enabled_units)
    if plan.description.app is not None:
        names += [unit for slot in slots.SLOTS for unit in slots.units(slot)]
        names += [unit for slot in slots.SLOTS for unit in processes.units(plan.description.app, slot)]
    shown = systemd.show_all(names, "NeedDaemonReload")
    return [unit for unit in names if shown[unit].get("NeedDaemonReload") == "yes"]
