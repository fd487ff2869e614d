"""`heal`: puts right what is not as it should be, by activating the present state again."""

from pathlib import Path
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.errors import HostError, fault
from ..base.values import Fields
from ..checks.examination import examine
from ..state import rollback_ban
from ..state.lease import Lease
from ..state.plan import Plan
from ..state.record import Record
from ..state.trigger import HEAL, WHO, Trigger
from .activate import bring_about


def heal(context: Context, value: dict[str, Any], program: Path) -> dict[str, Any]:
    """`value` holds `who`. The transaction of a release, with its undo; nothing is touched where all is well.

    Raises `HostError` before anything is touched on a host where nothing was activated, or where a switch waits for its
    confirmation: that ends it one way or the other, and so decides what the state is. Returns what is left then.
    """
    who = Fields("input", value).text("who", WHO)
    with lock.held(context):
        current = Record.load(context.paths).current
        if current is None:
            raise HostError(fault("heal", "a host without a state", "one that was deployed to", "run bin/up"))
        if Lease.load(context.paths) is not None:
            allowed = "a state that was confirmed"
            raise HostError(
                fault("heal", "a switch that nobody confirmed yet", allowed, "wait for its end, then again")
            )
        found = [each for each in examine(context).differences if each.healer == "activate"]
        if found:
            plan = Plan.load(context.paths, current.key)
            rollback_ban.refuse_banned(context, plan)
            why = f"{len(found)} differences, the first: {found[0].sentence}"
            bring_about(context, plan, program, Trigger(HEAL, plan.author.by(who), why=why))
    return {"healed": len(found), **examine(context).to_json()}
