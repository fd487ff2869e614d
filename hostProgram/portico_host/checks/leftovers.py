"""What calls that were killed left behind, and what a lease should have ended."""

from collections.abc import Iterator

from ..base.context import Context
from ..nginx import callers
from ..release.releases import Release
from ..state import lost_archives
from ..state.lease import Clock, Lease
from ..state.plan import Plan
from ..units import slots, systemd
from .difference import Difference

# The timer looks every ten seconds; a way back takes its time.
OVERDUE_SECONDS = 120


def find(context: Context, _plan: Plan) -> Iterator[Difference]:
    if (context.paths.slots / slots.REHEARSAL).is_symlink():
        yield Difference("slots/rehearsal", "left by a call that was killed", "removed")
    if (context.paths.slots / slots.MIGRATION).is_symlink() and systemd.is_stopped(slots.service(slots.MIGRATION)):
        yield Difference("slots/migration", "left by a call that was killed", "removed")
    for folder in sorted(context.paths.releases.glob("*")):
        if not Release(context, folder.name).complete:
            yield Difference(f"release {folder.name}", "not complete", "complete or removed", "stage")
    if lost_archives.is_marked(context):
        yield Difference(
            "archives of the release", "missing or damaged at the last stage", "as they were copied", "stage"
        )
    armed, clock = Lease.load(context.paths), Clock.read()
    if armed is None and callers.anybody(context.paths):
        advice = (
            f"bin/up with a change of the release ends it; or, where the balancer has its certificate: rm {callers.ANY}"
        )
        yield Difference("callers", "anybody in the network is answered", "the balancer alone", "nobody", advice)
    if armed is not None and clock.wall > armed.deadline + OVERDUE_SECONDS:
        ended = f"ended {armed.to_json()['until']}, and this host did not go back"
        yield Difference("lease", ended, "a way back in its time", advice="portico-host expire shows why")
