"""Keeps the values of secrets out of everything that is printed or recorded."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

REPLACEMENT = "[redacted]"
# Below that a value is in half of all words: it is replaced where it stands alone, or nothing would be left to read.
SHORTEST_WITHIN_WORDS = 4


class Redactor:
    """Replaces every known secret value, in the spellings in which programs log it."""

    def __init__(self) -> None:
        self._patterns: dict[str, re.Pattern[str]] = {}

    def add(self, values: Iterable[str]) -> None:
        """Makes `values` secret from now on; blank ones are ignored."""
        for spelling in (each for value in values for each in _spellings(value)):
            self._patterns.setdefault(spelling, re.compile(_pattern(spelling)))

    def clean(self, text: str) -> str:
        """Of values that overlap neither leaves a rest behind."""
        cleaned, end = "", 0
        spans = sorted(found.span() for pattern in self._patterns.values() for found in pattern.finditer(text))
        for start, stop in spans:
            if start >= end:
                cleaned += text[end:start] + REPLACEMENT
            end = max(end, stop)
        return cleaned + text[end:]


def _pattern(spelling: str) -> str:
    escaped = re.escape(spelling)
    if len(spelling) >= SHORTEST_WITHIN_WORDS:
        return escaped
    # One without letters and digits is at the border of every word: it stands alone between blanks and quotes.
    neighbour = r"\w" if re.search(r"\w", spelling) else r"""[^\s"']"""
    return f"(?<!{neighbour}){escaped}(?!{neighbour})"


def _spellings(value: str) -> set[str]:
    # A log shows a value of several lines (a key in PEM form) one line at a time.
    lines = [line.strip() for line in value.splitlines()]
    found = {value, value.strip(), *(line for line in lines if len(line) >= 8)}
    for text in list(found):
        found |= {quote(text, safe=""), json.dumps(text)[1:-1], repr(text)[1:-1]}
    return {text for text in found if text.strip()} if value.strip() else set()
