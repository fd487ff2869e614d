"""Units: running, at boot, out of the way, and read by the service manager as they are on the disk."""

from collections.abc import Iterator

from ..base.context import Context
from ..state.plan import Plan
from ..units import own_units, slots, systemd
from .difference import Difference


def find(context: Context, plan: Plan) -> Iterator[Difference]:
    own = own_units.without_slots(plan.description.enabled_units)
    yield from _masked(plan)
    yield from _run(own)
    if plan.description.app is not None:
        yield from _slots(context, plan.revision)
    for unit in own_units.stale_units(plan):
        yield Difference(unit, "files that the service manager has not read", "systemctl daemon-reload after a change")


def _masked(plan: Plan) -> Iterator[Difference]:
    units = plan.description.masked_units
    for unit, state in systemd.boot_states(*units).items() if units else ():
        if state != "masked":
            yield Difference(unit, state, "masked, as a unit of ours takes its place")


def _run(units: list[str]) -> Iterator[Difference]:
    at_boot, running = systemd.boot_states(*units), systemd.states(*units)
    for unit in units:
        if at_boot[unit] not in systemd.ENABLED:
            yield Difference(unit, f"{at_boot[unit]} at boot", "enabled at boot")
        if running[unit] != "active":
            yield Difference(unit, running[unit], "active")


def _slots(context: Context, revision: str | None) -> Iterator[Difference]:
    live = slots.live(context.paths)
    if live is None:
        yield Difference(slots.SHARED_SOCKET, "names no slot", "names the slot that serves")
        return
    other = slots.other(live)
    if slots.revision(context.paths, live) != revision:
        yield Difference(f"slot {live}", f"revision {slots.revision(context.paths, live)}", f"revision {revision}")
    yield from _run([slots.service(live), slots.SHARED_SOCKET])
    if systemd.is_enabled(slots.service(other)):
        yield Difference(slots.service(other), "enabled at boot", f"disabled, as slot {live} serves")
    if not slots.is_idle(other):
        yield Difference(slots.service(other), "runs", f"stopped, as slot {live} serves")
