"""What serves is what was released: release, environment, settings, secrets. And what a rollback needs is there."""

from collections.abc import Iterator
from pathlib import Path

from ..base.context import Context
from ..release import checksums, revisions
from ..release.releases import Release
from ..release.repair import is_repaired
from ..release.restorable import find_restorable
from ..state.plan import Plan
from ..state.record import Entry, Record
from .difference import Difference

# Of one folder; who changed more has changed all of it.
MOST_LINES = 10


def find(context: Context, plan: Plan) -> Iterator[Difference]:
    if plan.release is not None and plan.revision is not None:
        if is_repaired(context, plan.release):
            found = "brought back to what was released after what serves was started"
            yield Difference(f"release {plan.release}", found, "what serves started with it")
        yield from _revision(context, plan)
        release = Release(context, plan.release)
        yield from _unchanged(release.folder, "release")
        yield from _unchanged(release.venv.resolve(), "environment")
    yield from _history(context, plan)


def _revision(context: Context, plan: Plan) -> Iterator[Difference]:
    place = revisions.folder(context, str(plan.revision))
    if not place.is_dir():
        yield Difference(str(place), "missing", "the settings and secrets of what serves", "stage")
        return
    for path, deviation in revisions.deviations(context, plan):
        yield Difference(path, deviation.found, deviation.wanted)
    for secret in revisions.open_secrets(context, str(plan.revision)):
        yield Difference(str(secret), f"mode {secret.lstat().st_mode & 0o7777:04o}", "mode 0600, owner root:root")
    link = place / "release"
    wanted = f"../../releases/{plan.release}"
    if not link.is_symlink() or str(link.readlink()) != wanted:
        yield Difference(str(link), "another link or none", f"a link to {wanted}", "stage")
    if not revisions.has_its_secrets(context, plan):
        yield Difference(f"{place}/credentials", "other secrets", "those that were deployed", "stage")


def _unchanged(folder: Path, kind: str) -> Iterator[Difference]:
    if not folder.is_dir():
        yield Difference(str(folder), "missing", f"the {kind} that serves", "stage")
        return
    changed = checksums.changes(folder) or []
    for path, found, wanted in changed[:MOST_LINES]:
        yield Difference(str(path), _short(found), _short(wanted), "stage")
    if len(changed) > MOST_LINES:
        yield Difference(str(folder), f"{len(changed) - MOST_LINES} more files changed", "none", "stage")


def _short(text: str) -> str:
    """The first digits of a hash identify it."""
    head, _, rest = text.partition("content ")
    return f"{head}content {rest[:12]}{rest[64:]}" if rest else text


def _history(context: Context, plan: Plan) -> Iterator[Difference]:
    """Good releases go from the oldest on: one that is gone before an older one was not taken by us."""
    record = Record.load(context.paths)
    good = record.good[: plan.description.app.keep_releases] if plan.description.app else ()
    there = [find_restorable(context, entry.key) is not None for entry in good]
    last = max((number for number, kept in enumerate(there) if kept), default=-1)
    gone = [entry for number, entry in enumerate(good) if not there[number] and number < last]
    gone += [
        each for each in (record.previous, record.confirmed) if each and find_restorable(context, each.key) is None
    ]
    advice = "no rollback to it any more; deploy it again to have it back"
    for release in dict.fromkeys(_name(entry) for entry in gone):
        yield Difference(f"history: {release}", "not complete on this host", "kept for a rollback", "nobody", advice)


def _name(entry: Entry) -> str:
    return f"release {entry.release}" if entry.release else f"state {entry.key}"
