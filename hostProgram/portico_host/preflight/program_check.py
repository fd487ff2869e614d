"""The programs of the application's processes, which no rehearsal starts: a worker would take jobs before its release serves."""

import shutil
from pathlib import Path

from ..base.context import Context
from ..base.errors import HostError, fault
from ..release import revisions
from ..state.plan import Plan

# As their units have it, behind the release's own.
SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"


def check_programs(context: Context, plan: Plan) -> None:
    """Raises `HostError` for a process whose program is nowhere."""
    if plan.description.app is None or not plan.description.app.processes:
        return
    release = revisions.folder(context, str(plan.revision)) / "release"
    for process in plan.description.app.processes:
        if not _is_there(release, process.program):
            allowed = (
                "a program of the release's environment or of the system, or a file of the application that can be run"
            )
            remedy = "add its package to the lock, or correct the name"
            raise HostError(fault(f"app.processes.{process.name}.command", process.program, allowed, remedy))


def _is_there(release: Path, program: str) -> bool:
    """A name with a slash counts from the application's folder."""
    if "/" in program:
        return shutil.which(release / "app" / program) is not None
    return shutil.which(program, path=f"{release}/venv/bin:{SEARCH_PATH}") is not None
