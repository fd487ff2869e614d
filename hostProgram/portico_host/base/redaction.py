"""Keeps the values of secrets out of everything that is printed or recorded."""

import base64
import contextlib
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

REPLACEMENT = "[redacted]"
# Below that a value is in half of all words: it is replaced where it stands alone, or nothing would be left to read.
SHORTEST_WITHIN_WORDS = 4
# A line of a key, a string of a JSON secret: what is shorter is a word of the text, unless its name says what it is.
SHORTEST_PART = 8
# What is left of an encoded value whose neighbours are not known; less is found in text by chance.
SHORTEST_ENCODED = 6

SECRET_NAME = re.compile(r"pass|pwd|secret|token|key", re.IGNORECASE)
# Of a query string, and of the form that databases take: host=db user=app password=...
ASSIGNMENT = re.compile(r"""(\w+)\s*=\s*("[^"]*"|'[^']*'|[^\s&;,]+)""")

ESCAPES: tuple[Callable[[str], str], ...] = (
    lambda text: quote(text, safe=""),
    quote,
    quote_plus,
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: repr(text)[1:-1],
    lambda text: repr(text.encode())[2:-1],
    html.escape,
    lambda text: html.escape(text, quote=False),
    # As Jinja writes them.
    lambda text: html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;"),
)


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
    if not value.strip():
        return set()
    whole = {value, value.strip(), *_parts(value)}
    # A log shows a value of several lines (a key in PEM form) one line at a time.
    lines = {line.strip() for line in value.splitlines() if len(line.strip()) >= SHORTEST_PART}
    escaped = {escape(text) for text in whole | lines for escape in ESCAPES}
    lowered = {re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), text) for text in escaped}
    encoded = {code for text in whole for code in _encoded(text.encode())}
    return {text for text in whole | lines | escaped | lowered | encoded if text.strip()}


def _encoded(value: bytes) -> Iterator[str]:
    """In hexadecimal and in base64, where it also may stand amid other bytes: `user:password` of a request's header."""
    digits = value.hex()
    codes = [base64.b64encode(value).decode().rstrip("=")]
    for before in range(3):
        start, end = 8 * before, 8 * (before + len(value))
        code = base64.b64encode(bytes(before) + value).decode()
        # Letters that hold no bit of a neighbour.
        codes.append(code[-(-start // 6) : end // 6])
    for code in [digits, digits.upper(), *codes]:
        if len(code) >= SHORTEST_ENCODED:
            yield from (code, code.replace("+", "-").replace("/", "_"))


def _parts(value: str) -> Iterator[str]:
    """What is secret by itself within a value: the password of a URL, the strings of a JSON object."""
    with contextlib.suppress(ValueError):
        password = urlsplit(value.strip()).password
        yield from (password, unquote(password)) if password else ()
    for name, text in ASSIGNMENT.findall(value):
        if SECRET_NAME.search(name):
            yield from (text.strip("\"'"), unquote(text.strip("\"'")))
    with contextlib.suppress(ValueError, RecursionError):
        for name, text in _strings(json.loads(value)):
            if len(text) >= SHORTEST_PART or SECRET_NAME.search(name):
                yield from (text, *_parts(text))


def _strings(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The strings within a JSON object or list, with the name of each."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from [(key, each)] if isinstance(each, str) else _strings(each, key)
    if isinstance(value, list):
        for each in value:
            yield from [(name, each)] if isinstance(each, str) else _strings(each, name)
