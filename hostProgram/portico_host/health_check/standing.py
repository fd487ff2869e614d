"""Who is to get requests: what follows from answers, marks and time, without any request or output."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

# In a row. With a check each second that may take two, a host is out 8 s after its last answer, and back in 6 s.
BAD_ANSWERS = 3
GOOD_ANSWERS = 3

# A host that fails again within this time after it was taken back waits longer each time.
RELAPSE_SECONDS = 300
FIRST_HOLD_SECONDS = 10
LONGEST_HOLD_SECONDS = 300


@dataclass(frozen=True)
class Standing:
    """What is known of one host. Times are seconds of a clock that only runs.

    `good` is the verdict; `against` counts the answers in a row that speak against it. `relapses` counts how often the
    host failed soon after it was taken back (at `returned`), and before `held_until` it is not taken back again.
    """

    good: bool = True
    against: int = 0
    relapses: int = 0
    returned: float | None = None
    held_until: float = 0
    answer: str = "not checked yet"

    def after(self, fine: bool, answer: str, now: float) -> "Standing":
        """After one more answer."""
        if fine == self.good:
            return replace(self, against=0, answer=answer)
        so_far = replace(self, against=self.against + 1, answer=answer)
        if self.good:
            return so_far._out(now) if so_far.against >= BAD_ANSWERS else so_far
        enough = so_far.against >= GOOD_ANSWERS and now >= self.held_until
        return replace(so_far, good=True, against=0, returned=now) if enough else so_far

    def _out(self, now: float) -> "Standing":
        relapsed = self.returned is not None and now - self.returned < RELAPSE_SECONDS
        relapses = self.relapses + 1 if relapsed else 0
        hold = min(FIRST_HOLD_SECONDS * 2 ** (relapses - 1), LONGEST_HOLD_SECONDS) if relapses else 0
        return replace(self, good=False, against=0, relapses=relapses, held_until=now + hold)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Choice:
    """`serving` get requests, in the order of the list; `open`: although none answers, for want of better ones."""

    serving: tuple[str, ...]
    open: bool


def choose(standings: Mapping[str, Standing], drained: Collection[str]) -> Choice:
    """Good hosts that nobody took out. Where none is good all of them serve: a poor chance beats none.

    A list of which every host was taken out is served by all that are good, as if none was.
    """
    eligible = [name for name in standings if name not in drained] or list(standings)
    good = tuple(name for name in eligible if standings[name].good)
    return Choice(good or tuple(eligible), not good)
