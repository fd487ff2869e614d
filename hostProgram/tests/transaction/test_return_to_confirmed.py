import threading
from unittest import mock

from portico_host.apply import effects
from portico_host.base import lock, steps
from portico_host.base.errors import HostError
from portico_host.transaction import activate, return_to_confirmed
from transactions import CONFIGURATION
from trials import TrialCase

STEPS = [name for name in steps.ORDER["activate"] if name != "lock"]


class ExpiryTest(TrialCase):
    def test_before_its_end_nothing_happens_and_nothing_is_said(self) -> None:
        self.try_release()
        self.wait(59)
        before = self.text.getvalue()
        self.expire()
        self.assert_serves(2, "green")
        self.assertEqual(self.text.getvalue(), before)

    def test_without_a_lease_nothing_happens(self) -> None:
        self.wait(10_000)
        self.expire()
        self.assert_serves(1, "blue")

    def test_at_its_end_the_host_goes_back_with_a_word_about_what_it_left(self) -> None:
        self.try_release()
        self.wait(60)
        self.expire()
        self.assert_serves(1, "blue")
        self.assertEqual(self.paths.live(CONFIGURATION).read_text(), "events {}\n")
        self.assertIsNone(self.armed)
        self.assertEqual(self.confirmed(), "00000001")
        self.assertEqual(self.record.bad_releases(), {"r2": "not confirmed in time"})
        self.assertEqual(self.record.good_releases(), ["r1"])
        self.assertEqual(self.outcomes()[-2:], [("activate", "r2", "serves"), ("expire", "r1", "went back")])

    def test_sshd_that_lets_nobody_confirm_gets_its_former_files(self) -> None:
        file = "/etc/ssh/sshd_config.d/10-portico-algorithms.conf"
        plan = self.stage(2, more={file: "KexAlgorithms none-that-the-deployer-has\n"})
        self.systemd.active.add("ssh.service")
        with mock.patch.object(effects, "validate_sshd"):
            activate.activate(self.context, {**plan.result(), "leaseSeconds": 60}, self.program)
            self.assertTrue(self.paths.live(file).exists())
            self.systemd.calls.clear()
            self.wait(60)
            self.expire()
        self.assertFalse(self.paths.live(file).exists())
        self.assertIn("reload ssh.service", self.systemd.calls)

    def test_it_waits_for_its_turn_while_another_call_works(self) -> None:
        self.try_release()
        self.wait(60)
        with lock.held(self.context):
            thread = threading.Thread(target=self.expire)
            thread.start()
            thread.join(5)
            self.assertFalse(thread.is_alive())
        self.assert_serves(2, "green")
        self.expire()
        self.assert_serves(1, "blue")

    def test_the_timer_never_waits_for_another_call_as_it_comes_again(self) -> None:
        self.try_release()
        self.wait(60)
        with lock.held(self.context), mock.patch.object(lock.time, "sleep", side_effect=AssertionError("it waits")):
            self.expire()
        self.assert_serves(2, "green")

    def test_a_state_that_does_not_come_back_leaves_what_serves_and_is_tried_again(self) -> None:
        self.try_release()
        self.bad_slots.add("v1")
        self.wait(60)
        with self.assertRaisesRegex(HostError, "blue GET /readyz: got 500"):
            self.expire()
        self.assert_serves(2, "green")
        self.assertEqual((self.armed.attempts, self.armed.back) if self.armed else None, (1, "00000001"))
        self.assertEqual(self.outcomes()[-1], ("expire", "r1", "failed"))
        self.wait(29)
        self.expire()
        self.assert_serves(2, "green")
        self.bad_slots.clear()
        self.wait(1)
        self.expire()
        self.assert_serves(1, "blue")

    def test_a_reboot_does_not_end_the_trial_and_the_deadline_holds(self) -> None:
        self.try_release()
        self.wait(30)
        self.clock = type(self.clock)(self.clock.wall, "second", 5)
        self.expire()
        self.assert_serves(2, "green")
        self.assertEqual((self.armed.boot, self.armed.limit) if self.armed else None, ("second", 35))
        self.wait(30)
        self.expire()
        self.assert_serves(1, "blue")

    def test_killed_anywhere_a_switch_is_taken_back_at_the_end_of_its_time(self) -> None:
        for step in STEPS:
            with self.subTest(step):
                self.again()
                with self.killed_at(f"activate:{step}"):
                    self.try_release()
                self.wait(60)
                self.expire()
                self.assert_serves(1, "blue")
                self.assertEqual(self.paths.live(CONFIGURATION).read_text(), "events {}\n")
                self.assertEqual((self.armed, self.confirmed()), (None, "00000001"))

    def test_killed_anywhere_on_its_way_back_the_next_run_ends_it(self) -> None:
        for step in STEPS:
            with self.subTest(step):
                self.again()
                self.try_release()
                self.wait(60)
                with self.killed_at(f"activate:{step}"):
                    self.expire()
                self.wait(10)
                self.expire()
                self.assert_serves(1, "blue")
                self.assertEqual((self.armed, self.confirmed()), (None, "00000001"))
                self.assertEqual(self.record.bad_releases(), {"r2": "not confirmed in time"})

    def test_killed_while_it_is_undone_the_lease_ends_it(self) -> None:
        for step in steps.ORDER["undo"]:
            with self.subTest(step):
                self.again()
                self.bad_hosts.add("v2")
                with self.killed_at(f"undo:{step}"):
                    self.try_release()
                self.wait(60)
                self.expire()
                self.assert_serves(1, "blue")
                self.assertEqual((self.armed, self.confirmed()), (None, "00000001"))


class RevertTest(TrialCase):
    def test_without_a_trial_nothing_happens(self) -> None:
        self.assertEqual(self.revert(), {"reverted": False, "release": "r1", "revision": "v1"})
        self.assertEqual(len(self.outcomes()), 1)

    def test_a_trial_ends_at_once(self) -> None:
        self.try_release()
        self.assertEqual(self.revert(), {"reverted": True, "release": "r1", "revision": "v1"})
        self.assert_serves(1, "blue")
        self.assertEqual(self.record.bad_releases(), {"r2": "another host failed"})
        self.assertEqual(self.outcomes()[-1], ("revert", "r1", "went back"))
        self.assertIsNone(self.armed)

    def test_needs_a_reason(self) -> None:
        with self.assertRaisesRegex(HostError, "input.why: got nothing"):
            return_to_confirmed.revert(self.context, {}, self.program)

    def test_a_release_that_is_staged_meanwhile_stays(self) -> None:
        self.try_release()
        plan = self.stage(3)
        self.revert()
        self.assertTrue(plan.complete)

    def test_a_return_that_failed_counts_whoever_asked_for_it(self) -> None:
        self.try_release()
        with (
            mock.patch.object(return_to_confirmed, "bring_about", side_effect=HostError("x")),
            self.assertRaises(HostError),
        ):
            self.revert()
        self.assertEqual(self.armed.attempts if self.armed else None, 1)
