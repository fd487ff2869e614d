"""`restart`: the release that serves, in a fresh slot; the old one drains. What an application that hangs needs."""

from pathlib import Path
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.errors import HostError, fault
from ..base.values import Fields
from ..state import rollback_ban
from ..state.plan import Plan
from ..state.record import Record
from ..state.trigger import RESTART, WHO, Trigger
from .activate import bring_about
from .return_to_confirmed import find_lease


def restart(context: Context, value: dict[str, Any], program: Path) -> dict[str, Any]:
    """`value` holds `who`, and `why` when there is a reason. Files, settings and secrets stay as they are.

    Raises `HostError` before anything is touched where no application serves, or a switch waits for its confirmation.
    """
    fields = Fields("input", value)
    who, why = fields.text("who", WHO), fields.optional_text("why")
    with lock.held(context):
        current = Record.load(context.paths).current
        if current is None or current.release is None:
            raise HostError(fault("restart", "no application on this host", "a host that serves one", "run it there"))
        if find_lease(context) is not None:
            remedy = "wait for the end of the update"
            raise HostError(fault("restart", "a switch on trial", "a host whose release was confirmed", remedy))
        plan = Plan.load(context.paths, current.key)
        rollback_ban.refuse_banned(context, plan)
        reason = f"restarted by {who}" if why is None else f"restarted by {who}: {why}"
        trigger = Trigger(RESTART, plan.author.by(who), reason, fresh_slot=True)
        activation = bring_about(context, plan, program, trigger)
    return {
        "release": plan.release,
        "revision": plan.revision,
        "slot": activation.switch.new,
        "former": activation.switch.old,
    }
