"""The secrets that a call which may show logs must not print."""

from ..base.context import Context
from ..state.plan import Plan
from ..units import slots
from . import revisions


def redact_secrets(context: Context, plan: Plan) -> None:
    """The values of the plan's secrets, and of those of the slots."""
    known = {plan.revision, *(slots.revision(context.paths, slot) for slot in slots.SLOTS)}
    for revision in known:
        context.report.redactor.add(revisions.secrets_of(context, revision))
    context.report.redactor.add(plan.content(file).decode(errors="replace") for file in plan.secret_files)
