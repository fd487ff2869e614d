"""The state of the health check: what it found, for `status`, for the commands of operators, and for its own next start."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..base.durable import write_json
from ..base.errors import HostError
from ..base.paths import Paths
from ..state.state_file import FORMAT, Reader
from ..state.state_file import load as load_object
from . import marks
from .standing import Choice, Standing, choose

# Gone after a boot, when the clock of the standings begins anew.
FOLDER = "/run/portico-watch"
FRESH_SECONDS = 15


@dataclass(frozen=True)
class State:
    """`seen` are the marks that were in force; `applied` whether Nginx has the list that follows from all this.

    `shared` are hosts whose certificate has no name of their own.
    `unread`: a list was written that Nginx may not have read. It has read the one that was there when it started.
    """

    standings: dict[str, Standing] = field(default_factory=dict)
    seen: tuple[str, ...] = ()
    serving: tuple[str, ...] = ()
    open: bool = False
    applied: bool = False
    unread: bool = False
    asked: float = 0
    shared: tuple[str, ...] = ()

    @property
    def fresh(self) -> bool:
        return 0 <= clock() - self.asked < FRESH_SECONDS

    def save(self, paths: Paths) -> None:
        value = {
            "format": FORMAT,
            "standings": {name: standing.to_json() for name, standing in self.standings.items()},
            "seen": list(self.seen),
            "serving": list(self.serving),
            "open": self.open,
            "applied": self.applied,
            "unread": self.unread,
            "asked": self.asked,
            "shared": list(self.shared),
        }
        write_json(_place(paths), value, 0o644)


def load(paths: Paths) -> State:
    """What was written last; an empty state after a boot, and where a file is there that this version cannot read.

    Unlike what outlives a boot, such a file is no error: the next round of the health check builds all of it anew.
    """
    place = _place(paths)
    try:
        value = load_object(place, "") or {}
        reader = Reader(place, value, "")
        standings = {name: reader.fill(Standing, each, name) for name, each in value["standings"].items()}
        return State(
            standings,
            tuple(value["seen"]),
            tuple(value["serving"]),
            bool(value["open"]),
            bool(value["applied"]),
            bool(value["unread"]),
            float(value["asked"]),
            tuple(value.get("shared", ())),
        )
    except (HostError, OSError, ValueError, TypeError, KeyError, AttributeError):
        return State()


def clock() -> float:
    """Seconds of this boot, sleep included: nobody sets it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def choice(paths: Paths, names: Sequence[str]) -> Choice:
    """Which of these hosts get requests, by the last verdicts and by marks."""
    known = load(paths).standings
    return choose({name: known.get(name, Standing()) for name in names}, marks.load(paths))


def report(paths: Paths, names: Sequence[str]) -> dict[str, Any] | None:
    """As `status` shows it; None on a host that watches none."""
    if not names:
        return None
    state, drained = load(paths), marks.load(paths)
    hosts = {}
    for name in names:
        standing, mark = state.standings.get(name, Standing()), drained.get(name)
        hosts[name] = {
            "serves": name in state.serving,
            "answers": standing.good,
            "last": standing.answer,
            "notBackBeforeSeconds": max(0, round(standing.held_until - clock())) if not standing.good else 0,
            "drained": None if mark is None else {"why": mark.why, "since": mark.since},
        }
    return {"hosts": hosts, "servingThoughNoneAnswers": state.open, "applied": state.applied, "running": state.fresh}


def _place(paths: Paths) -> Path:
    return paths.live(FOLDER) / "state.json"
