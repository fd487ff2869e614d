"""Reads JSON that comes from outside: each value is checked where it enters."""

import json
import re
from typing import Any, BinaryIO

from .errors import UsageError, fault

IDENTIFIER = re.compile(r"[0-9a-f]{8,64}")
MODE = re.compile(r"0[0-7]{3}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
# Kinds in the words of JSON: who reads a message may not know Python.
KINDS = {str: "text", int: "a number", float: "a number", bool: "true or false", list: "a list", dict: "an object"}


def read_json_object(stream: BinaryIO) -> dict[str, Any]:
    """The JSON object on standard input. The message shows no part of it: it may hold secrets."""
    try:
        value = json.loads(stream.read())
    except ValueError:
        raise UsageError(fault("standard input", "no JSON", "one JSON object", "see the usage")) from None
    if not isinstance(value, dict):
        raise UsageError(fault("standard input", kind_of(value), "one JSON object", "see the usage"))
    return value


def kind_of(value: Any) -> str:
    return "nothing" if value is None else KINDS[type(value)]


class Fields:
    """The fields of a JSON object; a missing or odd one raises `UsageError` with its name."""

    def __init__(self, where: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise UsageError(fault(where, kind_of(value), "an object", _remedy(where)))
        self.where = where
        self.value = value
        self.remedy = _remedy(where)

    def text(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        value: str = self._typed(key, str)
        if pattern is not None and not pattern.fullmatch(value):
            raise UsageError(fault(f"{self.where}.{key}", value, f"text like {pattern.pattern}", self.remedy))
        return value

    def content(self, key: str) -> str:
        value: str = self._typed(key, str)
        return value

    def number(self, key: str) -> int:
        value: int = self._typed(key, int)
        return value

    def optional_number(self, key: str, least: int, most: int) -> int | None:
        if self.value.get(key) is None:
            return None
        value = self.number(key)
        if not least <= value <= most:
            raise UsageError(fault(f"{self.where}.{key}", value, f"a number from {least} to {most}", self.remedy))
        return value

    def flag(self, key: str) -> bool:
        value: bool = self._typed(key, bool)
        return value

    def items(self, key: str) -> list[Any]:
        value: list[Any] = self._typed(key, list)
        return value

    def objects(self, key: str) -> list["Fields"]:
        """Those of a list that may be missing."""
        return [Fields(f"{self.where}.{key}", each) for each in self.value.get(key) or ()]

    def object(self, key: str) -> "Fields":
        return Fields(f"{self.where}.{key}", self.value.get(key))

    def optional_text(self, key: str, pattern: re.Pattern[str] | None = None) -> str | None:
        return None if self.value.get(key) is None else self.text(key, pattern)

    def _typed(self, key: str, kind: type) -> Any:
        value = self.value.get(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise UsageError(fault(f"{self.where}.{key}", kind_of(value), KINDS[kind], self.remedy))
        return value


def _remedy(where: str) -> str:
    """A person writes the input of a call; all else was made by a program."""
    return "put it into the JSON on standard input" if where.startswith("input") else "build it anew"
