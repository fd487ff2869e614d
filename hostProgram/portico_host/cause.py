"""Why a state is brought about."""

import re
from dataclasses import dataclass
from typing import Any

from .values import Fields

WHO = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True)
class Author:
    """Who wanted a deployment, and the commit that it was made from; either may be unknown."""

    who: str | None = None
    commit: str | None = None

    @staticmethod
    def read(value: dict[str, Any]) -> "Author":
        """From the input of `stage`, where it may be missing."""
        if value.get("author") is None:
            return Author()
        fields = Fields("input.author", value["author"])
        return Author(fields.optional_text("who", WHO), fields.optional_text("commit", WHO))


@dataclass(frozen=True)
class Left:
    """A state that is left because of what it is: its release is not good any more."""

    release: str | None
    revision: str | None


@dataclass(frozen=True)
class Cause:
    """`command` as the history names it. `why` and `left` are of a way back only.

    With `lease_seconds` the state is on trial until it is confirmed; without, it is confirmed by reaching it.
    """

    command: str
    author: Author = Author()
    why: str = ""
    left: Left | None = None
    lease_seconds: int | None = None
