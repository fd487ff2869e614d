"""`status`, `history` and `check`: what runs here, what was done, what is not as it should be. They only read."""

from dataclasses import asdict
from typing import Any

from . import effects, health, nginx_check, slots, systemd
from .context import Context
from .durable import read_json
from .errors import HostError
from .kept import find_plan
from .lease import Clock, Lease
from .managed_file import difference
from .manifest import Manifest
from .plan import Plan
from .record import Record

HISTORY = 10
TRANSACTIONS = 20
# The timer looks every ten seconds; a way back takes its time.
OVERDUE_SECONDS = 120


def status(context: Context) -> dict[str, Any]:
    """What is current, what each slot has, and how the last attempts went."""
    record = Record.load(context.paths)
    live = slots.live(context.paths)
    armed = Lease.load(context.paths)
    return {
        "current": asdict(record.current) if record.current else None,
        "previous": asdict(record.previous) if record.previous else None,
        "confirmed": record.confirmed.key if record.confirmed else None,
        "lease": armed.to_json() if armed else None,
        "good": [entry.release for entry in record.good if entry.release and find_plan(context, entry.key)],
        "bad": record.bad_releases(),
        "live": live,
        "slots": {slot: _slot(context, slot) for slot in slots.SLOTS},
        "nginx": systemd.show(nginx_check.UNIT, "ActiveState").get("ActiveState"),
        "releases": sorted(path.name for path in context.paths.releases.glob("*")),
        "history": [asdict(verdict) for verdict in record.history[-HISTORY:]],
    }


def history(context: Context) -> list[dict[str, Any]]:
    """The last transactions, the latest last."""
    return [asdict(transaction) for transaction in Record.load(context.paths).transactions[-TRANSACTIONS:]]


def problems(context: Context) -> list[str]:
    """One sentence for each difference from the current state; empty when all is well."""
    record = Record.load(context.paths)
    if record.current is None:
        return ["record: nothing has been activated on this host"]
    found = [*_file_problems(context), *_leftovers(context)]
    try:
        plan = Plan.load(context.paths, record.current.key)
    except HostError as error:
        return [*found, error.message]
    found += _unit_problems(plan)
    if plan.description.app is not None:
        found += _slot_problems(context, plan.revision)
    return found + _health_problems(context, plan)


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


def _file_problems(context: Context) -> list[str]:
    manifest = Manifest.load(context.paths)
    found = (
        [f"unfinished: the effects {', '.join(sorted(manifest.pending))} of an earlier call"]
        if manifest.pending
        else []
    )
    for file in manifest.files.values():
        what = difference(context.paths, file)
        if what is not None:
            found.append(f"{file.path}: {what}")
    return found


def _leftovers(context: Context) -> list[str]:
    found = []
    if (context.paths.slots / slots.REHEARSAL).is_symlink():
        found.append("slots/rehearsal: left by a call that was killed")
    if (context.paths.slots / slots.MIGRATION).is_symlink() and systemd.is_stopped(slots.service(slots.MIGRATION)):
        found.append("slots/migration: left by a call that was killed")
    for folder in context.paths.releases.glob("*"):
        if read_json(folder / "release.json") is None:
            found.append(f"release {folder.name}: not complete")
    armed, clock = Lease.load(context.paths), Clock.read()
    if armed is not None and clock.wall > armed.deadline + OVERDUE_SECONDS:
        found.append(f"lease: ended {armed.to_json()['until']}, and this host did not go back")
    return found


def _unit_problems(plan: Plan) -> list[str]:
    found = [f"{unit}: not masked" for unit in plan.description.masked_units if not systemd.is_masked(unit)]
    for unit in plan.description.enabled_units:
        if not unit.startswith(effects.SLOT_UNITS):
            found += [] if systemd.is_enabled(unit) else [f"{unit}: does not start at boot"]
            found += [] if systemd.is_active(unit) else [f"{unit}: not active"]
    return found


def _slot_problems(context: Context, revision: str | None) -> list[str]:
    live = slots.live(context.paths)
    if live is None:
        return [f"{slots.SHARED_SOCKET}: names no slot"]
    other = slots.other(live)
    found = []
    if slots.revision(context.paths, live) != revision:
        found.append(f"slot {live}: revision {slots.revision(context.paths, live)} instead of {revision}")
    for unit in (slots.service(live), slots.SHARED_SOCKET):
        found += [] if systemd.is_active(unit) else [f"{unit}: not active"]
        found += [] if systemd.is_enabled(unit) else [f"{unit}: does not start at boot"]
    if systemd.is_enabled(slots.service(other)):
        found.append(f"{slots.service(other)}: starts at boot beside the live one")
    if not slots.is_idle(other):
        found.append(f"{slots.service(other)}: runs beside the live one")
    return found


def _health_problems(context: Context, plan: Plan) -> list[str]:
    try:
        health.prove_host(context, plan, slots.live(context.paths))
    except HostError as error:
        return [error.message]
    return []
