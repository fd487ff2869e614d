"""The application's processes and schedules, which no rehearsal starts: a worker would take jobs before its release serves."""

import shutil
from pathlib import Path

from ..base.context import Context
from ..base.errors import HostError, fault
from ..base.processes import run, tail
from ..release import revisions
from ..state.plan import Plan

# As their units have it, behind the release's own.
SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"
PROGRAMS = "a program of the release's environment or of the system, or a file of the application that can be run"
CALENDARS = (
    "a calendar expression of this host's systemd, as daily or Mon *-*-* 04:30:00, with a time zone that it has or none"
)


def check_programs(context: Context, plan: Plan) -> None:
    """Raises `HostError` for one whose program is nowhere, and for a time that systemd does not know."""
    app = plan.description.app
    if app is None:
        return
    release = revisions.folder(context, str(plan.revision)) / "release"
    named = [(f"app.processes.{each.name}.command", each.program) for each in app.processes]
    named += [(f"app.schedules.{each.name}.command", each.program) for each in app.schedules]
    for key, program in named:
        if not _is_there(release, program):
            raise HostError(fault(key, program, PROGRAMS, "add its package to the lock, or correct the name"))
    for schedule in app.schedules:
        _check_calendar(f"app.schedules.{schedule.name}.calendar", schedule.calendar)


def _is_there(release: Path, program: str) -> bool:
    """A name with a slash counts from the application's folder."""
    if "/" in program:
        return shutil.which(release / "app" / program) is not None
    return shutil.which(program, path=f"{release}/venv/bin:{SEARCH_PATH}") is not None


def _check_calendar(key: str, calendar: str) -> None:
    done = run(["systemd-analyze", "calendar", "--", calendar], check=False)
    if done.returncode != 0:
        raise HostError(fault(key, calendar, CALENDARS, "see man 7 systemd.time"), tail(done.stderr))
