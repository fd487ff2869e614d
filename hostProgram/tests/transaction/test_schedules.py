from unittest import mock

from portico_host.base.errors import HostError
from portico_host.checks import units as unit_checks
from portico_host.release import retention
from portico_host.state.plan import Plan
from portico_host.transaction import activate
from portico_host.units import schedules, slots, systemd
from transactions import TransactionCase
from trials import TrialCase

NIGHTLY = "portico-schedule-nightly.timer"


class ScheduleCase(TransactionCase):
    def bring(self, number: int, *names: str, lease: int | None = None) -> Plan:
        plan = self.stage(number, times=names)
        self.systemd.calls.clear()
        activate.activate(self.context, {**plan.result(), "leaseSeconds": lease}, self.program)
        return plan

    @property
    def chosen(self) -> str | None:
        """The revision of runs that begin now."""
        return slots.revision(self.paths, slots.SCHEDULED)


class SwitchTest(ScheduleCase):
    def test_runs_that_begin_have_the_release_that_serves(self) -> None:
        self.bring(1, "nightly")
        self.assertEqual((self.chosen, NIGHTLY in self.systemd.active), ("v1", True))
        self.bring(2, "nightly")
        self.assertEqual(self.chosen, "v2")

    def test_no_switch_touches_a_run(self) -> None:
        self.bring(1, "nightly")
        self.systemd.active.add(schedules.service("nightly"))
        self.bring(2, "nightly")
        self.assertFalse([call for call in self.systemd.calls if "schedule" in call])
        self.bring(3)
        self.assertEqual(self.systemd.did("stop")[:1], [NIGHTLY])
        self.assertIn(schedules.service("nightly"), self.systemd.active)

    def test_one_that_leaves_starts_no_more_and_holds_no_revision(self) -> None:
        self.bring(1, "nightly")
        self.bring(2)
        self.assertFalse({NIGHTLY} & (self.systemd.active | self.systemd.enabled))
        self.assertIsNone(self.chosen)

    def test_a_switch_that_fails_leaves_runs_with_the_release_of_before(self) -> None:
        self.bring(1, "nightly")
        self.bad_hosts.add("v2")
        plan = self.stage(2, times=("nightly",))
        with self.assertRaises(HostError):
            activate.activate(self.context, plan.result(), self.program)
        self.assertEqual((self.chosen, NIGHTLY in self.systemd.active), ("v1", True))

    def test_the_revision_of_runs_is_kept(self) -> None:
        plan = self.bring(1, "nightly")
        self.assertIn("v1", retention.find_retained(self.context, plan).revisions)
        slots.assign(self.paths, slots.SCHEDULED, "v0")
        self.assertIn("v0", retention.find_retained(self.context, plan).revisions)


class FleetTest(ScheduleCase, TrialCase):
    def test_one_that_comes_to_this_host_waits_until_the_other_one_has_given_it_up(self) -> None:
        self.bring(2, "nightly", lease=60)
        self.assertFalse({NIGHTLY} & (self.systemd.active | self.systemd.enabled))
        self.confirm(2)
        self.assertLessEqual({NIGHTLY}, self.systemd.active & self.systemd.enabled)

    def test_one_that_was_here_goes_on(self) -> None:
        self.bring(2, "nightly", lease=60)
        self.confirm(2)
        self.bring(3, "nightly", lease=60)
        self.assertIn(NIGHTLY, self.systemd.active)
        self.assertEqual([call for call in self.systemd.calls if NIGHTLY in call], [])

    def test_one_that_nobody_has_to_confirm_starts_at_once(self) -> None:
        self.bring(2, "nightly")
        self.assertLessEqual({NIGHTLY}, self.systemd.active & self.systemd.enabled)


class CheckTest(ScheduleCase):
    def found(self, **facts: str) -> list[tuple[str, str]]:
        plan = self.bring(1, "nightly")
        with mock.patch.object(systemd, "show", lambda unit, *properties: facts):
            return [(each.found, each.healer) for each in unit_checks._failed_runs(plan)]

    def test_a_run_that_failed_is_for_a_person_to_see(self) -> None:
        failed = {"ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "3"}
        self.assertEqual(self.found(**failed), [("its last run ended with exit code 3", "nobody")])
        self.assertEqual(
            self.found(ActiveState="failed", Result="timeout"), [("its last run ended with no end of it", "nobody")]
        )

    def test_one_that_went_well_still_goes_on_or_never_was_is_none(self) -> None:
        for state, result in (("inactive", "success"), ("activating", "success"), ("activating", "exit-code")):
            self.assertEqual(self.found(ActiveState=state, Result=result), [])


class DescribeTest(ScheduleCase):
    def test_says_how_the_last_run_ended_and_when_the_next_one_begins(self) -> None:
        facts = {
            "ActiveState": "failed",
            "Result": "exit-code",
            "ExecMainStartTimestamp": "Sat 2026-11-28 03:30:00 UTC",
            "ExecMainExitTimestamp": "Sat 2026-11-28 03:30:09 UTC",
            "NextElapseUSecRealtime": "Sun 2026-11-29 03:30:00 UTC",
        }
        with mock.patch.object(systemd, "show", lambda unit, *properties: facts):
            told = schedules.describe("nightly")
        self.assertEqual(
            told,
            {
                "running": False,
                "began": "Sat 2026-11-28 03:30:00 UTC",
                "ended": "Sat 2026-11-28 03:30:09 UTC",
                "result": "exit-code",
                "next": "Sun 2026-11-29 03:30:00 UTC",
            },
        )

    def test_of_one_that_goes_on_it_says_no_end(self) -> None:
        facts = {
            "ActiveState": "activating",
            "ExecMainStartTimestamp": "Sat 2026-11-28 03:30:00 UTC",
            "Result": "success",
        }
        with mock.patch.object(systemd, "show", lambda unit, *properties: facts):
            told = schedules.describe("nightly")
        self.assertEqual((told["running"], told["ended"], told["result"]), (True, None, None))
