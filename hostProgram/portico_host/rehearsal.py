"""The dress rehearsal: a revision runs in its sandbox, on a socket that only root can ask."""

import functools
import time
from dataclasses import dataclass

from . import evidence, instance, probe, slots, systemd
from .bundle import App
from .context import Context
from .errors import HostError, fault
from .plan import Plan

STOP_SECONDS = 60
STEADY_SECONDS = 1


@dataclass
class Rehearsal:
    """Runs in instance `rehearsal` of the staged units, which are put where they vanish at a reboot."""

    context: Context
    plan: Plan
    app: App

    def link(self) -> None:
        """Makes the instance and what it runs; no unit of the live slots is touched."""
        assert self.plan.revision is not None
        slots.assign(self.context.paths, slots.REHEARSAL, self.plan.revision)
        instance.install(self.context, self.plan, slots.REHEARSAL, probe=True)

    def start(self) -> None:
        """Raises `HostError` with the log when the application is not imported in its time."""
        slots.start(self.context, slots.REHEARSAL, self.app.start_seconds)

    def probe(self) -> None:
        """Asks readiness, several times in a row, then health; some fall over only after their first answers."""
        prove_slot(self.context, self.app, slots.REHEARSAL)
        time.sleep(STEADY_SECONDS)
        prove_slot(self.context, self.app, slots.REHEARSAL)

    def stop(self) -> None:
        """Leaves nothing of the instance."""
        stop_leftover(self.context)


def stop_leftover(context: Context) -> None:
    """Ends a rehearsal, also one that a killed call left; quick when there is none."""
    if not instance.exists(context, slots.REHEARSAL):
        return
    if not slots.is_idle(slots.REHEARSAL):
        # It serves nobody: no reason to wait for a start that hangs.
        systemd.kill(slots.service(slots.REHEARSAL))
        slots.stop(slots.REHEARSAL, STOP_SECONDS)
    instance.remove(context, slots.REHEARSAL)


def prove_slot(context: Context, app: App, slot: str) -> None:
    """Raises `HostError` with the evidence when the slot does not answer as a working application does.

    Its answers have to come from one process: one that ends and is started again would answer in between.
    """
    socket, unit = slots.probe_socket(context.paths, slot), slots.service(slot)
    process = systemd.show(unit, "MainPID")
    questions = ((app.ready_path, app.probes, app.ready_seconds), (app.health_path, 1, app.ready_seconds))
    for target, times, seconds in questions:
        ask = functools.partial(probe.ask_slot, socket, target, app.host)
        good, answer = probe.until(ask, 200, times, seconds)
        if not good:
            got = answer.status or "no answer"
            message = fault(
                f"{slot} GET {target}", got, probe.wanted(200, times, seconds), "see the answer and the log below"
            )
            raise HostError(message, [*evidence.of_answer(answer), *evidence.of_unit(context, unit)])
    if systemd.show(unit, "MainPID") != process:
        message = fault(
            f"slot {slot}", "a process that ended while it was asked", "one that stays", "see its log below"
        )
        raise HostError(message, evidence.of_unit(context, unit))
