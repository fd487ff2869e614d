"""Drift: what somebody changed of a state that serves, and how an activation of that state repairs it."""

from ..base.context import Context
from ..bundle.managed_file import difference
from ..release import own_folders, repair, revisions
from ..state.plan import Plan
from ..system import replaced_files
from ..units import processes, slots


def has_drifted(context: Context, plan: Plan) -> bool:
    """Whether anything that a slot is started with was changed: the one that runs may have been started so.

    Or it was started with a library that an update of a package replaced since.
    """
    live = slots.live(context.paths)
    if live is not None:
        started = {slots.service(live), *processes.units(plan.description.app, live)}
        if started & replaced_files.by_service(context.paths).keys():
            return True
    if repair.is_repaired(context, plan.release) or revisions.deviations(context, plan):
        return True
    found = (difference(context.paths, file) for file in plan.files.values() if file.effect == "appUnit")
    return any(each is not None and each.of_content for each in found)


def repair_settings(context: Context, plan: Plan) -> None:
    """Folders, settings and secrets, before a slot is started; whoever may write to a folder may change all in it."""
    own_folders.repair(context, plan)
    if plan.revision is not None:
        revisions.repair(context, plan)


def clear(context: Context, plan: Plan) -> None:
    """What serves was started after all was right."""
    repair.clear_mark(context, plan.release)
