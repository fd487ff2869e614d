"""What every part of a call needs."""

import time
from dataclasses import dataclass, field

from .paths import Paths
from .report import Report


@dataclass(frozen=True)
class Context:
    """One call: where things are, where progress is reported, when it began."""

    report: Report
    paths: Paths = Paths()
    began: float = field(default_factory=time.time)
    """Seconds since 1970; evidence shows no log line from before."""

    def step(self, text: str) -> None:
        self.report.step(text)
