"""What was brought to this host for a state, and what its staging took."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Delivery:
    """`files` are the incoming files of the state, by name, with their bytes: a name follows from the content.

    `copied` are the bytes of those that the state before had not, `seconds` the time of `stage`.
    """

    files: dict[str, int]
    copied: int
    seconds: float

    @staticmethod
    def after(before: Mapping[str, int], files: dict[str, int], seconds: float) -> "Delivery":
        return Delivery(files, sum(size for name, size in files.items() if name not in before), round(seconds, 1))
