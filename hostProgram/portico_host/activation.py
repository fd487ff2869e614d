"""`activate`: brings the host to a staged state in one transaction, or back to where it was."""

import time
from pathlib import Path
from typing import Any

from . import assets, effects, lease, lock, migration, retention, slots, systemd
from .cause import Cause
from .context import Context
from .errors import HostError, as_host_error
from .file_change import FileChange
from .health import prove_host
from .history import Outcome, Transaction
from .kept import find_plan
from .plan import Plan, read_key
from .program import install_program
from .record import Entry, Record, now
from .rehearsal import prove_slot, stop_leftover
from .releases import Release
from .secrecy import hide_secrets
from .steps import perform, reach
from .survivor import keep_one_slot
from .undo import Undo


def activate(context: Context, value: dict[str, Any], program: Path) -> dict[str, Any]:
    """`value` is the line that `stage` printed, with `leaseSeconds` when the switch has to be confirmed.

    Returns what changed; a failure is undone, then raised.
    """
    key, seconds = read_key(value), lease.read_seconds(value)
    reach("activate", "lock")
    with lock.held(context):
        plan = Plan.load(context.paths, key)
        return bring_about(context, plan, program, Cause("activate", plan.author, lease_seconds=seconds)).result()


def bring_about(context: Context, plan: Plan, program: Path, cause: Cause) -> "Activation":
    """The one way to a state, forward or back, for whoever holds the lock. A failure is undone, then raised."""
    hide_secrets(context, plan)
    activation = Activation(context, plan, program, cause)
    try:
        activation.run()
    except Exception as error:
        failure = as_host_error(error)
        activation.undo(failure)
        raise failure from error
    return activation


