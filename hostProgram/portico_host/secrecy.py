"""What must not be printed by a call that may show logs."""

from . import revisions, slots
from .context import Context
from .plan import Plan


def hide_secrets(context: Context, plan: Plan) -> None:
    """The values of the plan's secrets, and of those of the slots."""
    known = {plan.revision, *(slots.revision(context.paths, slot) for slot in slots.SLOTS)}
    for revision in known:
        context.report.redactor.add(revisions.secrets_of(context, revision))
    context.report.redactor.add(plan.content(file).decode(errors="replace") for file in plan.secret_files)
