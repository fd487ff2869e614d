"""What happened on this host: what is current, what was before, which revisions are good or bad."""

import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from .durable import read_json, write_json
from .paths import Paths

HISTORY_LENGTH = 100
WHY_LENGTH = 300


@dataclass(frozen=True)
class Entry:
    """A state of the host that was reached: `key` names the staged folder that it came from."""

    key: str
    role: str
    release: str | None
    revision: str | None
    slot: str | None
    at: str


@dataclass(frozen=True)
class Verdict:
    """What one attempt said about a revision. `during` is the command, `why` is empty for a good one."""

    release: str | None
    revision: str | None
    good: bool
    why: str
    during: str
    at: str


@dataclass(frozen=True)
class Record:
    """`current` is changed last of all, so it always names a state that was proven."""

    current: Entry | None = None
    previous: Entry | None = None
    history: tuple[Verdict, ...] = field(default=())

    @staticmethod
    def load(paths: Paths) -> "Record":
        value = read_json(_place(paths))
        if value is None:
            return Record()
        return Record(
            current=_entry(value["current"]),
            previous=_entry(value["previous"]),
            history=tuple(Verdict(**each) for each in value["history"]),
        )

    def save(self, paths: Paths) -> None:
        write_json(_place(paths), asdict(self))

    def judged(self, release: str | None, revision: str | None, during: str, why: str = "") -> "Record":
        """With one more verdict: bad when there is a reason `why`. Saying the last one again adds nothing."""
        verdict = Verdict(release, revision, not why, why[:WHY_LENGTH], during, now())
        last = self.history[-1] if self.history else None
        if last is not None and replace(last, at=verdict.at) == verdict:
            return self
        return replace(self, history=(*self.history, verdict)[-HISTORY_LENGTH:])

    def reached(self, entry: Entry) -> "Record":
        """With `entry` as the current state. Repeating the current one keeps what was before it."""
        if self.current is not None and self.current.key == entry.key:
            return replace(self, current=entry)
        return replace(self, current=entry, previous=self.current)

    def good_releases(self) -> list[str]:
        """Releases that served, each once, the latest first; one whose last verdict is bad is not among them."""
        found: dict[str, bool] = {}
        for verdict in reversed(self.history):
            if verdict.release is not None and (verdict.during == "activate" or not verdict.good):
                found.setdefault(verdict.release, verdict.good)
        return [release for release, good in found.items() if good]


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _place(paths: Paths) -> Path:
    return paths.state / "record.json"


def _entry(value: dict[str, Any] | None) -> Entry | None:
    return None if value is None else Entry(**value)
