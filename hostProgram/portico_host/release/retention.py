"""Removes what nothing needs any more. Failing at it (a full disk) is reported, and never fails a call."""

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..base.context import Context
from ..base.contract import FILES, ROLES
from ..base.durable import remove_file, remove_folder
from ..base.errors import HostError
from ..state.lease import Lease
from ..state.plan import Plan
from ..state.record import Record
from ..units import slots
from . import assets, repair
from .releases import Release, in_use

# Bundles of every role, as one host may have been one after the other, and archives of releases; those of before wheels
# had archives of their own, too.
INCOMING = re.compile(
    rf"({'|'.join(map(re.escape, ROLES))})-[0-9a-f]+{re.escape(FILES['bundleEnding'])}"
    + "".join(
        rf"|{re.escape(FILES[f'{kind}Start'])}[0-9a-f]+{re.escape(FILES[f'{kind}Ending'])}"
        for kind in ("application", "wheels", "combined")
    )
)


@dataclass(frozen=True)
class Retained:
    """Names of the staged states, revisions and releases that stay."""

    states: set[str]
    revisions: set[str]
    releases: set[str]


def prune(context: Context, plan: Plan, program: Path | None = None) -> None:
    """Removes what `find_retained` does not name.

    With `program`, the running bundle, the call was an activation: then also static files of releases
    that are gone, and older files beside the bundle, are removed.
    """
    kept = find_retained(context, plan)
    tasks: list[tuple[str, Callable[[], None]]] = [
        ("staged states", lambda: _remove_others(context.paths.staged, kept.states)),
        ("revisions", lambda: _remove_others(context.paths.revisions, kept.revisions)),
        ("releases", lambda: _remove_others(context.paths.releases, kept.releases)),
        ("marks of repaired releases", lambda: repair.clear_other_marks(context, kept.releases)),
        ("environments", lambda: _remove_others(context.paths.environments, _linked_environments(context))),
    ]
    if program is not None:
        tasks.append(("static files", lambda: assets.drop_others(context, _complete_releases(context))))
        tasks.append(("incoming files", lambda: _prune_incoming(program, plan)))
    for what, task in tasks:
        try:
            task()
        except (OSError, HostError) as error:
            context.step(f"could not remove old {what}: {error}")


def find_retained(context: Context, plan: Plan) -> Retained:
    """What `plan`, the current, previous and confirmed state, an armed lease and the last good releases need.

    A good release stays with the files, settings and secrets it had, so that a rollback finds all of it.
    """
    record, armed = Record.load(context.paths), Lease.load(context.paths)
    good = record.good[: plan.description.app.keep_releases] if plan.description.app else record.good[:1]
    entries = [entry for entry in (record.current, record.previous, record.confirmed, *good) if entry]
    states = {plan.key, *(entry.key for entry in entries), *((armed.key, armed.back) if armed else ())}
    needed = [(each.revision, each.release) for each in (plan, *_staged_plans(context, states))]
    needed += [(entry.revision, entry.release) for entry in entries]
    linked = [
        slots.revision(context.paths, slot)
        for slot in (*slots.SLOTS, slots.REHEARSAL, slots.MIGRATION, slots.SCHEDULED)
    ]
    revisions = {revision for revision in (*linked, *(revision for revision, _ in needed)) if revision}
    releases = {*_linked_releases(context, revisions), *(release for _, release in needed)}
    complete = {release for release in releases if release and Release(context, release).complete}
    return Retained(states, revisions, complete | in_use(context) | {plan.release or ""})


def _staged_plans(context: Context, keys: set[str]) -> Iterator[Plan]:
    for key in keys:
        with contextlib.suppress(HostError):
            yield Plan.load(context.paths, key)


def _linked_releases(context: Context, revisions: Iterable[str]) -> Iterator[str]:
    for revision in revisions:
        path = context.paths.revisions / revision / "release"
        if path.is_symlink():
            yield path.readlink().name


def _linked_environments(context: Context) -> set[str]:
    """Those of the releases that are left, complete or not."""
    links = (folder / "venv" for folder in context.paths.releases.glob("*"))
    return {link.readlink().name for link in links if link.is_symlink()}


def _complete_releases(context: Context) -> list[Release]:
    releases = (Release(context, folder.name) for folder in context.paths.releases.glob("*"))
    return [release for release in releases if release.complete]


def _prune_incoming(program: Path, plan: Plan) -> None:
    """The wheels stay, though their environment is complete: with another Python of the host it is made anew."""
    kept = {program.name, *(plan.delivery.files if plan.delivery else ())}
    for path in program.parent.glob("*"):
        if INCOMING.fullmatch(path.name) and path.name not in kept:
            remove_file(path)


def _remove_others(folder: Path, kept: set[str]) -> None:
    for path in folder.glob("*"):
        if path.name not in kept:
            remove_folder(path)
