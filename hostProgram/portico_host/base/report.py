"""What a call says: readable lines on standard error, one JSON line on standard output."""

import contextlib
import json
import sys
from typing import Any

from .errors import HostError
from .redaction import Redactor

LINE_LIMIT = 500


class Report:
    """Prints for one command. A reader that went away (SSH dropped) never stops the work."""

    def __init__(self, command: str) -> None:
        self.command = command
        self.redactor = Redactor()

    def step(self, text: str) -> None:
        """One line of progress."""
        self._say(f"portico: {self.command}: {text}")

    def failure(self, error: HostError) -> None:
        """The fault, then its evidence, indented."""
        self._say(f"portico: {self.command}: failed: {error.message}")
        for line in error.evidence:
            self._say(f"  {line}")

    def result(self, value: Any) -> None:
        """The one line that other programs read; it holds names and identifiers only."""
        with contextlib.suppress(OSError, ValueError):
            print(json.dumps(value, separators=(",", ":")), file=sys.stdout, flush=True)

    def _say(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            print(clean_line(self.redactor, text), file=sys.stderr, flush=True)


def clean_line(redactor: Redactor, text: str) -> str:
    """One printable line: redacted first, so that the cut cannot save half a secret from it."""
    line = redactor.clean(text)
    line = "".join(c if c.isprintable() else " " for c in line)
    return line if len(line) <= LINE_LIMIT else line[: LINE_LIMIT - 1] + "…"
