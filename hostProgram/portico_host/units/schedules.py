"""Commands of the application that systemd starts at set times. A run keeps the release that it began with."""

from ..base.context import Context
from ..base.contract import NAMES
from ..base.durable import remove_file
from ..bundle.description import App
from ..state.plan import Plan
from . import evidence, slots, systemd

START = NAMES["scheduleUnit"]


def timer(name: str) -> str:
    return f"{START}{name}.timer"


def service(name: str) -> str:
    return f"{START}{name}.service"


def timers(app: App) -> set[str]:
    return {timer(each.name) for each in app.schedules}


def choose_revision(context: Context, plan: Plan) -> None:
    """Runs that begin from here on have the revision of `plan`."""
    place = context.paths.slots / slots.SCHEDULED
    if plan.description.app is None or not plan.description.app.schedules or plan.revision is None:
        remove_file(place)
    elif slots.revision(context.paths, slots.SCHEDULED) != plan.revision:
        slots.assign(context.paths, slots.SCHEDULED, plan.revision)


def start(app: App | None) -> None:
    """Starts timers that do not run, now and at boot."""
    names = sorted(timers(app)) if app else []
    waiting = [each for each, state in systemd.states(*names).items() if state != "active"] if names else []
    if waiting:
        systemd.enable(*waiting)
        systemd.reload_units()
        systemd.start(*waiting)


def last_outcome(name: str) -> str | None:
    """What became of the last run since the boot, in a few words; None where it was good, still goes on, or there was none."""
    facts = systemd.show(service(name), "Result", "ActiveState")
    failed = facts.get("ActiveState") == "failed" and facts.get("Result") != "success"
    return evidence.outcome(service(name)) if failed else None


def describe(name: str) -> dict[str, object]:
    run = systemd.show(service(name), "ActiveState", "Result", "ExecMainStartTimestamp", "ExecMainExitTimestamp")
    began = run.get("ExecMainStartTimestamp") or None
    running = run.get("ActiveState") == "activating"
    return {
        "running": running,
        "began": began,
        "ended": None if running else run.get("ExecMainExitTimestamp") or None,
        "result": run.get("Result") if began and not running else None,
        "next": systemd.show(timer(name), "NextElapseUSecRealtime").get("NextElapseUSecRealtime") or None,
    }
