"""What happened on this host: what is current, what was before, which states are good or bad."""

import time
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ..base.durable import write_json
from ..base.paths import Paths
from .history import WHY_LENGTH, Transaction
from .state_file import FORMAT, Reader, load
from .trigger import Withdrawn

HISTORY_LENGTH = 100
GOOD_LENGTH = 50
REMEDY = "move it away and run bin/up: the host is then set up as a new one, and its record of releases before is lost"


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
    """`current` is changed last of all, so it always names a state that was proven.

    `confirmed` is the last state that nobody has to confirm any more. `good` are the states that were confirmed
    and not withdrawn since for a fault of theirs: the latest of each release, the latest release first. `migrated`
    says when the migration of a release ended.
    """

    current: Entry | None = None
    previous: Entry | None = None
    confirmed: Entry | None = None
    good: tuple[Entry, ...] = ()
    history: tuple[Verdict, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    migrated: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    """What a newer version keeps here; it stays as it is."""

    @staticmethod
    def load(paths: Paths) -> "Record":
        return Record.load_from(_place(paths))

    @staticmethod
    def load_from(place: Path) -> "Record":
        """For a reader that gets the file elsewhere; an empty record when it is not there."""
        value = load(place, REMEDY)
        if value is None:
            return Record()
        reader = Reader(place, value, REMEDY)
        current = reader.get("current")
        return Record(
            current=reader.one(Entry, "current"),
            previous=reader.one(Entry, "previous"),
            # A record from before leases: all that was reached was final.
            confirmed=reader.one(Entry, "confirmed", current),
            good=reader.many(Entry, "good", [current] if current else []),
            history=reader.many(Verdict, "history"),
            transactions=reader.many(Transaction, "transactions", []),
            migrated=reader.get("migrated", {}),
            more=reader.unknown(frozenset(each.name for each in fields(Record)) - {"more"}),
        )

    def save(self, paths: Paths) -> None:
        value = asdict(self)
        write_json(_place(paths), {**value.pop("more"), **value, "format": FORMAT})

    def with_verdict(self, release: str | None, revision: str | None, during: str, why: str = "") -> "Record":
        """With one more verdict: bad when there is a reason `why`. Saying the last one again adds nothing."""
        record = (
            self
            if not why
            else replace(self, good=tuple(each for each in self.good if each.revision != revision or revision is None))
        )
        verdict = Verdict(release, revision, not why, why[:WHY_LENGTH], during, now())
        last = self.history[-1] if self.history else None
        if last is not None and replace(last, at=verdict.at) == verdict:
            return record
        return replace(record, history=(*self.history, verdict)[-HISTORY_LENGTH:])

    def withdrawing(self, withdrawn: Withdrawn, during: str, why: str) -> "Record":
        """With a verdict on a state that served: none of its release's states is one to go back to."""
        record = self.with_verdict(withdrawn.release, withdrawn.revision, during, why)
        return replace(
            record,
            good=tuple(each for each in record.good if each.release != withdrawn.release or withdrawn.release is None),
        )

    def reached(self, entry: Entry) -> "Record":
        """With `entry` as the current state. Repeating the current one keeps what was before it."""
        if self.current is not None and self.current.key == entry.key:
            return replace(self, current=entry)
        return replace(self, current=entry, previous=self.current)

    def confirming(self, during: str) -> "Record":
        """With the current state as the confirmed one, and its release as the latest good one."""
        entry = self.current
        assert entry is not None
        others = (each for each in self.good if each.release != entry.release)
        record = self.with_verdict(entry.release, entry.revision, during)
        return replace(record, confirmed=entry, good=(entry, *others)[:GOOD_LENGTH])

    def logged(self, transaction: Transaction) -> "Record":
        return replace(self, transactions=(*self.transactions, transaction)[-HISTORY_LENGTH:])

    def outcome_confirmed(self) -> "Record":
        """With the transaction that brought the current state as a confirmed one."""
        assert self.current is not None
        outcome, revision, past = "serves", self.current.revision, self.transactions
        numbers = [number for number, each in enumerate(past) if (each.outcome, each.revision) == (outcome, revision)]
        if not numbers:
            return self
        last = numbers[-1]
        return replace(self, transactions=(*past[:last], replace(past[last], outcome="confirmed"), *past[last + 1 :]))

    def migrated_now(self, release: str) -> "Record":
        """With the release as one whose migration ended well, so that it runs no second time."""
        latest = sorted({**self.migrated, release: now()}.items(), key=lambda each: each[1])[-HISTORY_LENGTH:]
        return replace(self, migrated=dict(latest))

    def ended_badly(self) -> bool:
        """Whether the last that happened here was a failure, in a transaction or in what was said of a state."""
        said = [(each.at, 1, not each.good) for each in self.history[-1:]]
        done = [(each.at, 0, each.outcome in {"failed", "went back"}) for each in self.transactions[-1:]]
        return max([*said, *done], default=("", 0, False))[2]

    def good_releases(self) -> list[str]:
        """Releases that were confirmed, the latest first; none that was withdrawn for a fault of its own."""
        return [entry.release for entry in self.good if entry.release is not None]

    def bad_releases(self) -> dict[str, str]:
        """Releases about which nothing good is known any more, with the reason."""
        good = self.good_releases()
        return {
            each.release: each.why
            for each in self.history
            if each.release and not each.good and each.release not in good
        }


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _place(paths: Paths) -> Path:
    return paths.state / "record.json"
