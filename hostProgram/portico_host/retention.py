"""Removes what nothing needs any more. Failing at it (a full disk) is told, and never fails a call."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from . import assets, slots
from .context import Context
from .durable import remove_file, remove_folder
from .errors import HostError
from .plan import Plan
from .record import Record
from .releases import Release, in_use

INCOMING = re.compile(r"(web|edge)-[0-9a-f]+\.pyz|release-[0-9a-f]+\.tar\.gz")


def prune(context: Context, plan: Plan, program: Path | None = None) -> None:
    """Keeps what `plan`, the current and the previous state need, and the last good releases.

    With `program`, the running bundle, the call was an activation: then also static files of releases
    that are gone, and older files beside the bundle, are removed.
    """
    record = Record.load(context.paths)
    tasks: list[tuple[str, Callable[[], None]]] = [
        ("staged states", lambda: _prune_staged(context, plan, record)),
        ("revisions", lambda: _prune_revisions(context, plan, record)),
        ("releases", lambda: _prune_releases(context, plan, record)),
    ]
    if program is not None:
        tasks.append(("static files", lambda: assets.drop_others(context, _complete_releases(context))))
        tasks.append(("incoming files", lambda: _prune_incoming(program, plan)))
    for what, task in tasks:
        try:
            task()
        except (OSError, HostError) as error:
            context.step(f"could not remove old {what}: {error}")


def _prune_staged(context: Context, plan: Plan, record: Record) -> None:
    kept = {plan.key, *(entry.key for entry in (record.current, record.previous) if entry)}
    _remove_others(context.paths.staged, kept)


def _kept_revisions(context: Context, plan: Plan, record: Record) -> set[str]:
    linked = [slots.revision(context.paths, slot) for slot in (*slots.SLOTS, slots.REHEARSAL)]
    entries = [entry.revision for entry in (record.current, record.previous) if entry]
    return {revision for revision in (plan.revision, *linked, *entries) if revision}


def _prune_revisions(context: Context, plan: Plan, record: Record) -> None:
    _remove_others(context.paths.revisions, _kept_revisions(context, plan, record))


def _prune_releases(context: Context, plan: Plan, record: Record) -> None:
    app = plan.description.app
    good = record.good_releases()[: app.keep_releases] if app else []
    entries = [entry.release for entry in (record.current, record.previous) if entry]
    links = [context.paths.revisions / revision / "release" for revision in _kept_revisions(context, plan, record)]
    linked = [Path(os.readlink(link)).name for link in links if link.is_symlink()]
    kept = {release for release in (*good, *entries, *linked) if release and Release(context, release).complete}
    _remove_others(context.paths.releases, kept | in_use(context) | {plan.release or ""})


def _complete_releases(context: Context) -> list[Release]:
    releases = (Release(context, folder.name) for folder in context.paths.releases.glob("*"))
    return [release for release in releases if release.complete]


def _prune_incoming(program: Path, plan: Plan) -> None:
    kept = {program.name, f"release-{plan.release}.tar.gz"}
    for path in program.parent.glob("*"):
        if INCOMING.fullmatch(path.name) and path.name not in kept:
            remove_file(path)


def _remove_others(folder: Path, kept: set[str]) -> None:
    for path in folder.glob("*"):
        if path.name not in kept:
            remove_folder(path)
