from typing import Any
from unittest import mock

from portico_host.apply import drift
from portico_host.base.errors import HostError
from portico_host.checks import units as unit_checks
from portico_host.state.plan import Plan
from portico_host.state.record import Record
from portico_host.state.trigger import Trigger
from portico_host.transaction import activate, restart, rollback
from portico_host.units import processes
from transactions import TransactionCase
from trials import TrialCase

WORKER = {"worker": {}}
BEAT = {"beat": {"alone": True}}


def blue(name: str, number: int = 1) -> str:
    return processes.unit(name, "blue", number)


def green(name: str, number: int = 1) -> str:
    return processes.unit(name, "green", number)


class ProcessCase(TransactionCase):
    def setUp(self) -> None:
        super().setUp()
        self.dying: set[str] = set()
        self.enter(mock.patch.object(processes, "_prove_steady", self.prove_steady))

    def prove_steady(self, context: Any, _processes: Any, started: list[str]) -> None:
        for unit in started:
            if unit in self.dying:
                raise processes._failure(context, unit, "its end within 1 s")

    def bring(self, number: int, workers: dict[str, dict[str, Any]], lease: int | None = None) -> Plan:
        plan = self.stage(number, workers=workers)
        self.systemd.calls.clear()
        activate.activate(self.context, {**plan.result(), "leaseSeconds": lease}, self.program)
        return plan

    def refuse(self, number: int, workers: dict[str, dict[str, Any]]) -> HostError:
        with self.assertRaises(HostError) as caught:
            self.bring(number, workers)
        return caught.exception

    def assert_runs(self, *units: str) -> None:
        """These are all that run of the application's processes, now and after a boot."""
        own = {unit for unit in self.systemd.active if unit.startswith(processes.START)}
        self.assertEqual((own, set(self.processes_at_boot(None))), (set(units), set(units)))

    def order(self, *calls: str) -> None:
        self.assertEqual([call for call in self.systemd.calls if call in calls], list(calls))


class SwitchTest(ProcessCase):
    def test_a_first_release_starts_all_instances_before_it_serves(self) -> None:
        self.bring(1, {"worker": {"instances": 2}, **BEAT})
        self.assert_runs(blue("worker"), blue("worker", 2), blue("beat"))
        self.order("prove blue", f"start {blue('worker')}", f"start {blue('beat')}", "restart portico-nginx.service")

    def test_a_new_one_starts_before_the_old_one_is_told_to_end(self) -> None:
        self.bring(1, WORKER)
        self.bring(2, WORKER)
        self.assert_runs(green("worker"))
        self.order(
            "prove green",
            f"start {green('worker')}",
            "stop portico-app@blue.service",
            f"stop {blue('worker')}",
            "prove host",
        )

    def test_one_that_is_alone_in_the_fleet_starts_after_the_old_one_has_ended(self) -> None:
        self.bring(1, BEAT)
        self.bring(2, BEAT)
        self.assert_runs(green("beat"))
        self.order("prove green", f"stop {blue('beat')}", f"start {green('beat')}", "stop portico-app@blue.service")

    def test_the_same_state_again_touches_none(self) -> None:
        self.bring(1, {**WORKER, **BEAT})
        self.bring(1, {**WORKER, **BEAT})
        self.assertEqual(self.systemd.did("start") + self.systemd.did("stop"), [])

    def test_one_that_somebody_stopped_starts_again_without_a_switch(self) -> None:
        self.bring(1, {**WORKER, **BEAT})
        self.systemd.active -= {blue("worker"), blue("beat")}
        self.bring(1, {**WORKER, **BEAT})
        self.assert_runs(blue("worker"), blue("beat"))
        self.assertEqual(self.systemd.did("start"), [blue("worker"), blue("beat")])

    def test_another_number_of_instances_starts_or_ends_those_that_differ(self) -> None:
        self.bring(1, {"worker": {"instances": 3}})
        activate.activate(
            self.context, self.stage(1, key="0000000a", workers={"worker": {"instances": 2}}).result(), self.program
        )
        self.assert_runs(blue("worker"), blue("worker", 2))
        self.bring(1, {"worker": {"instances": 3}})
        self.assert_runs(blue("worker"), blue("worker", 2), blue("worker", 3))

    def test_one_that_leaves_the_settings_ends_while_its_unit_is_there(self) -> None:
        self.bring(1, {**WORKER, **BEAT})
        place = self.paths.live(f"/etc/systemd/system/{processes.START}beat-blue@.service")
        seen: list[bool] = []
        stop = self.systemd.stop

        def stopping(*units: str, seconds: float = 0) -> None:
            seen.append(place.exists())
            stop(*units)

        with mock.patch.object(processes.systemd, "stop", stopping):
            self.bring(2, WORKER)
        self.assert_runs(green("worker"))
        self.assertEqual((seen[0], place.exists()), (True, False))

    def test_a_restart_brings_fresh_ones(self) -> None:
        self.bring(1, {**WORKER, **BEAT})
        restart.restart(self.context, {"who": "ann"}, self.program)
        self.assert_runs(green("worker"), green("beat"))

    def test_a_rollback_brings_those_of_the_former_release(self) -> None:
        self.bring(1, WORKER)
        self.bring(2, BEAT)
        self.assert_runs(green("beat"))
        rollback.rollback(self.context, {"release": None, "who": "ann"}, self.program)
        self.assert_runs(blue("worker"))

    def test_a_host_without_any_asks_systemd_for_none(self) -> None:
        with mock.patch.object(processes.systemd, "running", side_effect=AssertionError):
            self.activate(1)
            self.activate(2)
        self.assert_serves(2, "green")

    def test_one_that_runs_from_a_replaced_library_gets_a_fresh_slot(self) -> None:
        self.bring(1, WORKER)
        with mock.patch.object(drift.replaced_files, "by_service", lambda paths: {blue("worker"): {"libssl.so.3"}}):
            self.bring(1, WORKER)
        self.assert_runs(green("worker"))


