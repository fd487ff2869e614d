from dataclasses import replace
from unittest import mock

from portico_host.base.errors import UsageError
from portico_host.state import lease
from portico_host.state.lease import Clock, Lease
from support import HostCase

NOW = Clock(wall=1_000_000, boot="first", running=500)


def later(seconds: float, boot: str = "first", wall: float | None = None) -> Clock:
    return Clock(NOW.wall + seconds if wall is None else wall, boot, NOW.running + seconds)


class LeaseTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        with mock.patch.object(lease.Clock, "read", lambda: NOW):
            self.lease = Lease.begin("new", "old", 60)

    def test_comes_back_as_it_was_saved_and_only_root_reads_it(self) -> None:
        self.lease.save(self.paths)
        self.assertEqual(Lease.load(self.paths), self.lease)
        self.assertEqual((self.paths.state / "lease.json").stat().st_mode & 0o777, 0o600)

    def test_ends_at_its_deadline_and_not_before(self) -> None:
        self.assertEqual(
            [self.lease.ended(later(seconds)) for seconds in (0, 59.9, 60, 1000)], [False, False, True, True]
        )

    def test_a_clock_that_was_set_back_does_not_prolong_it(self) -> None:
        self.assertFalse(self.lease.ended(later(59, wall=5)))
        self.assertTrue(self.lease.ended(later(60, wall=5)))

    def test_after_a_reboot_the_wall_clock_counts_on(self) -> None:
        self.assertTrue(self.lease.ended(later(60, boot="second")))
        moved = self.lease.in_boot(later(40, boot="second"))
        self.assertEqual((moved.boot, moved.limit - later(40).running), ("second", 20))
        self.assertEqual(moved.deadline, self.lease.deadline)

    def test_after_a_reboot_with_a_clock_in_the_past_it_lasts_its_length_once_more_at_most(self) -> None:
        boot = replace(later(0, boot="second", wall=5), running=3)
        self.assertFalse(self.lease.ended(boot))
        moved = self.lease.in_boot(boot)
        self.assertEqual(moved.limit, 63)
        self.assertTrue(moved.ended(replace(boot, running=63)))

    def test_the_running_clock_of_another_boot_says_nothing_about_it(self) -> None:
        """A machine that runs for long after its boot has a higher one than the lease was armed with."""
        self.assertFalse(self.lease.ended(replace(later(10, boot="second"), running=9_000)))

    def test_is_bound_to_a_boot_once(self) -> None:
        self.assertIs(self.lease.in_boot(later(30)), self.lease)

    def test_a_return_that_failed_is_tried_again_later_and_later(self) -> None:
        waits, current = [], self.lease
        for _ in range(7):
            current = current.postponed(NOW)
            waits.append(current.deadline - NOW.wall)
        self.assertEqual(waits, [30, 60, 120, 240, 480, 600, 600])
        self.assertEqual((current.attempts, current.ended(NOW), current.ended(later(600))), (7, False, True))

    def test_can_be_restored_to_what_it_was_or_to_none(self) -> None:
        lease.restore(self.paths, self.lease)
        self.assertEqual(Lease.load(self.paths), self.lease)
        lease.restore(self.paths, None)
        self.assertIsNone(Lease.load(self.paths))

    def test_is_shown_with_its_end_in_words(self) -> None:
        self.assertEqual(
            self.lease.to_json(), {"key": "new", "back": "old", "until": "1970-01-12T13:47:40Z", "attempts": 0}
        )


class LengthTest(HostCase):
    def test_takes_whole_seconds_or_none(self) -> None:
        self.assertEqual(
            [lease.read_seconds(value) for value in ({}, {"leaseSeconds": None}, {"leaseSeconds": 90})],
            [None, None, 90],
        )

    def test_refuses_what_is_no_length(self) -> None:
        for wrong in (0, -1, 3601, True, "90", 1.5):
            with self.subTest(wrong), self.assertRaisesRegex(UsageError, "input.leaseSeconds: got"):
                lease.read_seconds({"leaseSeconds": wrong})


class ClockTest(HostCase):
    def test_runs_and_knows_its_boot(self) -> None:
        first, second = Clock.read(), Clock.read()
        self.assertEqual(first.boot, second.boot)
        self.assertLessEqual(first.running, second.running)
        self.assertRegex(first.boot, r"^[0-9a-f-]{36}$")
