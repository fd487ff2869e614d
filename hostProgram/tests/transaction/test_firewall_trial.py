"""A firewall may keep the deployer out: what nobody comes to confirm, the host takes back."""

from typing import Any
from unittest import mock

from portico_host import inspection
from portico_host.base import steps
from portico_host.base.errors import HostError
from portico_host.state import lease, rollback_ban
from portico_host.system import firewall
from portico_host.transaction import confirmation, heal, restart, return_to_confirmed
from transactions import RULES, TransactionCase
from trials import TrialCase

STEPS = [name for name in steps.ORDER["activate"] if name != "lock"]
BANNED = r"prepared before the end of a trial of its firewall, through which nobody logged in, took this host back at"


class RulesOnTrialTest(TrialCase):
    """Release 1 was confirmed without a firewall, or with one; release 2 brings other rules."""

    def setUp(self) -> None:
        super().setUp()
        self.enter(mock.patch.object(firewall, "is_loaded", lambda context, plan: True))

    def loaded(self) -> tuple[bool, bool, str | None]:
        place = self.paths.live(RULES)
        return (
            firewall.UNIT in self.systemd.active,
            firewall.UNIT in self.systemd.enabled,
            place.read_text() if place.exists() else None,
        )

    def reloads(self) -> int:
        return self.systemd.did("reload").count(firewall.UNIT)

    def try_rules(self, rules: str | None, number: int = 2) -> None:
        self.rules = rules
        self.try_release(number)

    def test_a_first_firewall_goes_with_the_release_that_brought_it(self) -> None:
        self.try_rules("drop")
        self.assertEqual(self.loaded(), (True, True, "drop"))
        self.wait(60)
        self.expire()
        self.assert_serves(1, "blue")
        self.assertEqual(self.loaded(), (False, False, None))

    def test_other_rules_go_back_to_those_that_were_confirmed(self) -> None:
        self.try_rules("accept")
        self.confirm(2)
        self.try_rules("drop", 3)
        self.assertEqual(self.reloads(), 1)
        self.wait(60)
        self.systemd.calls.clear()
        self.expire()
        self.assertEqual(self.loaded(), (True, True, "accept"))
        self.assertEqual(self.reloads(), 1)

    def test_who_gets_in_after_that_does_not_bring_them_back_before_they_are_staged_anew(self) -> None:
        self.try_rules("drop")
        self.wait(60)
        self.expire()
        with self.assertRaisesRegex(HostError, BANNED):
            self.confirm(2)
        self.assert_serves(1, "blue")
        self.assertIn("00000002", inspection.status(self.context)["takenBack"])
        rollback_ban.lift_ban(self.context, "00000002")
        self.confirm(2)
        self.assertEqual(self.loaded(), (True, True, "drop"))

    def test_the_same_rules_are_no_reason_to_ban_anything(self) -> None:
        self.try_rules("accept")
        self.confirm(2)
        self.try_rules("accept", 3)
        self.wait(60)
        self.expire()
        self.confirm(3)
        self.assert_serves(3, "blue")

    def test_whoever_was_let_in_to_end_the_trial_may_try_it_again(self) -> None:
        self.try_rules("drop")
        self.revert()
        self.assertEqual(self.loaded(), (False, False, None))
        self.confirm(2)
        self.assertEqual(self.loaded(), (True, True, "drop"))

    def test_killed_anywhere_on_its_way_back_the_rules_are_gone_and_banned(self) -> None:
        for step in STEPS:
            with self.subTest(step):
                self.again()
                self.try_rules("drop")
                self.wait(60)
                with self.killed_at(f"activate:{step}"):
                    self.expire()
                self.wait(10)
                self.expire()
                self.assertEqual(self.loaded(), (False, False, None))
                with self.assertRaisesRegex(HostError, BANNED):
                    self.confirm(2)

    def test_a_ban_of_an_operator_stays_beside_it(self) -> None:
        rollback_ban.ban_one(self.context, "0000000b", "ann")
        self.try_rules("drop")
        self.wait(60)
        self.expire()
        self.assertEqual(inspection.status(self.context)["takenBack"], ["00000002", "0000000b"])

    def test_an_undo_brings_the_former_rules_back(self) -> None:
        self.try_rules("accept")
        self.confirm(2)
        self.rules = "drop"
        self.bad_hosts.add("v3")
        self.expect_failure(3, lease=60)
        self.assertEqual(self.loaded(), (True, True, "accept"))
        self.assertEqual(self.reloads(), 2)


