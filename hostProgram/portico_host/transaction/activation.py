"""One transaction that makes a state serve: its steps, and what a failure undoes."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..apply import drift, effects
from ..apply.file_change import FileChange
from ..base.context import Context
from ..base.errors import HostError
from ..base.steps import perform
from ..bundle.description import App
from ..nginx import callers
from ..probes.host_probe import prove_host, prove_way
from ..release import assets, retention
from ..release.releases import Release
from ..release.restorable import find_restorable
from ..staging import migration
from ..staging.rehearsal import stop_leftover
from ..state import lease
from ..state.history import Outcome, Transaction
from ..state.plan import Plan
from ..state.record import Entry, Record, now
from ..state.trigger import Trigger
from ..system import firewall
from ..system.installed_program import install_program
from ..units import schedules
from .process_switch import ProcessSwitch
from .slot_switch import SlotSwitch
from .undo import Undo

# What may bring a rule about whom this host answers that its balancer does not know yet.
FORWARD = frozenset({"activate", "rollback"})


class Activation:
    """One transaction that makes `plan` serve.

    `former` is the lease that an earlier switch left.
    """

    def __init__(self, context: Context, plan: Plan, program: Path, trigger: Trigger) -> None:
        self.context, self.plan, self.program, self.trigger = context, plan, program, trigger
        self.record = Record.load(context.paths)
        self.former = lease.Lease.load(context.paths)
        self.done = effects.Done()
        self.switch = SlotSwitch(context, plan)
        self.processes = ProcessSwitch(context, plan)
        self.change: FileChange | None = None
        self.proven = False
        self.admits = False

    def run(self) -> None:
        perform(
            "activate",
            {
                "heal": self.clear_leftovers,
                "arm-lease": self.arm_lease,
                "mark-pending": self.mark_pending,
                "admit-former": self.admit_former,
                "install-files": lambda: self.files.install(),
                "remove-files": lambda: self.files.remove(),
                "apply-system": lambda: effects.apply_system(self.context, self.files, self.done),
                "apply-units": lambda: effects.apply_units(
                    self.context, self.files, self.plan.description.masked_units, self.waiting_timers
                ),
                "refresh-nginx": lambda: effects.refresh_nginx(self.context, self.files, self.done, upgrades=True),
                "publish-assets": self.publish_assets,
                "link-slot": self.switch.link,
                "open-socket": self.switch.open_socket,
                "start-slot": self.switch.start,
                "probe-slot": self.switch.probe,
                "start-processes": lambda: self.processes.start_beside(self.switch.new),
                "hand-over-processes": lambda: self.processes.hand_over(self.switch.new, self.waiting),
                "switch-live": self.switch_live,
                "enable-live": lambda: self.switch.enable_live(self.processes.enable(self.switch.new)),
                "stop-old": self.switch.stop_old,
                "stop-processes": lambda: self.processes.keep_only(self.switch.new),
                "start-services": self.start_services,
                "verify-health": self.verify_health,
                "admit-balancer": self.admit_balancer,
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
    def final(self) -> bool:
        """Whether nobody has to confirm the state once it is reached."""
        confirmed = self.record.confirmed
        return self.trigger.lease_seconds is None or (confirmed is not None and confirmed.key == self.plan.key)

    @property
    def waiting(self) -> set[str]:
        """Names of the processes that this host did not have, where somebody is to confirm the state."""
        return self._new(lambda app: {each.name for each in app.processes})

    @property
    def waiting_timers(self) -> set[str]:
        """Those of the schedules that it did not have."""
        return self._new(schedules.timers)

    def _new(self, named: Callable[[App], set[str]]) -> set[str]:
        app = self.plan.description.app
        if self.final or app is None:
            return set()
        confirmed = find_restorable(self.context, self.record.confirmed.key) if self.record.confirmed else None
        before = confirmed.description.app if confirmed else None
        return named(app) - (named(before) if before else set())

    @property
    def outcome(self) -> Outcome:
        if self.trigger.command in lease.WAYS_BACK:
            return "went back"
        return "confirmed" if self.final else "serves"

    def clear_leftovers(self) -> None:
        """What a killed call left is put in order first: no rehearsal, no migration, one slot."""
        stop_leftover(self.context)
        migration.remove_leftover(self.context)
        self.switch.choose_slots(self.record, self.trigger.fresh_slot)
        self.processes.clear(self.switch.old)

    def arm_lease(self) -> None:
        """Before anything changes: however this call ends, the host is not left with what nobody confirmed."""
        back = None if self.final else self.way_back()
        if back is None:
            return
        seconds = self.trigger.lease_seconds
        assert seconds is not None
        # The program that ends the lease has to understand it.
        install_program(self.context, self.program)
        lease.Lease.begin(self.plan.key, back, seconds).save(self.context.paths)
        what = "gives up its firewall" if back == lease.NO_STATE else "goes back"
        self.context.step(f"{what} by itself unless it is confirmed within {seconds} s")

    def way_back(self) -> str | None:
        """The state to return to. Without one a firewall is a trial all the same, as it may keep the deployer out."""
        confirmed = self.record.confirmed
        if confirmed is not None:
            if find_restorable(self.context, confirmed.key) is not None:
                return confirmed.key
            self.context.step("no lease: the confirmed state is not kept on this host any more")
        return lease.NO_STATE if firewall.rules(self.plan) else None

    def mark_pending(self) -> None:
        self.change = FileChange(self.context, self.plan)
        if self.files.paths:
            self.context.step(f"installing {len(self.files.changed)} files, removing {len(self.files.leaving)}")
        # A flip rewrites a drop-in: killed before units are read again, the next call has to do so.
        self.files.mark(*(["systemd"] if self.switch.flips else []))

    def admit_former(self) -> None:
        """Nobody is let in to go back to a state that had its balancer, nor to put a present one right."""
        if self.trigger.command in FORWARD:
            self.admits = callers.admit_former(self.context, self.plan)

    def switch_live(self) -> None:
        self.switch.make_live()
        schedules.choose_revision(self.context, self.plan)

    def publish_assets(self) -> None:
        if self.plan.release is not None:
            assets.publish(self.context, Release(self.context, self.plan.release))

    def start_services(self) -> None:
        if effects.HEALTH_CHECK_UNIT in self.files.units:
            install_program(self.context, self.program)  # It is what starts there.
        effects.start_services(self.context, self.files, self.done, self.waiting_timers)

    def verify_health(self) -> None:
        self.context.step("checking through Nginx")
        prove_host(self.context, self.plan, self.switch.new)
        if self.trigger.command == "activate":
            prove_way(self.context, self.plan, self.switch.new)
        self.proven = True

    def admit_balancer(self) -> None:
        """After a way forward that is for the confirmation, when the balancer has switched too."""
        if self.trigger.command in lease.WAYS_BACK or callers.RULE not in self.plan.files:
            callers.admit_balancer_alone(self.context.paths)

    def write_record(self) -> None:
        drift.clear(self.context, self.plan)
        plan, trigger, record = self.plan, self.trigger, self.record
        if trigger.withdrawn is not None:
            record = record.withdrawing(trigger.withdrawn, trigger.command, trigger.why)
        record = record.reached(
            Entry(plan.key, plan.description.role, plan.release, plan.revision, self.switch.new, now())
        )
        if self.final:
            record = record.confirming(trigger.command)
        record.logged(Transaction.ended(self.context, plan, trigger, self.outcome, trigger.why)).save(
            self.context.paths
        )

    def end_lease(self) -> None:
        if self.final:
            lease.clear(self.context.paths)

    def prune(self) -> None:
        """A way back leaves everything: a release may be staged and wait for its turn."""
        if self.trigger.command == "activate":
            retention.prune(self.context, self.plan, self.program)

    def undo(self, failure: HostError) -> None:
        """Nothing but the lease was changed before `mark-pending`; nothing has to be after `verify-health`."""
        if self.change is None:
            lease.restore(self.context.paths, self.former)
        elif not self.proven:
            slot_pair = (self.switch.old, self.switch.new if self.switch.flips else None)
            undo = Undo(self.context, self.plan, self.record, self.trigger, slot_pair, self.former)
            undo.run(failure)
            if self.admits and not undo.faults:
                callers.admit_balancer_alone(self.context.paths)

    def result(self) -> dict[str, Any]:
        """Never the same twice: what is gated and confirmed is this activation, not one like it."""
        return {
            "transaction": f"{time.time_ns():x}",
            "role": self.plan.description.role,
            "release": self.plan.release,
            "revision": self.plan.revision,
            "slot": self.switch.new,
            "changed": self.files.paths,
            "restarted": self.done.restarted,
            "reloaded": self.done.reloaded,
        }
