"""Takes a failed activation back: the proven state serves again, and that is proven too."""

from collections.abc import Callable

from ..apply import effects
from ..apply.file_change import FileChange
from ..base.context import Context
from ..base.errors import HostError, Interrupted, as_host_error
from ..base.steps import perform
from ..probes.host_probe import prove_host
from ..probes.slot_probe import prove_slot
from ..release import assets
from ..release.releases import Release
from ..state import lease
from ..state.history import Transaction
from ..state.plan import UNIT_EFFECTS, Plan
from ..state.record import Record
from ..state.trigger import HEAL, RESTART, Trigger
from ..units import schedules, slots, systemd
from .process_switch import ProcessSwitch


class Undo:
    """The way back from `failed`.

    `slot_pair` are the slot that served before and the one that was to serve; None for one that stays the same.
    `former` is the lease from before, which holds again once all is back.

    A host on which nothing was ever proven goes back to nothing, whatever a killed call may have started.
    Each step is tried whatever became of the one before: half a way back beats none.
    """

    def __init__(
        self,
        context: Context,
        failed: Plan,
        record: Record,
        trigger: Trigger,
        slot_pair: tuple[str | None, str | None],
        former: lease.Lease | None,
    ) -> None:
        self.context, self.failed, self.record = context, failed, record
        self.trigger, self.former = trigger, former
        old, self.new = slot_pair
        self.old = old if record.current else None
        self.app = failed.description.app
        self.target = self._load_target()
        self.processes = ProcessSwitch(context, self.target or failed)
        self.change: FileChange | None = None
        self.faults: list[str] = []

    def run(self, failure: HostError) -> None:
        """Adds to the evidence of `failure` how it ended."""
        self.context.step(f"failed: {failure.message}; undoing")
        steps: dict[str, Callable[[], None]] = {
            # While their units are there.
            "stop-new-processes": lambda: self.processes.keep_only(self.old),
            "restore-files": self.restore_files,
            "start-old": self.start_old,
            "start-old-processes": lambda: self.processes.bring_back(self.old),
            "switch-back": self.switch_back,
            "stop-new": self.stop_new,
            "restore-nginx": self.restore_nginx,
            "verify-old": self.verify_old,
            "settle-old": self.settle_old,
            "record-bad": lambda: self.record_bad(failure),
            "restore-lease": self.restore_lease,
        }
        perform("undo", {name: self._tried(name, act) for name, act in steps.items()})
        failure.evidence.append(self._outcome())
        failure.evidence += self.faults

    def restore_files(self) -> None:
        """The proven state's files; its units are read before any slot is started with them."""
        if self.target is not None:
            self.change = FileChange(self.context, self.target)
            self.change.mark()
            self.change.install()
            self.change.remove()
            if self.change.effects & UNIT_EFFECTS:
                systemd.reload_units()
            if self.target.release is not None:
                assets.publish(self.context, Release(self.context, self.target.release))

    def start_old(self) -> None:
        if self.old is not None and self.new is not None and self.app is not None:
            if systemd.is_active(slots.service(self.old)):
                return
            self.context.step(f"starting slot {self.old} again")
            slots.start(self.context, self.old, self.app.start_seconds)
            prove_slot(self.context, self.app, self.old)

    def switch_back(self) -> None:
        if self.old is not None and self.new is not None:
            if slots.live(self.context.paths) != self.old:
                slots.choose(self.context.paths, self.old)
            slots.enable_only(self.old)
            schedules.choose_revision(self.context, self.target or self.failed)
            # Also when nothing changed on disk: the manager may have read the new choice.
            systemd.reload_units()

    def stop_new(self) -> None:
        """Stops the slot that failed, unless it runs and the old one does not: a poor answer beats none."""
        if self.app is None:
            return
        if self.record.current is None:
            slots.stop_all(self.context.paths, self.app.drain_seconds)
        elif self.new is not None:
            alone = self.old is None or not systemd.is_active(slots.service(self.old))
            if not (alone and systemd.is_active(slots.service(self.new))):
                slots.stop(self.new, self.app.drain_seconds)

    def restore_nginx(self) -> None:
        """Other effects of the files; on a host that had no state before, all files go."""
        if self.target is None and self.record.current is None:
            self.change = FileChange(self.context, None)
            self.change.mark()
            self.change.remove()
        if self.change is not None:
            done = effects.Done()
            effects.apply_system(self.context, self.change, done)
            effects.apply_units(self.context, self.change, ())
            effects.refresh_nginx(self.context, self.change, done)
            effects.start_services(self.context, self.change, done)

    def verify_old(self) -> None:
        if self.target is not None:
            prove_host(self.context, self.target, self.old)

    def settle_old(self) -> None:
        if self.change is not None and not self.faults:
            self.change.settle()

    def record_bad(self, failure: HostError) -> None:
        why = self.context.report.redactor.clean(failure.message)
        record = self.record.logged(Transaction.ended(self.context, self.failed, self.trigger, "failed", why))
        # Neither a restart nor a healing that fails says anything about the release, which serves.
        if not isinstance(failure, Interrupted) and self.trigger.command not in (HEAL, RESTART):
            record = record.with_verdict(self.failed.release, self.failed.revision, "activate", why)
        record.save(self.context.paths)

    def restore_lease(self) -> None:
        """Half a way back is worth a second attempt: then the lease of the failed state stays, and makes one."""
        if not self.faults:
            lease.restore(self.context.paths, self.former)

    def _load_target(self) -> Plan | None:
        if self.record.current is None:
            return None
        try:
            return Plan.load(self.context.paths, self.record.current.key)
        except HostError:
            return None

    def _tried(self, name: str, act: Callable[[], None]) -> Callable[[], None]:
        def attempt() -> None:
            try:
                act()
            except Exception as error:
                found = as_host_error(error)
                self.faults += [f"undo: {name}: {found.message}", *found.evidence]

        return attempt

    def _outcome(self) -> str:
        if self.faults:
            return "undo: not complete; the next activation heals the host; what failed:"
        if self.record.current is None:
            return "undo: nothing was active before, and nothing is now"
        if self.target is None:
            return "undo: the former slot serves; its files are not staged any more, so the new ones stay"
        what = f"release {self.target.release} serves as before" if self.target.release else "the former files are back"
        return f"undo: {what}, and the host is healthy"
