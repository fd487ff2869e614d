"""The ban of a rollback: an update that was prepared before it does not bring about what was taken back."""

import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..base.context import Context
from ..base.durable import make_folder, remove_file, write_json
from ..base.errors import HostError, fault
from ..base.paths import Paths
from .plan import Plan
from .state_file import FORMAT, Reader, load

REMEDY = "remove it: what was rolled back may then come about again; then run bin/up"


@dataclass(frozen=True)
class RollbackBan:
    """The last rollback by a person, or end of a trial by itself. `keys` are the states that lay prepared then; to stage one again lifts its ban."""

    keys: tuple[str, ...]
    who: str
    at: str

    @staticmethod
    def load(paths: Paths) -> "RollbackBan | None":
        place = _place(paths)
        value = load(place, REMEDY)
        if value is None:
            return None
        found = Reader(place, value, REMEDY).fill(RollbackBan, value, "a ban")
        return replace(found, keys=tuple(found.keys))

    def save(self, paths: Paths) -> None:
        make_folder(paths.state)
        write_json(_place(paths), {"format": FORMAT, **asdict(self)})


def ban_others(context: Context, kept: str, who: str) -> None:
    """At a rollback to the state `kept`: nothing else that is staged comes about without being staged again."""
    _ban(context, {folder.name for folder in context.paths.staged.glob("*") if folder.name != kept}, who)


def ban_one(context: Context, key: str, who: str) -> None:
    """One state, besides those that are banned already."""
    found = RollbackBan.load(context.paths)
    _ban(context, {key, *(found.keys if found else ())}, who)


def _ban(context: Context, keys: set[str], who: str) -> None:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    RollbackBan(tuple(sorted(keys)), who, at).save(context.paths)


def lift_ban(context: Context, key: str) -> None:
    """The state was staged anew, after the rollback."""
    found = RollbackBan.load(context.paths)
    if found is not None and key in found.keys:
        RollbackBan(tuple(each for each in found.keys if each != key), found.who, found.at).save(context.paths)


def restore(paths: Paths, former: RollbackBan | None) -> None:
    """After a rollback that failed: what was banned before it is, and nothing else."""
    if former is None:
        remove_file(_place(paths))
    else:
        former.save(paths)


def refuse_banned(context: Context, plan: Plan) -> None:
    """Raises `HostError` for a state that was prepared before it was taken back."""
    found = RollbackBan.load(context.paths)
    if found is None or plan.key not in found.keys:
        return
    what = f"release {plan.release}" if plan.release else f"the files {plan.key}"
    raise HostError(
        fault(
            "update",
            f"{what}, prepared before {found.who} took this host back at {found.at}",
            "one that begins after it",
            "what was taken back stays back; to release it all the same, run bin/up again",
        )
    )


def _place(paths: Paths) -> Path:
    return paths.state / "taken-back.json"
