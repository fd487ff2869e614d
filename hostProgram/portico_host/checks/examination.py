"""All checks of a host, one after another. One that cannot be made is a finding, and hides none of the others."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..base.context import Context
from ..base.errors import HostError, as_host_error
from ..health_check import drain
from ..probes import host_probe
from ..state.plan import Plan
from ..state.record import Record
from ..units import slots
from . import accounts, certificates, files, folders, leftovers, ports, releases, strays, system, units
from .difference import Difference

Find = Callable[[Context, Plan], Iterator[Difference]]


def answers(context: Context, plan: Plan) -> Iterator[Difference]:
    """Whether the host serves, as its balancer and a visitor see it."""
    try:
        host_probe.prove_host(context, plan, slots.live(context.paths))
        host_probe.prove_way(context, plan, slots.live(context.paths))
    except HostError as error:
        yield Difference("health", error.message, "an answer as from a healthy host")


CHECKS: dict[str, Find] = {
    "files": files.find,
    "folders": folders.find,
    "files of others": strays.find,
    "units": units.find,
    "releases": releases.find,
    "leftovers": leftovers.find,
    "accounts": accounts.find,
    "system": system.find,
    "ports": ports.find,
    "certificates": certificates.find,
    "health": answers,
}


@dataclass(frozen=True)
class Examination:
    """`state` names what this host has, as `stage` named it; None when nothing was activated here."""

    state: str | None
    differences: tuple[Difference, ...]
    deliberate: tuple[str, ...]
    drained: tuple[dict[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "time": time.time(),
            "differences": [each.to_json() for each in self.differences],
            "deliberate": list(self.deliberate),
            "drained": list(self.drained),
            "problems": [each.sentence for each in self.differences],
        }


def examine(context: Context) -> Examination:
    """Looks at everything. Changes nothing, and waits for no other call."""
    try:
        current = Record.load(context.paths).current
        if current is None:
            return Examination(
                None, (Difference("record", "nothing was activated on this host", "a state", "stage"),), ()
            )
        plan = Plan.load(context.paths, current.key)
    except HostError as error:
        return Examination(None, (Difference("record", error.message, "a record of what this host has", "nobody"),), ())
    found = [difference for name, find in CHECKS.items() for difference in _made(name, find, context, plan)]
    return Examination(
        plan.key, tuple(dict.fromkeys(found)), tuple(strays.deliberate(context)), tuple(drain.drained(context))
    )


def _made(name: str, find: Find, context: Context, plan: Plan) -> Iterator[Difference]:
    try:
        yield from find(context, plan)
    except Exception as error:
        yield Difference(f"check of {name}", as_host_error(error).message, "a check that can be made", "nobody")
