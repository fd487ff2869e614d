"""Which earlier states can be restored: of those all that they need is still on this host."""

from ..base.context import Context
from ..base.errors import HostError
from ..state.plan import Plan
from .releases import Release
from .revisions import folder


def find_restorable(context: Context, key: str) -> Plan | None:
    """A staged state, when all of it is still there: files, revision and release."""
    try:
        plan = Plan.load(context.paths, key)
    except HostError:
        return None
    if plan.revision is not None and not folder(context, plan.revision).is_dir():
        return None
    if plan.release is not None and not Release(context, plan.release).complete:
        return None
    return plan
