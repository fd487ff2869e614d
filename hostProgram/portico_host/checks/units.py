"""Units: running, at boot, out of the way, and as they are on the disk: their files, and the libraries they run from."""

from collections.abc import Iterator

from ..base.context import Context
from ..nginx import nginx_unit, nginx_upgrade
from ..state.plan import Plan
from ..system import replaced_files
from ..units import own_units, processes, schedules, slots, systemd
from .difference import Difference

AS_ON_DISK = "started after the update that replaced them"
RESTART = "bin/reboot, or systemctl restart of each where you know that it may"
BOUND = "it was started by an earlier version and cannot hand over: bin/reboot, or systemctl restart, which closes its ports for a moment"
# Of those that are known here and not looked at.
OURS = ("portico-", "user@")
MOST_NAMES = 3


def find(context: Context, plan: Plan) -> Iterator[Difference]:
    own = own_units.without_slots(plan.description.enabled_units)
    yield from _masked(plan)
    yield from _run(own)
    if plan.description.app is not None:
        yield from _slots(context, plan.revision)
        yield from _processes(context, plan)
        yield from _failed_runs(plan)
    for unit in own_units.stale_units(plan):
        yield Difference(unit, "files that the service manager has not read", "systemctl daemon-reload after a change")
    yield from _replaced(context, plan, own)


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


def _processes(context: Context, plan: Plan) -> Iterator[Difference]:
    wanted = processes.units(plan.description.app, slots.live(context.paths))
    if wanted:
        yield from _run(wanted)
    for unit in processes.running(context):
        if unit not in wanted:
            yield Difference(unit, "runs", "stopped, as it is none of the slot that serves")


def _failed_runs(plan: Plan) -> Iterator[Difference]:
    for schedule in plan.description.app.schedules if plan.description.app else ():
        unit, outcome = schedules.service(schedule.name), schedules.last_outcome(schedule.name)
        if outcome is not None:
            advice = f"journalctl --unit={unit} says why; systemctl start --no-block {unit} runs it again"
            yield Difference(unit, f"its last run ended with {outcome}", "exit code 0", "nobody", advice)


def _replaced(context: Context, plan: Plan, own: list[str]) -> Iterator[Difference]:
    """What an update of packages left running. Slots that finish their requests, and what ends by itself, are no matter."""
    found = replaced_files.by_service(context.paths)
    live = slots.live(context.paths)
    of_slot = [slots.service(live), *processes.units(plan.description.app, live)] if live else []
    serving = {*own, *of_slot} - {nginx_unit.UNIT}
    for unit in sorted(serving & found.keys()):
        yield Difference(unit, _runs_from(found[unit]), AS_ON_DISK)
    if nginx_upgrade.is_outdated(context.paths):
        runs = _runs_from(found.get(nginx_unit.UNIT, set()))
        if nginx_upgrade.can_upgrade(context.paths):
            yield Difference(nginx_unit.UNIT, runs, AS_ON_DISK)
        else:
            yield Difference(nginx_unit.UNIT, runs, AS_ON_DISK, "nobody", BOUND)
    others = sorted(unit for unit in found if not unit.startswith(OURS))
    if others:
        held = set().union(*(found[unit] for unit in others))
        yield Difference(f"services {', '.join(others)}", _runs_from(held), AS_ON_DISK, "nobody", RESTART)


def _runs_from(names: set[str]) -> str:
    few = sorted(names)[:MOST_NAMES]
    return f"from files that were replaced: {', '.join(few)}{' and more' if len(names) > MOST_NAMES else ''}"
