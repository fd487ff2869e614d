"""What is left of a host when a switch fails and the way back fails as well, or the switch failed after its proof."""

import dataclasses
from unittest import mock

from portico_host.apply import drift
from portico_host.base.errors import HostError
from portico_host.release import retention, revisions
from portico_host.state.manifest import Manifest
from portico_host.state.trigger import Trigger
from portico_host.transaction import activate, activation, confirmation, slot_switch
from portico_host.units import slots
from transactions import TransactionCase
from trials import OTHER_FILE, TrialCase

BLUE, GREEN = slots.service("blue"), slots.service("green")


class UndoTest(TrialCase):
    """Release 1 serves in the slot blue and was confirmed."""

    def stop_blue_for_good(self) -> None:
        """The old slot is gone with the drain, and does not start again."""
        self.systemd.failing.add(BLUE)
        self.bad_hosts.add("v2")

    def test_the_only_slot_that_runs_goes_on_though_it_answers_badly(self) -> None:
        self.stop_blue_for_good()
        failure = self.expect_failure(2)
        self.assertIn(GREEN, self.systemd.active)
        self.assertTrue(any(line.startswith("undo: start-old: ") for line in failure.evidence))

    def test_a_new_slot_that_runs_beside_the_old_one_is_stopped(self) -> None:
        self.bad_slots.add("v2")
        self.expect_failure(2)
        self.assertEqual({unit for unit in self.systemd.active if "@" in unit}, {BLUE, slots.probe_unit("blue")})

    def test_a_step_back_that_fails_keeps_none_of_the_others_from_being_tried(self) -> None:
        self.stop_blue_for_good()
        failure = self.expect_failure(2, OTHER_FILE)
        self.assertEqual(slots.live(self.paths), "blue")
        self.assertEqual(self.paths.live("/etc/portico/nginx/nginx.conf").read_text(), "events {}\n")
        self.assertEqual(self.record.history[-1].why[:6], "health")
        self.assertIn("undo: not complete; the next activation heals the host; what failed:", failure.evidence)

    def test_what_was_brought_back_is_asked_and_half_a_way_back_stays_pending_with_its_lease(self) -> None:
        self.bad_hosts |= {"v1", "v2"}
        failure = self.expect_failure(2, OTHER_FILE, lease=60)
        self.assertTrue(any(line.startswith("undo: verify-old: health ") for line in failure.evidence))
        self.assertEqual(Manifest.load(self.paths).pending, {"nginx", "systemd"})
        self.assertEqual(self.armed.key if self.armed else None, "00000002")

    def test_a_failure_after_the_proof_leaves_what_was_proven(self) -> None:
        for name, target in (("clear", drift), ("prune", retention)):
            with self.subTest(name):
                self.again()
                with mock.patch.object(target, name, side_effect=OSError(28, "No space left on device")):
                    self.expect_failure(2, OTHER_FILE)
                self.assertIn(GREEN, self.systemd.active)
                self.assertNotIn(BLUE, self.systemd.active)
                self.assertEqual(slots.live(self.paths), "green")
                self.assertEqual(self.paths.live("/etc/portico/nginx/nginx.conf").read_text(), OTHER_FILE)
                self.activate(2, OTHER_FILE)
                self.assert_serves(2, "green")

    def test_what_a_killed_first_call_left_is_not_started_again_as_nobody_proved_it(self) -> None:
        self.doCleanups()
        TransactionCase.setUp(self)
        with self.killed_at("activate:settle"):
            self.activate(1)
        self.assertIn(BLUE, self.systemd.active)
        self.bad_hosts.add("v2")
        self.expect_failure(2)
        self.assertNotIn(f"start {BLUE}", self.systemd.calls)
        self.assertEqual({unit for unit in self.systemd.active if "@" in unit}, set())
        self.assertIsNone(slots.live(self.paths))

    def test_a_failure_before_anything_changed_leaves_the_lease_of_before_and_touches_nothing(self) -> None:
        self.try_release(2)
        before = self.armed
        self.wait(5)
        with mock.patch.object(activation, "FileChange", side_effect=OSError(28, "No space left on device")):
            self.expect_failure(3, lease=60)
        self.assertEqual(self.armed, before)
        self.assertNotIn("undoing", self.text.getvalue())
        self.assert_serves(2, "green")

    def test_a_secret_in_what_failed_is_in_no_history(self) -> None:
        plan = self.stage(2)
        revisions.write(self.context, plan, {"key": "opensesame"})
        with mock.patch.object(slot_switch, "prove_slot", side_effect=HostError("GET /readyz: got opensesame")):
            with self.assertRaises(HostError):
                activate.activate(self.context, plan.result(), self.program)
        self.assertEqual(self.record.history[-1].why, "GET /readyz: got [redacted]")
        self.assertEqual(self.record.transactions[-1].why, "GET /readyz: got [redacted]")
        self.assertNotIn("opensesame", self.text.getvalue())

    def test_a_restart_or_healing_that_fails_says_nothing_about_the_release(self) -> None:
        for command, good in (("heal", True), ("restart", True), ("activate", False)):
            with self.subTest(command):
                self.again()
                plan = self.stage(1)
                cause = Trigger(command, fresh_slot=True)
                with (
                    mock.patch.object(slot_switch, "prove_slot", side_effect=HostError("no answer")),
                    self.assertRaises(HostError),
                ):
                    activate.bring_about(self.context, plan, self.program, cause)
                self.assertEqual(self.record.history[-1].good, good)
                self.assertEqual(self.record.transactions[-1].outcome, "failed")


class PendingTest(TrialCase):
    def test_a_state_whose_effects_are_pending_is_brought_about_before_it_is_kept(self) -> None:
        """A call that was killed after the switch may have left Nginx with the files of before."""
        self.try_release()
        manifest = Manifest.load(self.paths)
        dataclasses.replace(manifest, pending=frozenset({"nginx"})).save(self.paths)
        self.systemd.calls.clear()
        self.confirm(2)
        self.assertIn("reload portico-nginx.service", self.systemd.calls)
        self.assertEqual((self.confirmed(), Manifest.load(self.paths).pending), ("00000002", frozenset()))

    def test_another_revision_in_the_slot_is_not_kept(self) -> None:
        self.try_release()
        slots.assign(self.paths, "green", "v1")
        self.confirm(2)
        live = slots.live(self.paths)
        self.assertEqual(slots.revision(self.paths, str(live)), "v2")
        self.assertIn(slots.service(str(live)), self.systemd.active)

    def test_the_state_is_kept_before_its_lease_ends(self) -> None:
        self.try_release()
        kept: list[str | None] = []
        with mock.patch.object(confirmation.lease, "clear", lambda paths: kept.append(self.confirmed())):
            self.confirm(2)
        self.assertEqual(kept, ["00000002"])
