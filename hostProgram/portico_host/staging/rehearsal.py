"""The dress rehearsal: a revision runs in its sandbox, on a socket that only root can reach."""

import re
import time
from dataclasses import dataclass

from ..base.context import Context
from ..base.errors import HostError, fault
from ..bundle.description import App
from ..probes.slot_probe import prove_slot
from ..state.plan import Plan
from ..units import evidence, instance, slots, systemd
from .inheritance import prove_nothing_inherited

STOP_SECONDS = 60
STEADY_SECONDS = 1
# What Gunicorn's master says of workers that did not end as they should.
WORKER_ENDED = re.compile(r"Worker \(pid:\d+\) (was sent (?!SIGTERM)\w+|exited with code \d+)")
WORKER_LINES = 500


@dataclass
class Rehearsal:
    """Runs in instance `rehearsal` of the staged units, which are put where they vanish at a reboot."""

    context: Context
    plan: Plan
    app: App
    proven_at: float = 0.0

    def link(self) -> None:
        """Makes the instance and what it runs; no unit of the live slots is touched."""
        assert self.plan.revision is not None
        slots.assign(self.context.paths, slots.REHEARSAL, self.plan.revision)
        instance.install(self.context, self.plan, slots.REHEARSAL, probe=True)

    def start(self) -> None:
        """Raises `HostError` with the log when the application is not imported in its time."""
        slots.start(self.context, slots.REHEARSAL, self.app.start_seconds)

    def probe(self) -> None:
        """Checks readiness, several times in a row, then health."""
        prove_nothing_inherited(self.context, self.plan, self.app.ready_seconds)
        prove_slot(self.context, self.app, slots.REHEARSAL)
        self.proven_at = time.monotonic()

    def watch(self) -> None:
        """Checks all of it again a while after the first answers: some fall over only then. Whoever calls may use that while."""
        time.sleep(max(0, self.proven_at + STEADY_SECONDS - time.monotonic()))
        prove_slot(self.context, self.app, slots.REHEARSAL)
        prove_workers_stay(self.context)


def stop_leftover(context: Context) -> None:
    """Ends a rehearsal, also one that a killed call left; quick when there is none."""
    if not instance.exists(context, slots.REHEARSAL):
        return
    if not slots.is_idle(slots.REHEARSAL):
        # It serves nobody: no reason to wait for a start that hangs.
        systemd.kill(slots.service(slots.REHEARSAL))
        slots.stop(slots.REHEARSAL, STOP_SECONDS)
    instance.remove(context, slots.REHEARSAL)


def prove_workers_stay(context: Context) -> None:
    """Raises `HostError` when a worker ended by a signal or a fault: others answered meanwhile, and the master stayed."""
    unit = slots.service(slots.REHEARSAL)
    ended = [
        found[0] for line in evidence.log_lines(context, unit, WORKER_LINES) if (found := WORKER_ENDED.search(line))
    ]
    if ended:
        message = fault("slot rehearsal", f"{ended[0]!r}, {len(ended)} times", "workers that stay", "see its log below")
        raise HostError(message, evidence.of_unit(context, unit))