class FailureTest(ProcessCase):
    def test_one_that_does_not_stay_takes_the_host_back_before_anything_serves_it(self) -> None:
        self.bring(1, {**WORKER, **BEAT})
        self.dying.add(green("worker"))
        failure = self.refuse(2, {**WORKER, **BEAT})
        self.assertIn("app.processes.worker: got its end within 1 s", failure.message)
        self.assertIn(f"unit: {green('worker')}", failure.evidence)
        self.assertIn("undo: release r1 serves as before, and the host is healthy", failure.evidence)
        self.assert_runs(blue("worker"), blue("beat"))
        self.assertNotIn(f"stop {blue('beat')}", self.systemd.calls)
        self.assertNotIn("stop portico-app@blue.service", self.systemd.calls)

    def test_one_that_is_alone_and_does_not_stay_gives_way_to_the_old_one(self) -> None:
        self.bring(1, BEAT)
        self.dying.add(green("beat"))
        self.refuse(2, BEAT)
        self.assert_runs(blue("beat"))
        self.order(f"stop {blue('beat')}", f"start {green('beat')}", f"stop {green('beat')}", f"start {blue('beat')}")

    def test_one_that_systemd_cannot_start_is_named(self) -> None:
        self.systemd.failing.add(blue("worker"))
        self.assertIn("app.processes.worker: got no start of it", self.refuse(1, WORKER).message)
        self.assert_runs()

    def test_a_host_that_is_not_healthy_after_the_switch_has_the_old_ones_again(self) -> None:
        self.bring(1, {**WORKER, **BEAT})
        self.bad_hosts.add("v2")
        self.refuse(2, {**BEAT, "mail": {}})
        self.assert_runs(blue("worker"), blue("beat"))

    def test_a_first_activation_that_fails_leaves_none(self) -> None:
        self.bad_hosts.add("v1")
        self.refuse(1, {**WORKER, **BEAT})
        self.assert_runs()

    def test_killed_at_any_step_the_next_call_ends_with_those_of_one_slot(self) -> None:
        for step in ("start-processes", "hand-over-processes", "switch-live", "stop-old", "stop-processes", "record"):
            with self.subTest(step):
                self.doCleanups()
                self.setUp()
                self.bring(1, {**WORKER, **BEAT})
                with self.killed_at(f"activate:{step}"):
                    self.bring(2, {**WORKER, **BEAT})
                self.bring(2, {**WORKER, **BEAT})
                current = Record.load(self.paths).current
                assert current is not None and current.slot is not None
                self.assert_runs(*(processes.unit(name, current.slot, 1) for name in ("worker", "beat")))

    def test_those_that_a_killed_call_left_are_not_taken_for_those_of_the_next_release(self) -> None:
        self.bring(1, WORKER)
        with self.killed_at("activate:switch-live"):
            self.bring(2, WORKER)
        self.assertIn(green("worker"), self.systemd.active)
        self.bring(3, WORKER)
        self.order(f"stop {green('worker')}", f"start {green('worker')}", f"stop {blue('worker')}")
        self.assert_runs(green("worker"))

    def test_killed_before_it_serves_the_way_back_has_the_old_ones(self) -> None:
        former = self.bring(1, {**WORKER, **BEAT})
        with self.killed_at("activate:switch-live"):
            self.bring(2, {**WORKER, **BEAT})
        activate.bring_about(self.context, former, self.program, Trigger("expire"))
        self.assert_runs(blue("worker"), blue("beat"))


