"""Orders that failed: the next one waits, so that the limits of an authority are never met."""

from dataclasses import asdict, dataclass
from pathlib import Path

from ..base.durable import make_folder, remove_file, write_json
from ..base.paths import Paths
from ..state.state_file import FORMAT, Reader, load
from .issued import FOLDER
from .order import Order

# Let's Encrypt takes five proofs that fail for one name in an hour, and five equal certificates in a week.
FIRST_WAIT_SECONDS = 15 * 60
LONGEST_WAIT_SECONDS = 24 * 3600
REMEDY = "remove it: the next order is made at once"


@dataclass(frozen=True)
class Attempts:
    """How often in a row `order` failed, the reason of the last one, and when the next one may be made."""

    order: str
    failures: int
    why: str
    not_before: float

    @staticmethod
    def load(paths: Paths, order: Order) -> "Attempts":
        """None of an order of before count: other names or another authority are a new beginning."""
        place = _place(paths)
        value = load(place, REMEDY)
        if value is None or value.get("order") != order.key:
            return Attempts(order.key, 0, "", 0)
        found: Attempts = Reader(place, value, REMEDY).fill(Attempts, value, "attempts")
        return found

    def failed(self, paths: Paths, why: str, now: float) -> None:
        wait = min(FIRST_WAIT_SECONDS * 2**self.failures, LONGEST_WAIT_SECONDS)
        after = Attempts(self.order, self.failures + 1, why, now + wait)
        make_folder(paths.state / FOLDER, 0o700)
        write_json(_place(paths), {"format": FORMAT, **asdict(after)})

    @staticmethod
    def forget(paths: Paths) -> None:
        remove_file(_place(paths))


def _place(paths: Paths) -> Path:
    return paths.state / FOLDER / "attempts.json"
