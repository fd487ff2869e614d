"""The processes of the application beside its slots, such as the workers of a queue. Each slot has its own: they change with it."""

import re
import time
from collections.abc import Iterable, Sequence

from ..base import contract
from ..base.context import Context
from ..base.errors import HostError, fault
from ..base.processes import TimeLimitError
from ..bundle.description import App, Process
from . import evidence, slots, systemd

START = contract.NAMES["processService"]
UNIT = re.compile(rf"{re.escape(START)}(?P<name>.+)-(?P<slot>{'|'.join(slots.SLOTS)})@(?P<number>\d+)\.service")
BOOT = "multi-user.target.wants"
# systemd ends each within its own limit, which is no longer than this.
STOP_SECONDS = contract.LIMITS["processStopSeconds"]
MARGIN_SECONDS = 15
PAUSE_SECONDS = 0.5


def units(app: App | None, slot: str | None, *, alone: bool | None = None) -> list[str]:
    """The units that belong to a slot; `alone` chooses those that have to be alone, or those that need not."""
    if app is None or slot is None:
        return []
    chosen = [each for each in app.processes if alone is None or each.alone == alone]
    return [unit(each.name, slot, number) for each in chosen for number in range(1, each.instances + 1)]


def unit(name: str, slot: str, number: int) -> str:
    return f"{START}{name}-{slot}@{number}.service"


def name_of(unit_name: str) -> str:
    """The name of the process in the settings."""
    found = UNIT.fullmatch(unit_name)
    return found["name"] if found else unit_name


def running(context: Context) -> list[str]:
    """All that run here, of whichever slot. Without a template there are none: it goes after all that is made of it."""
    there = any(context.paths.units.glob(f"{START}*@.service"))
    return systemd.running(f"{START}*") if there else []


def of_templates(names: Iterable[str], of: Iterable[str]) -> list[str]:
    """Those of the units `of` that are made of the templates `names`."""
    stems = tuple(
        name.removesuffix(".service") for name in names if name.startswith(START) and name.endswith("@.service")
    )
    return [each for each in of if each.startswith(stems)] if stems else []


def start(context: Context, app: App, wanted: Sequence[str]) -> None:
    """Starts those that do not run, and waits until all of them have stayed for a while.

    Raises `HostError` with state and log of the first that did not.
    """
    waiting = [each for each, state in systemd.states(*wanted).items() if state != "active"] if wanted else []
    if not waiting:
        return
    context.step(f"starting {_shown(waiting)}")
    try:
        systemd.start(*waiting)
    except HostError:
        states = systemd.states(*waiting)
        failed = next((each for each in waiting if states[each] != "active"), waiting[0])
        raise _failure(context, failed, "no start of it") from None
    _prove_steady(context, app.processes, waiting)


def _prove_steady(context: Context, processes: Sequence[Process], started: Sequence[str]) -> None:
    """One that ends and is started again by systemd has another number."""
    limits = {each.name: each.steady_seconds for each in processes}
    first = systemd.show_all(started, "MainPID")
    began = time.monotonic()
    left = list(started)
    while left:
        facts = systemd.show_all(left, "ActiveState", "MainPID")
        passed = time.monotonic() - began
        for each in left:
            if facts[each].get("ActiveState") != "active" or facts[each].get("MainPID") != first[each].get("MainPID"):
                raise _failure(context, each, f"its end within {passed:.0f} s")
        left = [each for each in left if passed < limits.get(name_of(each), 0)]
        if left:
            time.sleep(PAUSE_SECONDS)


def _failure(context: Context, unit_name: str, got: str) -> HostError:
    key = f"app.processes.{name_of(unit_name)}"
    message = fault(key, got, f"a process that stays for {key}.steadySeconds", "see its log below")
    return HostError(message, evidence.of_unit(context, unit_name))


def stop(context: Context, ending: Sequence[str]) -> None:
    """Tells them to end, and waits until they have: systemd kills those that do not within their `stopSeconds`."""
    if not ending:
        return
    context.step(f"stopping {_shown(ending)}")
    try:
        systemd.stop(*ending, seconds=STOP_SECONDS + MARGIN_SECONDS)
    except TimeLimitError as error:
        message = fault(f"stop of {_shown(ending)}", "no end of it", f"an end within {STOP_SECONDS} s", "see its log")
        raise HostError(message, error.evidence) from None


def at_boot(context: Context) -> list[str]:
    """Those that start at boot."""
    return sorted(path.name for path in (context.paths.units / BOOT).glob(f"{START}*"))


def enable_only(context: Context, wanted: Sequence[str]) -> bool:
    """Makes these, and no others, start at boot. Returns whether anything changed: the manager has to read its units then."""
    before = at_boot(context)
    missing = [each for each in wanted if each not in before]
    too_many = [each for each in before if each not in wanted]
    if missing:
        systemd.enable(*missing)
    if too_many:
        systemd.disable(*too_many)
    return bool(missing or too_many)


def _shown(names: Sequence[str]) -> str:
    return ", ".join(each.removeprefix("portico-").removesuffix(".service") for each in names)
