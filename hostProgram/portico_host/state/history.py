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

    `seconds` is the time on this host, `staging` that of the `stage` before, and `copied` the bytes that came for it: both of
    a release only. `why` is the reason of a way back or of a failure.
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
    staging: float | None = None
    copied: int | None = None

    @staticmethod
    def ended(context: Context, plan: Plan, trigger: Trigger, outcome: Outcome, why: str) -> "Transaction":
        """The call that ends now."""
        delivery = plan.delivery if trigger.command == "activate" else None
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
            staging=delivery.seconds if delivery else None,
            copied=delivery.copied if delivery else None,
        )
