"""Whether one slot answers as a working application does, requested on its own socket."""

import functools

from ..base.context import Context
from ..base.errors import HostError, fault
from ..bundle.description import App
from ..units import evidence, slots, systemd
from . import probe


def prove_slot(context: Context, app: App, slot: str) -> None:
    """Raises `HostError` with the evidence when the slot does not answer as a working application does.

    Its answers have to come from one process: one that ends and is started again would answer in between.
    """
    socket, unit = slots.probe_socket(context.paths, slot), slots.service(slot)
    process = systemd.show(unit, "MainPID")
    checks = (
        (app.ready_path, app.probes, app.ready_seconds, "app.readyPath"),
        (app.health_path, 1, app.ready_seconds, "app.livePath"),
    )
    for target, times, seconds, setting in checks:
        send = functools.partial(probe.request_slot, socket, target, app.host)
        good, answer = probe.until(send, 200, times, seconds)
        if not good:
            got = answer.status or "no answer"
            remedy = f"see the answer and the log below; {setting} is what is requested, app.readySeconds how long"
            message = fault(f"{slot} GET {target}", got, probe.wanted(200, times, seconds), remedy)
            raise HostError(message, [*answer.evidence(), *evidence.of_unit(context, unit)])
    if systemd.show(unit, "MainPID") != process:
        message = fault(
            f"slot {slot}", "a process that ended while it was checked", "one that stays", "see its log below"
        )
        raise HostError(message, evidence.of_unit(context, unit))