class Activation:
    """One transaction that makes `plan` serve.

    `old` is the slot that served when it began, or the named one when none did; `new` the one that is to serve.
    `former` is the lease that an earlier switch left.
    """

    def __init__(self, context: Context, plan: Plan, program: Path, cause: Cause) -> None:
        self.context, self.plan, self.program, self.cause = context, plan, program, cause
        self.app = plan.description.app
        self.record = Record.load(context.paths)
        self.former = lease.Lease.load(context.paths)
        self.done = effects.Done()
        self.old: str | None = None
        self.new: str | None = None
        self.change: FileChange | None = None
        self.proven = False

    def run(self) -> None:
        perform(
            "activate",
            {
                "heal": self.heal,
                "arm-lease": self.arm_lease,
                "mark-pending": self.mark_pending,
                "install-files": lambda: self.files.install(),
                "remove-files": lambda: self.files.remove(),
                "apply-system": lambda: effects.apply_system(self.context, self.files, self.done),
                "apply-units": lambda: effects.apply_units(
                    self.context, self.files, self.plan.description.masked_units
                ),
                "refresh-nginx": lambda: effects.refresh_nginx(self.context, self.files, self.done),
                "publish-assets": self.publish_assets,
                "link-slot": self.link_slot,
                "open-socket": self.open_socket,
                "start-slot": self.start_slot,
                "probe-slot": self.probe_slot,
                "switch-live": self.switch_live,
                "enable-live": self.enable_live,
                "stop-old": self.stop_old,
                "start-services": lambda: effects.start_services(self.context, self.files, self.done),
                "verify-health": self.verify_health,
                "settle": lambda: self.files.settle(),
                "record": self.write_record,
                "end-lease": self.end_lease,
                "install-program": lambda: install_program(self.context, self.program),
                "prune": self.prune,
            },
        )

    @property
    def files(self) -> FileChange:
        assert self.change is not None
        return self.change

    @property
    def flips(self) -> bool:
        """Whether a slot has to be started."""
        return self.new is not None and self.new != self.old

    @property
    def final(self) -> bool:
        """Whether nobody has to confirm the state once it is reached."""
        confirmed = self.record.confirmed
        return self.cause.lease_seconds is None or (confirmed is not None and confirmed.key == self.plan.key)

    @property
    def outcome(self) -> Outcome:
        if self.cause.command in lease.WAYS_BACK:
            return "went back"
        return "confirmed" if self.final else "serves"

    def heal(self) -> None:
        """What a killed call left is put in order first: no rehearsal, no migration, one slot."""
        stop_leftover(self.context)
        migration.remove_leftover(self.context)
        if self.app is not None:
            assert self.plan.revision is not None
            paths = self.context.paths
            survivor = keep_one_slot(self.context, self.app, self.record, self.plan.revision)
            serves = survivor is not None and slots.revision(paths, survivor) == self.plan.revision
            self.old = survivor or slots.live(paths)
            self.new = self.old if serves and systemd.is_active(slots.SHARED_SOCKET) else slots.other(self.old)

    def arm_lease(self) -> None:
        """Before anything changes: however this call ends, the host is not left with what nobody confirmed."""
        back = self.record.confirmed
        if self.final or back is None:
            return
        if find_plan(self.context, back.key) is None:
            self.context.step("no lease: the confirmed state is not kept on this host any more")
            return
        seconds = self.cause.lease_seconds
        assert seconds is not None
        # The program that ends the lease has to understand it.
        install_program(self.context, self.program)
        lease.Lease.begin(self.plan.key, back.key, seconds).save(self.context.paths)
        self.context.step(f"goes back by itself unless it is confirmed within {seconds} s")

    def mark_pending(self) -> None:
        self.change = FileChange(self.context, self.plan)
        if self.files.paths:
            self.context.step(f"installing {len(self.files.changed)} files, removing {len(self.files.leaving)}")
        # A flip rewrites a drop-in: killed before units are read again, the next call has to do so.
        self.files.mark(*(["systemd"] if self.flips else []))

    def publish_assets(self) -> None:
        if self.plan.release is not None:
            assets.publish(self.context, Release(self.context, self.plan.release))

    def link_slot(self) -> None:
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

    def start_slot(self) -> None:
        if self.flips and self.app is not None:
            self.context.step(f"starting slot {self.new}")
            slots.start(self.context, str(self.new), self.app.start_seconds)

    def probe_slot(self) -> None:
        """Asks the slot that is to serve, also when it was there: a killed call may not have asked it."""
        if self.app is not None:
            prove_slot(self.context, self.app, str(self.new))

    def switch_live(self) -> None:
        if self.app is not None and slots.live(self.context.paths) != self.new:
            self.context.step(f"slot {self.new} serves")
            slots.choose(self.context.paths, str(self.new))

    def enable_live(self) -> None:
        """Units are read once for both: the shared socket names the slot, and the boot starts it."""
        if self.app is not None and (slots.enable_only(str(self.new)) or self.flips):
            systemd.reload_units()

    def stop_old(self) -> None:
        if self.flips and self.app is not None and not slots.is_idle(slots.other(self.new)):
            self.context.step(f"stopping slot {slots.other(self.new)}, which finishes its requests")
            slots.stop(slots.other(self.new), self.app.drain_seconds)

    def verify_health(self) -> None:
        self.context.step("asking through Nginx")
        prove_host(self.context, self.plan, self.new)
        self.proven = True

    def write_record(self) -> None:
        plan, cause, record = self.plan, self.cause, self.record
        if cause.left is not None:
            record = record.left(cause.left, cause.command, cause.why)
        record = record.reached(Entry(plan.key, plan.description.role, plan.release, plan.revision, self.new, now()))
        if self.final:
            record = record.confirming(cause.command)
        record.logged(Transaction.ended(self.context, plan, cause, self.outcome, cause.why)).save(self.context.paths)

    def end_lease(self) -> None:
        if self.final:
            lease.clear(self.context.paths)

    def prune(self) -> None:
        """A way back leaves everything: a release may be staged and wait for its turn."""
        if self.cause.command == "activate":
            retention.prune(self.context, self.plan, self.program)

    def undo(self, failure: HostError) -> None:
        """Nothing but the lease was changed before `mark-pending`; nothing has to be after `verify-health`."""
        if self.change is None:
            lease.restore(self.context.paths, self.former)
        elif not self.proven:
            slot_pair = (self.old, self.new if self.flips else None)
            Undo(self.context, self.plan, self.record, self.cause, slot_pair, self.former).run(failure)

    def result(self) -> dict[str, Any]:
        """Never the same twice: what is judged and confirmed is this activation, not one like it."""
        return {
            "transaction": f"{time.time_ns():x}",
            "role": self.plan.description.role,
            "release": self.plan.release,
            "revision": self.plan.revision,
            "slot": self.new,
            "changed": self.files.paths,
            "restarted": self.done.restarted,
            "reloaded": self.done.reloaded,
        }
