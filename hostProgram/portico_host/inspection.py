"""`status`, `answers`, `history` and `survey`: what runs here, whether it answers, what was done. They only read."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from .base.context import Context
from .base.errors import as_host_error
from .checks import certificates
from .checks.examination import examine
from .health_check import balanced_hosts, check_state
from .nginx import nginx_unit
from .probes import host_probe
from .release.restorable import find_restorable
from .state.lease import Clock, Lease
from .state.record import Record
from .state.rollback_ban import RollbackBan
from .system import boot, folder_sizes
from .units import processes, schedules, slots, systemd

HISTORY = 10
TRANSACTIONS = 20


def status(context: Context) -> dict[str, Any]:
    """What is current, what each slot has, and how the last attempts went."""
    record = Record.load(context.paths)
    live = slots.live(context.paths)
    armed, banned = Lease.load(context.paths), RollbackBan.load(context.paths)
    return {
        "current": asdict(record.current) if record.current else None,
        "previous": asdict(record.previous) if record.previous else None,
        "confirmed": record.confirmed.key if record.confirmed else None,
        "lease": armed.to_json() if armed else None,
        "takenBack": list(banned.keys) if banned else [],
        "good": [entry.release for entry in record.good if entry.release and find_restorable(context, entry.key)],
        "bad": record.bad_releases(),
        "live": live,
        "slots": {slot: _slot(context, slot) for slot in slots.SLOTS},
        "processes": _processes(context, record, live),
        "schedules": _schedules(context, record),
        "watch": check_state.report(context.paths, [host.name for host in balanced_hosts.load(context.paths)]),
        "alarms": _alarms(context, record),
        "boot": Clock.read().boot,
        "asksForReboot": boot.asked_by(context.paths),
        "nginx": systemd.show(nginx_unit.UNIT, "ActiveState").get("ActiveState"),
        "data": folder_sizes.of_data(context.paths),
        "releases": sorted(path.name for path in context.paths.releases.glob("*")),
        "history": [asdict(verdict) for verdict in record.history[-HISTORY:]],
    }


def _processes(context: Context, record: Record, live: str | None) -> dict[str, Any]:
    """Of each process how many are to run, how many do, and how often systemd has started one again."""
    plan = find_restorable(context, record.current.key) if record.current else None
    app = plan.description.app if plan else None
    units = processes.units(app, live)
    facts = systemd.show_all(units, "ActiveState", "NRestarts") if units else {}
    found: dict[str, Any] = {}
    for unit, each in facts.items():
        one = found.setdefault(processes.name_of(unit), {"instances": 0, "running": 0, "restarts": 0})
        one["instances"] += 1
        one["running"] += each.get("ActiveState") == "active"
        one["restarts"] += int(each.get("NRestarts") or 0)
    return found


def _schedules(context: Context, record: Record) -> dict[str, Any]:
    """Of each schedule of this host its last run since the boot, and when the next one begins."""
    plan = find_restorable(context, record.current.key) if record.current else None
    app = plan.description.app if plan else None
    return {each.name: schedules.describe(each.name) for each in (app.schedules if app else ())}


def _alarms(context: Context, record: Record) -> list[str]:
    """What a person has to see to before visitors do."""
    plan = find_restorable(context, record.current.key) if record.current else None
    return [each.sentence for each in certificates.find(context, plan)] if plan else []


def history(context: Context) -> list[dict[str, Any]]:
    """The last transactions, the latest last."""
    return [asdict(transaction) for transaction in Record.load(context.paths).transactions[-TRANSACTIONS:]]


def answers(context: Context) -> dict[str, Any]:
    """Whether the application answers through Nginx here, requested a few times and never waited for long.

    `answers` is None where nothing was activated or the host carries no application.
    """
    current = Record.load(context.paths).current
    plan = find_restorable(context, current.key) if current else None
    if plan is None or plan.description.app is None:
        return {"answers": None, "got": "no application here"}
    good, got = host_probe.check_briefly(context, plan)
    return {"answers": good, "got": f"{got.request}: {got.describe()}"}


def survey(context: Context, value: dict[str, Any]) -> dict[str, Any]:
    """`status`, `answers` and, where `value` has `examine`, `check` in one call: a start and a login cost more than each of them."""
    return {
        "status": _part(context, lambda: status(context)),
        "answers": _part(context, lambda: answers(context)),
        "examination": _part(context, lambda: examine(context).to_json()) if value.get("examine") is True else None,
    }


def _part(context: Context, report: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """One that cannot be made hides none of the others."""
    try:
        return report()
    except Exception as error:
        context.report.failure(as_host_error(error))
        return None


def _slot(context: Context, slot: str) -> dict[str, Any]:
    revision = slots.revision(context.paths, slot)
    facts = systemd.show(slots.service(slot), "ActiveState", "NRestarts")
    release = context.paths.revisions / (revision or "none") / "release"
    return {
        "revision": revision,
        "release": release.readlink().name if release.is_symlink() else None,
        "state": facts.get("ActiveState"),
        "restarts": int(facts.get("NRestarts") or 0),
    }
