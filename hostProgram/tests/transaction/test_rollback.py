import shutil
from typing import Any

from portico_host import inspection
from portico_host.base.errors import HostError, UsageError
from portico_host.transaction import rollback
from trials import TrialCase


class RollbackTest(TrialCase):
    """Releases 1, 2 and 3 were confirmed, 3 serves in slot blue."""

    def setUp(self) -> None:
        super().setUp()
        for number in (2, 3):
            self.activate(number, lease=60)
            self.confirm(number)

    def rollback(self, release: str | None = None) -> dict[str, Any]:
        self.systemd.calls.clear()
        return rollback.rollback(self.context, {"release": release, "who": "ann"}, self.program)

    def refuse(self, message: str, release: str | None = None) -> None:
        """Nothing is touched by a rollback that cannot be."""
        before = self.record
        with self.assertRaisesRegex(HostError, message):
            self.rollback(release)
        self.assertEqual((self.systemd.calls, self.record), ([], before))

    def test_goes_to_the_last_good_release_with_slot_start_and_probes_and_says_from_where(self) -> None:
        self.assertEqual(self.rollback(), {"release": "r2", "revision": "v2", "slot": "green", "from": "r3"})
        self.assert_serves(2, "green")
        order = ["start portico-app@green.service", "prove green", "stop portico-app@blue.service", "prove host"]
        self.assertEqual([call for call in self.systemd.calls if call in order], order)

    def test_what_it_left_is_bad_and_never_the_next_target(self) -> None:
        self.rollback()
        self.assertEqual(self.record.bad_releases(), {"r3": "rolled back by ann"})
        self.assertEqual(self.rollback()["release"], "r1")
        self.assertEqual(self.record.good_releases(), ["r1"])
        self.refuse("rollback: got nothing to go back to")

    def test_is_final_and_in_the_history_with_its_author(self) -> None:
        self.rollback()
        self.assertEqual((self.armed, self.confirmed()), (None, "00000002"))
        last = inspection.history(self.context)[-1]
        told = {key: last[key] for key in ("command", "release", "who", "commit", "outcome", "why")}
        self.assertEqual(told, {
            "command": "rollback", "release": "r2", "who": "ann", "commit": "c0ffee", "outcome": "confirmed",
            "why": "rolled back by ann",
        })  # fmt: skip

    def test_ends_a_trial(self) -> None:
        self.try_release(4)
        self.assertEqual(self.rollback()["release"], "r3")
        self.assertIsNone(self.armed)
        self.assert_serves(3, "blue")

    def test_goes_to_a_named_release(self) -> None:
        self.assertEqual(self.rollback("r1")["release"], "r1")
        self.assert_serves(1, "green")

    def test_goes_forward_again_when_that_is_named(self) -> None:
        self.rollback()
        self.assertEqual(self.rollback("r3")["from"], "r2")
        self.assert_serves(3, "blue")
        self.assertEqual(self.record.good_releases()[0], "r3")

    def test_goes_to_a_named_release_that_is_not_good_but_still_there(self) -> None:
        self.rollback("r2")
        self.rollback("r1")
        self.rollback("r2")
        self.assertEqual((self.record.good_releases(), self.rollback("r3")["release"]), (["r2"], "r3"))

    def test_a_release_that_was_staged_and_never_served_is_none_to_go_back_to(self) -> None:
        self.stage(4)
        self.bad_slots.add("v5")
        self.expect_failure(5)
        for release in ("r4", "r5"):
            self.refuse(f"release: got {release}; allowed: r3, r2, r1", release)

    def test_naming_what_serves_proves_it_and_condemns_nothing(self) -> None:
        self.assertEqual(self.rollback("r3")["from"], "r3")
        self.assert_serves(3, "blue")
        self.assertEqual(self.record.bad_releases(), {})

    def test_refuses_a_release_that_is_not_kept_and_tells_which_are(self) -> None:
        self.refuse("release: got r9; allowed: r3, r2, r1; name one of these", "r9")

    def test_passes_over_what_is_not_whole_any_more(self) -> None:
        shutil.rmtree(self.paths.revisions / "v2")
        self.assertEqual(self.rollback()["release"], "r1")

    def test_a_good_release_that_does_not_come_back_leaves_what_serves(self) -> None:
        self.bad_slots.add("v2")
        with self.assertRaisesRegex(HostError, "green GET /readyz"):
            self.rollback()
        self.assert_serves(3, "blue")
        self.assertEqual(self.record.good_releases(), ["r3", "r1"])
        self.assertEqual(self.outcomes()[-1], ("rollback", "r2", "failed"))

    def test_wants_to_know_who(self) -> None:
        for who in ("", None, "a\nb"):
            with self.subTest(who), self.assertRaisesRegex(UsageError, "input.who: got"):
                rollback.rollback(self.context, {"release": None, "who": who}, self.program)

    def test_settings_of_then_come_back_for_the_same_release_too(self) -> None:
        self.assertEqual(self.record.good[0].key, "00000003")
        self.stage(3, "events { }\n", key="0000000c")
        self.assertEqual(rollback.restorable_plans(self.context, self.record)["r3"].key, "00000003")


class NoApplicationTest(TrialCase):
    def test_a_host_where_nothing_was_activated_has_nothing_to_roll_back(self) -> None:
        (self.paths.state / "record.json").unlink()
        with self.assertRaisesRegex(HostError, "rollback: got no application on this host"):
            rollback.rollback(self.context, {"release": None, "who": "ann"}, self.program)
