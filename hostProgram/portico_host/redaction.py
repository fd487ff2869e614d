"""Keeps the values of secrets out of everything that is printed or recorded."""

import json
from collections.abc import Iterable
from urllib.parse import quote

REPLACEMENT = "[redacted]"


class Redactor:
    """Replaces every known secret value, in the spellings in which programs log it."""

    def __init__(self) -> None:
        self._spellings: list[str] = []

    def add(self, values: Iterable[str]) -> None:
        """Makes `values` secret from now on; empty ones are ignored."""
        known = set(self._spellings)
        for value in values:
            known.update(_spellings(value))
        # Longest first: a secret that contains another one must not leave its rest behind.
        self._spellings = sorted(known, key=lambda text: (-len(text), text))

    def clean(self, text: str) -> str:
        for spelling in self._spellings:
            text = text.replace(spelling, REPLACEMENT)
        return text


def _spellings(value: str) -> set[str]:
    # A log shows a value of several lines (a key in PEM form) one line at a time.
    lines = [line.strip() for line in value.splitlines()]
    found = {value, value.strip(), *(line for line in lines if len(line) >= 8)}
    for text in list(found):
        found |= {quote(text, safe=""), json.dumps(text)[1:-1], repr(text)[1:-1]}
    found.discard("")
    return found
