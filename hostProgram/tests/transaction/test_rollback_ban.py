import errno
from typing import Any
from unittest import mock

from portico_host import inspection
from portico_host.base import durable
from portico_host.base.errors import HostError
from portico_host.staging import migration
from portico_host.state import rollback_ban
from portico_host.transaction import activate, rollback
from trials import TrialCase

BANNED = r"update: got release r3, prepared before ann took this host back at .*; what was taken back stays back"


class TakenBackTest(TrialCase):
    """Release 2 was confirmed; an update brings release 3 when an operator goes back."""

    def setUp(self) -> None:
        super().setUp()
        self.activate(2, lease=60)
        self.confirm(2)

    def rollback(self, release: str | None = None) -> dict[str, Any]:
        return rollback.rollback(self.context, {"release": release, "who": "ann"}, self.program)

    def stage_again(self, number: int) -> None:
        rollback_ban.lift_ban(self.context, self.stage(number).key)

    def refuse(self, act: Any) -> None:
        with self.assertRaisesRegex(HostError, BANNED):
            act()

    def activate_staged(self, number: int) -> dict[str, Any]:
        return activate.activate(self.context, {"staged": f"{number:08x}", "leaseSeconds": 60}, self.program)

    def test_a_confirmation_does_not_bring_back_what_an_operator_took_back(self) -> None:
        self.activate(3, lease=60)
        self.rollback("r2")
        self.refuse(lambda: self.confirm(3))
        self.assert_serves(2, "green")
        self.assertEqual(self.confirmed(), "00000002")

    def test_a_confirmation_still_brings_back_what_went_back_by_itself(self) -> None:
        self.activate(3, lease=60)
        self.revert()
        self.confirm(3)
        self.assert_serves(3, "blue")

    def test_a_host_whose_turn_comes_later_does_not_switch(self) -> None:
        self.stage(3)
        self.rollback("r2")
        self.refuse(lambda: self.activate_staged(3))
        self.refuse(lambda: migration.migrate(self.context, {"staged": "00000003"}))
        self.assert_serves(2, "green")

    def test_a_state_that_is_staged_after_it_comes_about(self) -> None:
        self.activate(3, lease=60)
        self.rollback("r2")
        self.assertIn("00000003", inspection.status(self.context)["takenBack"])
        self.stage_again(3)
        self.activate_staged(3)
        self.confirm(3)
        self.assert_serves(3, "blue")
        self.assertNotIn("00000003", inspection.status(self.context)["takenBack"])

    def test_the_state_that_it_went_to_may_be_brought_about_and_confirmed(self) -> None:
        self.activate(3, lease=60)
        self.rollback("r2")
        self.activate_staged(2)
        self.confirm(2)
        self.assert_serves(2, "green")

    def test_a_rollback_that_failed_bans_nothing_new(self) -> None:
        self.activate(3, lease=60)
        self.bad_slots.add("v2")
        with self.assertRaises(HostError):
            self.rollback("r2")
        self.bad_slots.clear()
        self.confirm(3)
        self.assert_serves(3, "blue")

    def test_a_host_from_before_bans_nothing(self) -> None:
        self.assertEqual(inspection.status(self.context)["takenBack"], [])

    def test_a_full_disk_leaves_what_serves_and_bans_nothing(self) -> None:
        self.activate(3, lease=60)
        self.systemd.calls.clear()
        full = OSError(errno.ENOSPC, "No space left on device")
        with mock.patch.object(durable, "write_file", side_effect=full), self.assertRaises(OSError):
            self.rollback("r2")
        self.assertEqual(self.systemd.calls, [])
        self.confirm(3)
        self.assert_serves(3, "blue")
