"""The dress rehearsal: a revision runs in its sandbox, on a socket that only root can ask."""

import functools
from dataclasses import dataclass
from pathlib import Path

from . import evidence, probe, slots, systemd
from .bundle import App
from .context import Context
from .durable import make_folder, make_parents, remove_file, remove_folder, write_file
from .errors import HostError, fault
from .plan import Plan

TEMPLATES = ("portico-app@", "portico-probe@")
STOP_SECONDS = 60


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
        folder = self.context.paths.runtime_units
        make_folder(folder)
        for file in self.plan.files.values():
            name = _instance_path(file.path)
            if name is not None:
                make_parents(folder / name)
                write_file(folder / name, self.plan.content(file))
        systemd.reload_units()

    def start(self) -> None:
        """Raises `HostError` with the log when the application is not imported in its time."""
        slots.start(self.context, slots.REHEARSAL, self.app.start_seconds)

    def probe(self) -> None:
        """Asks readiness, several times in a row, then health."""
        prove_slot(self.context, self.app, slots.REHEARSAL)

    def stop(self) -> None:
        """Leaves nothing of the instance."""
        stop_leftover(self.context)


def stop_leftover(context: Context) -> None:
    """Ends a rehearsal, also one that a killed call left; quick when there is none."""
    paths = context.paths
    if not slots.is_idle(slots.REHEARSAL):
        # It serves nobody: no reason to wait for a start that hangs.
        systemd.kill(slots.service(slots.REHEARSAL))
        slots.stop(slots.REHEARSAL, STOP_SECONDS)
    remove_file(slots.probe_socket(paths, slots.REHEARSAL))
    remove_file(paths.slots / slots.REHEARSAL)
    leftovers = [path for stem in TEMPLATES for path in paths.runtime_units.glob(f"{stem}{slots.REHEARSAL}.*")]
    for path in leftovers:
        (remove_folder if path.is_dir() else remove_file)(path)
    if leftovers:
        systemd.reload_units()


def prove_slot(context: Context, app: App, slot: str) -> None:
    """Raises `HostError` with the evidence when the slot does not answer as a working application does."""
    socket = slots.probe_socket(context.paths, slot)
    questions = ((app.ready_path, app.probes, app.ready_seconds), (app.health_path, 1, app.ready_seconds))
    for target, times, seconds in questions:
        ask = functools.partial(probe.ask_slot, socket, target, app.host)
        good, answer = probe.until(ask, 200, times, seconds)
        if not good:
            got = answer.status or "no answer"
            message = fault(
                f"{slot} GET {target}", got, probe.wanted(200, times, seconds), "see the answer and the log below"
            )
            unit = slots.service(slot)
            raise HostError(message, [*evidence.of_answer(answer), *evidence.of_unit(context, unit)])


def _instance_path(path: str) -> str | None:
    """Where a file of a template unit goes for the rehearsal's instance; None for other files."""
    folder = "/etc/systemd/system/"
    for stem in TEMPLATES:
        if path.startswith(f"{folder}{stem}."):
            return str(Path(path.removeprefix(folder).replace("@.", f"@{slots.REHEARSAL}.", 1)))
    return None
