"""What was done on this host, by whom and with what outcome."""

import time
from dataclasses import dataclass
from typing import Literal

from ..base.context import Context
from .plan import Plan
from .trigger import Trigger

WHY_LENGTH = 300
Outcome = Literal["serves", "confirmed", "failed", "went back"]


@dataclass(frozen=True)
class Transaction:
    """One attempt to change what serves. `release` and `revision` are what it brought, or was to bring.

    `seconds` is the time on this host. `why` is the reason of a way back or of a failure.
    """

    at: str
    seconds: float
    command: str
    release: str | None
    revision: str | None
    who: str | None
    commit: str | None
    outcome: Outcome
    why: str

    @staticmethod
    def ended(context: Context, plan: Plan, trigger: Trigger, outcome: Outcome, why: str) -> "Transaction":
        """The call that ends now."""
        return Transaction(
            at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(context.began)),
            seconds=round(time.time() - context.began, 1),
            command=trigger.command,
            release=plan.release,
            revision=plan.revision,
            who=trigger.author.who,
            commit=trigger.author.commit,
            outcome=outcome,
            why=why[:WHY_LENGTH],
        )
