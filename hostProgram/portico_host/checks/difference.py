"""One thing that is not as it should be."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Healer = Literal["activate", "stage", "nobody"]


@dataclass(frozen=True)
class Difference:
    """`subject` is a file, a unit, a port, a package or another thing of this host.

    `healer` is what puts it right: an activation of the current state; a `stage` before it, which brings what this host
    cannot make by itself; or nobody but a person, for whom `advice` says what to do.
    """

    subject: str
    found: str
    wanted: str
    healer: Healer = "activate"
    advice: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.subject}: {self.found}; should be {self.wanted}{f'; {self.advice}' if self.advice else ''}"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