class FleetTest(ProcessCase, TrialCase):
    """Several hosts: one has what is alone, until another one is to have it."""

    def test_what_comes_to_this_host_waits_for_the_confirmation(self) -> None:
        self.bring(2, {**WORKER, **BEAT}, lease=60)
        self.assertEqual(self.systemd.did("start")[-1:], [green("worker")])
        self.assertNotIn(green("beat"), self.systemd.active)
        self.confirm(2)
        self.assert_runs(green("worker"), green("beat"))

    def test_what_this_host_had_does_not_wait(self) -> None:
        self.bring(2, BEAT, lease=60)
        self.confirm(2)
        self.bring(3, BEAT, lease=60)
        self.assert_runs(blue("beat"))

    def test_nor_does_anything_that_nobody_has_to_confirm(self) -> None:
        self.bring(2, BEAT)
        self.assert_runs(green("beat"))

    def test_what_leaves_this_host_has_ended_before_the_confirmation(self) -> None:
        self.bring(2, BEAT, lease=60)
        self.confirm(2)
        self.bring(3, {}, lease=60)
        self.assert_runs()

    def test_a_switch_that_nobody_confirms_brings_back_what_left(self) -> None:
        self.bring(2, BEAT, lease=60)
        self.confirm(2)
        self.bring(3, WORKER, lease=60)
        self.revert()
        self.assert_runs(green("beat"))

    def test_one_that_cannot_start_is_not_confirmed(self) -> None:
        self.bring(2, BEAT, lease=60)
        self.dying.add(green("beat"))
        with self.assertRaisesRegex(HostError, "app.processes.beat"):
            self.confirm(2)
        self.assertEqual(self.confirmed(), "00000001")
        self.assertIsNotNone(self.armed)


class CheckTest(ProcessCase):
    def found(self, plan: Plan) -> list[str]:
        return [each.sentence for each in unit_checks._processes(self.context, plan)]

    def test_finds_one_that_does_not_run_and_one_of_another_slot(self) -> None:
        plan = self.bring(1, WORKER)
        self.assertEqual(self.found(plan), [])
        self.systemd.active.discard(blue("worker"))
        self.systemd.enabled.discard(blue("worker"))
        self.systemd.active.add(green("worker"))
        self.assertEqual(
            self.found(plan),
            [
                f"{blue('worker')}: disabled at boot; should be enabled at boot",
                f"{blue('worker')}: inactive; should be active",
                f"{green('worker')}: runs; should be stopped, as it is none of the slot that serves",
            ],
        )
