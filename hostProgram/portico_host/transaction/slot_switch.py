"""The switch of the application from one slot to the other, in the steps that an activation takes."""

from ..apply import drift
from ..base.context import Context
from ..probes.slot_probe import prove_slot
from ..state.plan import Plan
from ..state.record import Record
from ..units import slots, systemd
from ..units.slot_recovery import recover_single_slot


class SlotSwitch:
    """`old` is the slot that served when it began, or the named one when none did; `new` the one that is to serve.

    Both are None on a host without an application, where no step does anything.
    """

    def __init__(self, context: Context, plan: Plan) -> None:
        self.context, self.plan, self.app = context, plan, plan.description.app
        self.old: str | None = None
        self.new: str | None = None

    @property
    def flips(self) -> bool:
        """Whether a slot has to be started."""
        return self.new is not None and self.new != self.old

    def choose_slots(self, record: Record, fresh_slot: bool) -> None:
        """After a kill one slot is left first. What serves this very state stays, unless it drifted or is to be a fresh one."""
        if self.app is None:
            return
        assert self.plan.revision is not None
        running = recover_single_slot(self.context, self.app, record, self.plan.revision)
        serves = running is not None and slots.revision(self.context.paths, running) == self.plan.revision
        fresh = fresh_slot or drift.has_drifted(self.context, self.plan)
        self.old = running or slots.live(self.context.paths)
        keeps = serves and systemd.is_active(slots.SHARED_SOCKET) and not fresh
        self.new = self.old if keeps else slots.other(self.old)

    def link(self) -> None:
        if self.flips:
            assert self.new is not None and self.plan.revision is not None
            slots.assign(self.context.paths, self.new, self.plan.revision)

    def open_socket(self) -> None:
        if self.app is None:
            return
        if not systemd.is_active(slots.SHARED_SOCKET):
            assert self.new is not None
            # The socket refuses to start without a service to name, or while the one it names runs.
            slots.choose(self.context.paths, self.new)
            systemd.reload_units()
            systemd.start(slots.SHARED_SOCKET)
        if not systemd.is_enabled(slots.SHARED_SOCKET):
            systemd.enable(slots.SHARED_SOCKET)

    def start(self) -> None:
        if self.flips and self.app is not None:
            self.context.step(f"starting slot {self.new}")
            slots.start(self.context, str(self.new), self.app.start_seconds)

    def probe(self) -> None:
        """Checks the slot that is to serve, also when it was there: a killed call may not have checked it."""
        if self.app is not None:
            prove_slot(self.context, self.app, str(self.new))

    def make_live(self) -> None:
        if self.app is not None and slots.live(self.context.paths) != self.new:
            self.context.step(f"slot {self.new} serves")
            slots.choose(self.context.paths, str(self.new))

    def enable_live(self, others: bool = False) -> None:
        """Units are read once for all: the shared socket names the slot, and the boot starts it and `others`."""
        if self.app is not None and (slots.enable_only(str(self.new)) or self.flips or others):
            systemd.reload_units()

    def stop_old(self) -> None:
        if self.flips and self.app is not None and not slots.is_idle(slots.other(self.new)):
            self.context.step(f"stopping slot {slots.other(self.new)}, which finishes its requests")
            slots.stop(slots.other(self.new), self.app.drain_seconds)
