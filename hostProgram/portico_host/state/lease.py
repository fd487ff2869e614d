"""The lease: a switch is provisional, and ends by itself when nobody confirms it in time."""

import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..base.contract import LIMITS
from ..base.durable import make_folder, remove_file, write_json
from ..base.paths import Paths
from ..base.values import Fields
from .state_file import FORMAT, Reader, load

# Commands that end a lease by going back.
WAYS_BACK = frozenset({"revert", "expire"})
LONGEST_SECONDS = LIMITS["leaseSeconds"]
RETRY_SECONDS = 30
LONGEST_RETRY_SECONDS = 600
# The way back where no state was confirmed before: the host gives up its firewall, and nothing else.
NO_STATE = ""
REMEDY = "remove it: what serves stays; then run bin/up"


@dataclass(frozen=True)
class Clock:
    """Two clocks: the one that everyone reads and anyone may set, and the one that only runs, within one boot."""

    wall: float
    boot: str
    running: float

    @staticmethod
    def read() -> "Clock":
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return Clock(time.time(), boot, time.clock_gettime(time.CLOCK_BOOTTIME))


@dataclass(frozen=True)
class Lease:
    """Written before a switch begins. `key` is the state on trial, `back` the confirmed one to return to, or `NO_STATE`.

    It has ended when the wall clock says so, or the running clock of the boot it was armed in: a clock that
    was set back prolongs nothing, and a reboot neither. `attempts` counts returns that failed.
    """

    key: str
    back: str
    seconds: int
    deadline: float
    boot: str
    limit: float
    attempts: int = 0

    @staticmethod
    def begin(key: str, back: str, seconds: int) -> "Lease":
        clock = Clock.read()
        return Lease(key, back, seconds, clock.wall + seconds, clock.boot, clock.running + seconds)

    @staticmethod
    def load(paths: Paths) -> "Lease | None":
        place = _place(paths)
        value = load(place, REMEDY)
        return None if value is None else Reader(place, value, REMEDY).fill(Lease, value, "a lease")

    def save(self, paths: Paths) -> None:
        make_folder(paths.state)
        write_json(_place(paths), {"format": FORMAT, **asdict(self)})

    def ended(self, clock: Clock) -> bool:
        return clock.wall >= self.deadline or (clock.boot == self.boot and clock.running >= self.limit)

    def in_boot(self, clock: Clock) -> "Lease":
        """Bound to the present boot: what is left, and after a boot with a clock in the past no more than the whole."""
        if clock.boot == self.boot:
            return self
        left = min(max(self.deadline - clock.wall, 0), self.seconds)
        return replace(self, boot=clock.boot, limit=clock.running + left)

    def postponed(self, clock: Clock) -> "Lease":
        """After a return that failed: what serves goes on, and the next attempt comes later each time."""
        wait = min(RETRY_SECONDS * 2**self.attempts, LONGEST_RETRY_SECONDS)
        return replace(
            self, deadline=clock.wall + wait, boot=clock.boot, limit=clock.running + wait, attempts=self.attempts + 1
        )

    def to_json(self) -> dict[str, Any]:
        """As `status` shows it."""
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.deadline))
        return {"key": self.key, "back": self.back, "until": until, "attempts": self.attempts}


def clear(paths: Paths) -> None:
    """Ends the trial: what serves stays."""
    remove_file(_place(paths))


def restore(paths: Paths, former: Lease | None) -> None:
    """Makes the lease again what it was."""
    if former is None:
        clear(paths)
    else:
        former.save(paths)


def read_seconds(value: dict[str, Any]) -> int | None:
    """The wanted length in the input of `activate`; None for a switch that needs no confirmation."""
    return Fields("input", value).optional_number("leaseSeconds", 1, LONGEST_SECONDS)


def _place(paths: Paths) -> Path:
    return paths.state / "lease.json"
