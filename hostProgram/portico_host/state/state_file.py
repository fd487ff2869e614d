"""A file with state that this program keeps on a host, read so that the versions before and after can work with it.

A file without `format` is of format 1. Another version of the same format may leave fields out that have a default, and
may write more: those are not looked at, and stay in the record. A newer format is refused, and the file left as it is.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar

from ..base.errors import HostError, fault

FORMAT = 1

T = TypeVar("T")


def load(place: Path, remedy: str) -> dict[str, Any] | None:
    """The object in a file; None when there is no such file. `remedy` says what to do about a file that is damaged."""
    value = read(place, remedy)
    return None if value is None else understood(place, value, remedy)


def read(place: Path, remedy: str) -> dict[str, Any] | None:
    """The same of a file that keeps the format in its parts."""
    try:
        text = place.read_bytes()
    except FileNotFoundError:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        raise damaged(place, "no JSON", remedy) from None
    return _object(place, value, remedy)


def understood(place: Path, value: Any, remedy: str) -> dict[str, Any]:
    """The object itself, when it is one of a format that this program reads."""
    known = _object(place, value, remedy)
    found = known.get("format", FORMAT)
    if not isinstance(found, int) or found < 1:
        raise damaged(place, f"format {found!r}", remedy)
    if found > FORMAT:
        newer = "use the version of Portico that deployed here last, or a newer one"
        raise HostError(fault(str(place), f"format {found}", f"format {FORMAT} and below", newer))
    return known


def _object(place: Path, value: Any, remedy: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise damaged(place, f"a {type(value).__name__}", remedy)
    return value


def damaged(place: Path, got: str, remedy: str) -> HostError:
    return HostError(fault(str(place), got, "what portico-host wrote there", remedy))


class Reader:
    """Takes values out of a loaded file; a missing or odd one is a `HostError` that names the file."""

    def __init__(self, place: Path, value: Mapping[str, Any], remedy: str) -> None:
        self.place, self.value, self.remedy = place, value, remedy

    def one(self, kind: type[T], key: str, default: Any = MISSING) -> T | None:
        """The dataclass under a key, or None where the file says so."""
        value = self.get(key, default)
        return None if value is None else self.fill(kind, value, key)

    def many(self, kind: type[T], key: str, default: Any = MISSING) -> tuple[T, ...]:
        value = self.get(key, default)
        if not isinstance(value, list):
            raise damaged(self.place, f"{key} that is no list", self.remedy)
        return tuple(self.fill(kind, each, key) for each in value)

    def get(self, key: str, default: Any = MISSING) -> Any:
        value = self.value.get(key, default)
        if value is MISSING:
            raise damaged(self.place, f"no {key}", self.remedy)
        return value

    def fill(self, kind: type[T], value: Any, what: str) -> T:
        """A dataclass of the fields that it has."""
        if not isinstance(value, dict):
            raise damaged(self.place, f"{what} of type {type(value).__name__}", self.remedy)
        known = fields(kind)  # type: ignore[arg-type]
        needed = {each.name for each in known if each.default is MISSING and each.default_factory is MISSING}
        if needed - value.keys():
            raise damaged(self.place, f"{what} without {', '.join(sorted(needed - value.keys()))}", self.remedy)
        return kind(**{each.name: value[each.name] for each in known if each.name in value})

    def unknown(self, known: frozenset[str]) -> dict[str, Any]:
        """What a newer version keeps in the same file."""
        return {key: each for key, each in self.value.items() if key not in known and key != "format"}
