"""Progress for the person who waits: short lines on standard error."""

import sys
import time


class Progress:
    """Prints `portico: <subject>: <seconds> s: <text>`; standard output stays free for results."""

    def __init__(self, subject: str):
        self._subject = subject
        self._start = time.monotonic()

    def say(self, text: str) -> None:
        """Print one line with the time since this object was made."""
        seconds = time.monotonic() - self._start
        print(f"portico: {self._subject}: {seconds:.1f} s: {text}", file=sys.stderr, flush=True)
