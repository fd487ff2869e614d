"""What triggered a transaction: which command, who wanted it, why."""

import re
from dataclasses import dataclass, replace
from typing import Any

from ..base.values import Fields

# The command that brings the present state about again.
HEAL = "heal"
# The one that starts what serves in the other slot.
RESTART = "restart"
# The one that boots the host anew.
REBOOT = "reboot"
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

    def by(self, who: str) -> "Author":
        """The same, where somebody else does something with it."""
        return replace(self, who=who)


@dataclass(frozen=True)
class Withdrawn:
    """A state that is withdrawn because of what it is: its release is not good any more."""

    release: str | None
    revision: str | None


@dataclass(frozen=True)
class Trigger:
    """`command` as the history names it. `why` and `withdrawn` are of a way back; a restart has `why` too.

    With `lease_seconds` the state is on trial until it is confirmed; without, it is confirmed by reaching it.
    With `fresh_slot` another slot is started also where one serves this very state.
    """

    command: str
    author: Author = Author()
    why: str = ""
    withdrawn: Withdrawn | None = None
    lease_seconds: int | None = None
    fresh_slot: bool = False
