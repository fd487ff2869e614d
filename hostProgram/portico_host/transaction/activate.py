"""`activate`, and the one way to a state, forward or back."""

from pathlib import Path
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.errors import cleaned_up
from ..base.steps import reach
from ..release.secret_redaction import redact_secrets
from ..state import lease, rollback_ban
from ..state.plan import Plan, read_key
from ..state.trigger import Trigger
from .activation import Activation


def activate(context: Context, value: dict[str, Any], program: Path) -> dict[str, Any]:
    """`value` is the line that `stage` printed, with `leaseSeconds` when the switch has to be confirmed.

    Returns what changed; a failure is undone, then raised.
    """
    key, seconds = read_key(value), lease.read_seconds(value)
    reach("activate", "lock")
    with lock.held(context):
        plan = Plan.load(context.paths, key)
        rollback_ban.refuse_banned(context, plan)
        return bring_about(context, plan, program, Trigger("activate", plan.author, lease_seconds=seconds)).result()


def bring_about(context: Context, plan: Plan, program: Path, trigger: Trigger) -> Activation:
    """The one way to a state, forward or back, for whoever holds the lock. A failure is undone, then raised."""
    redact_secrets(context, plan)
    activation = Activation(context, plan, program, trigger)
    with cleaned_up(activation.undo):
        activation.run()
    return activation
