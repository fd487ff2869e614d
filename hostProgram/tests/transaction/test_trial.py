from portico_host.base import steps
from portico_host.base.errors import HostError
from portico_host.transaction import activate
from transactions import CONFIGURATION
from trials import OTHER_FILE, TrialCase


class ArmingTest(TrialCase):
    def test_the_first_activation_of_a_host_has_nothing_to_go_back_to(self) -> None:
        self.assertEqual(self.outcomes(), [("activate", "r1", "confirmed")])
        self.assertIsNone(self.armed)

    def test_a_switch_is_on_trial_until_it_is_confirmed(self) -> None:
        self.try_release()
        self.assertEqual((self.armed.key, self.armed.back) if self.armed else None, ("00000002", "00000001"))
        self.assertEqual((self.confirmed(), self.record.good_releases()), ("00000001", ["r1"]))
        self.assertEqual(self.outcomes()[-1], ("activate", "r2", "serves"))
        self.assertEqual(self.confirm(2), {"release": "r2", "revision": "v2", "slot": "green", "confirmed": True})
        self.assertIsNone(self.armed)
        self.assertEqual((self.confirmed(), self.record.good_releases()), ("00000002", ["r2", "r1"]))
        self.assertEqual(self.outcomes()[-1], ("activate", "r2", "confirmed"))

    def test_two_trials_in_a_row_go_back_to_what_was_confirmed(self) -> None:
        self.try_release(2)
        self.try_release(3)
        self.assertEqual((self.armed.key, self.armed.back) if self.armed else None, ("00000003", "00000001"))

    def test_the_confirmed_state_needs_no_trial(self) -> None:
        self.activate(1, lease=60)
        self.assertIsNone(self.armed)

    def test_returning_to_the_confirmed_state_by_an_activation_ends_the_trial(self) -> None:
        self.try_release()
        self.activate(1, lease=60)
        self.assertIsNone(self.armed)
        self.assert_serves(1, "blue")

    def test_without_a_lease_reaching_a_state_confirms_it(self) -> None:
        self.activate(2)
        self.assertEqual((self.confirmed(), self.armed), ("00000002", None))

    def test_the_program_that_ends_the_lease_is_there_before_it(self) -> None:
        self.program.write_text("newer program")
        with self.killed_at("activate:mark-pending"):
            self.try_release()
        self.assertEqual(self.paths.program.read_text(), "newer program")
        self.assertIsNotNone(self.armed)

    def test_a_lease_that_could_not_be_kept_is_not_armed(self) -> None:
        (self.paths.staged / "00000001/plan.json").unlink()
        self.try_release()
        self.assertIsNone(self.armed)
        self.assertIn("no lease: the confirmed state is not kept", self.text.getvalue())

    def test_a_failed_activation_disarms_it(self) -> None:
        self.bad_slots.add("v2")
        self.expect_failure(2, OTHER_FILE, lease=60)
        self.assertIsNone(self.armed)
        self.assert_serves(1, "blue")
        self.assertEqual(self.outcomes()[-1], ("activate", "r2", "failed"))

    def test_a_failed_activation_leaves_the_lease_of_the_trial_before_it(self) -> None:
        self.try_release(2)
        before = self.armed
        self.bad_slots.add("v3")
        self.wait(10)
        self.expect_failure(3, lease=60)
        self.assertEqual(self.armed, before)
        self.assert_serves(2, "green")

    def test_an_undo_that_did_not_succeed_leaves_the_second_attempt_to_the_lease(self) -> None:
        self.bad_hosts |= {"v1", "v2"}
        self.expect_failure(2, OTHER_FILE, lease=60)
        self.bad_hosts.clear()
        self.wait(60)
        self.expire()
        self.assert_serves(1, "blue")
        self.assertIsNone(self.armed)

    def test_a_host_that_changes_only_files_goes_back_as_well(self) -> None:
        plan = self.stage(1, OTHER_FILE, key="0000000a")
        activate.activate(self.context, {**plan.result(), "leaseSeconds": 60}, self.program)
        self.assertEqual(self.paths.live(CONFIGURATION).read_text(), OTHER_FILE)
        self.wait(60)
        self.expire()
        self.assertEqual(self.paths.live(CONFIGURATION).read_text(), "events {}\n")
        self.assert_serves(1, "blue")
        self.assertEqual((self.record.good_releases(), self.record.bad_releases()), (["r1"], {}))


class ConfirmationTest(TrialCase):
    def test_saying_it_twice_changes_nothing(self) -> None:
        self.try_release()
        self.assertEqual(self.confirm(2), self.confirm(2))
        self.assertEqual(len(self.outcomes()), 2)

    def test_killed_anywhere_the_state_is_confirmed_or_on_trial_still(self) -> None:
        for step in steps.ORDER["confirm"][1:]:
            with self.subTest(step):
                self.again()
                self.try_release()
                with self.killed_at(f"confirm:{step}"):
                    self.confirm(2)
                self.wait(60)
                kept = self.confirmed() == "00000002"
                self.expire()
                self.assert_serves(*((2, "green") if kept else (1, "blue")))
                self.assertIsNone(self.armed)
                self.confirm(2)
                self.assert_serves(2, "green")

    def test_a_host_that_went_back_meanwhile_is_activated_again_and_kept(self) -> None:
        self.try_release()
        self.wait(60)
        self.expire()
        self.assertEqual(self.confirm(2)["slot"], "green")
        self.assert_serves(2, "green")
        self.assertEqual((self.armed, self.confirmed()), (None, "00000002"))
        self.assertEqual((self.record.good_releases(), self.record.bad_releases()), (["r2", "r1"], {}))

    def test_a_slot_that_died_meanwhile_is_started_and_asked_before_it_is_kept(self) -> None:
        self.try_release()
        self.systemd.active -= {"portico-app@green.service", "portico-probe@green.socket"}
        self.confirm(2)
        self.assertIn("prove blue", self.systemd.calls)
        self.assert_serves(2, "blue")

    def test_what_does_not_come_again_is_not_confirmed(self) -> None:
        self.try_release()
        self.revert()
        self.bad_slots.add("v2")
        with self.assertRaisesRegex(HostError, "green GET /readyz"):
            self.confirm(2)
        self.assert_serves(1, "blue")
        self.assertEqual(self.confirmed(), "00000001")