class FirstTrialTest(TransactionCase):
    """A host on which nothing was confirmed yet: there is no release to go back to."""

    def setUp(self) -> None:
        super().setUp()
        self.enter(mock.patch.object(firewall, "is_loaded", lambda context, plan: True))
        self.rules = "drop"
        self.activate(1, lease=60)

    def confirm(self, number: int) -> dict[str, Any]:
        return confirmation.confirm(self.context, {"staged": f"{number:08x}"}, self.program)

    def expire(self) -> None:
        return_to_confirmed.expire(self.context, self.program)

    def revert(self) -> dict[str, Any]:
        return return_to_confirmed.revert(self.context, {"why": "another host failed"}, self.program)

    def is_loaded(self) -> bool:
        return {firewall.UNIT} <= self.systemd.active & self.systemd.enabled

    def refuse(self, act: Any) -> None:
        with self.assertRaisesRegex(HostError, BANNED):
            act()

    def test_a_firewall_is_on_trial(self) -> None:
        armed = lease.Lease.load(self.paths)
        self.assertEqual((armed.key, armed.back) if armed else None, ("00000001", lease.NO_STATE))
        self.assertTrue(self.is_loaded())
        self.assertIn("gives up its firewall by itself unless it is confirmed within 60 s", self.text.getvalue())

    def test_confirmed_it_stays(self) -> None:
        self.confirm(1)
        self.wait(60)
        self.expire()
        self.assertTrue(self.is_loaded())

    def test_not_confirmed_the_host_gives_it_up_and_serves_on(self) -> None:
        self.wait(59)
        self.expire()
        self.assertTrue(self.is_loaded())
        self.wait(1)
        self.expire()
        self.assertEqual(self.systemd.active & {firewall.UNIT} | self.systemd.enabled & {firewall.UNIT}, set())
        self.assert_serves(1, "blue")
        self.assertIsNone(lease.Lease.load(self.paths))
        last = self.record.transactions[-1]
        self.assertEqual(
            (last.command, last.outcome, last.why),
            ("expire", "went back", "not confirmed in time: without its firewall"),
        )

    def test_nothing_but_an_update_brings_it_about_again(self) -> None:
        self.wait(60)
        self.expire()
        self.refuse(lambda: self.confirm(1))
        self.refuse(lambda: heal.heal(self.context, {"who": "ann"}, self.program))
        self.refuse(lambda: restart.restart(self.context, {"who": "ann"}, self.program))
        self.assertFalse(self.is_loaded())
        rollback_ban.lift_ban(self.context, "00000001")
        self.activate(1, lease=60)
        self.assertTrue(self.is_loaded())
        self.assertIsNotNone(lease.Lease.load(self.paths))

    def test_killed_before_it_stopped_it_the_next_run_does_and_it_is_banned_already(self) -> None:
        self.wait(60)
        with (
            mock.patch.object(return_to_confirmed, "_give_up_firewall", side_effect=KeyboardInterrupt),
            self.assertRaises(KeyboardInterrupt),
        ):
            self.expire()
        self.refuse(lambda: self.confirm(1))
        self.expire()
        self.assertFalse(self.is_loaded())

    def test_an_update_that_failed_elsewhere_leaves_it_to_whoever_says_so(self) -> None:
        self.assertEqual(self.revert(), {"reverted": False, "release": "r1", "revision": "v1"})
        self.assertTrue(self.is_loaded())
        self.assertIsNone(lease.Lease.load(self.paths))

    def test_a_host_without_a_firewall_has_nothing_on_trial(self) -> None:
        self.doCleanups()
        TransactionCase.setUp(self)
        self.activate(1, lease=60)
        self.assertIsNone(lease.Lease.load(self.paths))
