"""Hosts that an operator took out for work. Marks outlive reboots and releases; only `resume` ends one."""

from dataclasses import asdict, dataclass
from pathlib import Path

from ..base.durable import make_folder, write_json
from ..base.paths import Paths
from ..state.record import now
from ..state.state_file import FORMAT, read, understood

REMEDY = "remove it: no host is out for work then; take them out again"


@dataclass(frozen=True)
class Mark:
    """Why a host is out, and since when."""

    why: str
    since: str

    @staticmethod
    def begin(why: str) -> "Mark":
        return Mark(why, now())


def load(paths: Paths) -> dict[str, Mark]:
    """Raises `HostError` for marks of a newer format, which stay as they are."""
    place = _place(paths)
    marks = read(place, REMEDY) or {}
    found = {name: understood(place, each, REMEDY) for name, each in marks.items()}
    return {name: Mark(str(each.get("why", "")), str(each.get("since", ""))) for name, each in found.items()}


def save(paths: Paths, marks: dict[str, Mark]) -> None:
    make_folder(paths.state)
    # The format stands in each mark: in a version without it, all that is beside them was a host. The health check reads
    # the file, as a user without rights.
    write_json(_place(paths), {name: {"format": FORMAT, **asdict(mark)} for name, mark in marks.items()}, 0o644)


def _place(paths: Paths) -> Path:
    return paths.state / "drained.json"
