"""`confirm`: what serves is to stay."""

from pathlib import Path
from typing import Any

from . import lease, lock, slots, systemd
from .activation import bring_about
from .cause import Cause
from .context import Context
from .manifest import Manifest
from .plan import Plan, read_key
from .record import Record
from .steps import perform, reach


def confirm(context: Context, value: dict[str, Any], program: Path) -> dict[str, Any]:
    """`value` is the line that `stage` printed. A host that went back meanwhile is activated again, with all gates.

    Raises `HostError` when that fails; the host then serves what it had gone back to.
    """
    key = read_key(value)
    reach("confirm", "lock")
    with lock.held(context):
        confirmation = Confirmation(context, Plan.load(context.paths, key), program)
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
                "keep": self.keep,
                "end-lease": lambda: lease.clear(self.context.paths),
            },
        )

    def bring_back(self) -> None:
        if not self.serves():
            self.context.step("this host does not serve it any more; activating it again")
            bring_about(self.context, self.plan, self.program, Cause("activate", self.plan.author))

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
