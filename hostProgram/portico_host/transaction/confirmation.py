"""`confirm`: what serves is to stay."""

from pathlib import Path
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.steps import perform, reach
from ..nginx import callers
from ..state import lease, rollback_ban
from ..state.manifest import Manifest
from ..state.plan import Plan, read_key
from ..state.record import Record
from ..state.trigger import Trigger
from ..units import schedules, slots, systemd
from .activate import bring_about
from .process_switch import ProcessSwitch


def confirm(context: Context, value: dict[str, Any], program: Path) -> dict[str, Any]:
    """`value` is the line that `stage` printed. A host that went back by itself meanwhile is activated again, with all gates.

    Raises `HostError` when that fails, and when an operator took the host back meanwhile: it then serves what it had
    gone back to.
    """
    key = read_key(value)
    reach("confirm", "lock")
    with lock.held(context):
        plan = Plan.load(context.paths, key)
        rollback_ban.refuse_banned(context, plan)
        confirmation = Confirmation(context, plan, program)
        confirmation.run()
        return confirmation.result()


class Confirmation:
    """One call of `confirm`."""

    def __init__(self, context: Context, plan: Plan, program: Path) -> None:
        self.context, self.plan, self.program = context, plan, program

    def run(self) -> None:
        perform(
            "confirm",
            {
                "bring-back": self.bring_back,
                "start-processes": self.start_processes,
                "admit-balancer": lambda: callers.admit_balancer_alone(self.context.paths),
                "keep": self.keep,
                "end-lease": lambda: lease.clear(self.context.paths),
            },
        )

    def bring_back(self) -> None:
        if not self.serves():
            self.context.step("this host does not serve it any more; activating it again")
            bring_about(self.context, self.plan, self.program, Trigger("activate", self.plan.author))

    def start_processes(self) -> None:
        """Those that waited until no other host of the fleet has them, and the timers that did."""
        schedules.start(self.plan.description.app)
        ProcessSwitch(self.context, self.plan).start_all(slots.live(self.context.paths))

    def keep(self) -> None:
        record = Record.load(self.context.paths)
        if record.confirmed is None or record.confirmed.key != self.plan.key:
            record.outcome_confirmed().confirming("confirm").save(self.context.paths)

    def serves(self) -> bool:
        """Whether the state was reached here, and nothing was begun or died since."""
        paths, current = self.context.paths, Record.load(self.context.paths).current
        if current is None or current.key != self.plan.key or Manifest.load(paths).pending:
            return False
        live = slots.live(paths)
        if self.plan.description.app is None:
            return True
        return (
            live is not None
            and slots.revision(paths, live) == self.plan.revision
            and systemd.is_active(slots.service(live))
        )

    def result(self) -> dict[str, Any]:
        slot = slots.live(self.context.paths) if self.plan.description.app else None
        return {"release": self.plan.release, "revision": self.plan.revision, "slot": slot, "confirmed": True}
