from typing import Any
from unittest import mock

from portico_host.base.contract import COMMANDS
from portico_host.base.errors import HostError
from portico_host.release import retention, revisions
from portico_host.transaction import forget, rollback
from portico_host.units import slots
from trials import TrialCase

OLD, NEW = "secret-of-the-first", "secret-of-the-second"


class ForgetTest(TrialCase):
    """Release 1 was confirmed with a secret, then release 2 with another one."""

    def setUp(self) -> None:
        super().setUp()
        self.try_release()
        self.confirm(2)
        for number, secret in ((1, OLD), (2, NEW)):
            place = revisions.folder(self.context, f"v{number}") / "credentials"
            place.mkdir(exist_ok=True)
            (place / "key").write_text(secret)

    def forget(self) -> dict[str, Any]:
        return forget.forget(self.context)

    def found(self) -> set[str]:
        texts = [path.read_text() for path in self.root.rglob("*") if path.is_file()]
        return {secret for secret in (OLD, NEW) if any(secret in text for text in texts)}

    def test_no_earlier_secret_is_left_and_what_serves_goes_on(self) -> None:
        self.assertEqual(self.found(), {OLD, NEW})
        self.systemd.calls.clear()
        self.assertEqual(self.forget(), {"release": "r2", "forgotten": ["r1"]})
        self.assertEqual((self.found(), self.systemd.calls), ({NEW}, []))
        self.assert_serves(2, "green")
        self.assertEqual([path.name for path in self.paths.staged.iterdir()], ["00000002"])
        self.assertFalse((self.paths.releases / "r1").exists())
        again = self.forget()
        self.assertEqual(again, {"release": "r2", "forgotten": []})
        self.assertEqual(set(again), set(COMMANDS["forget"]["output"]))

    def test_nobody_goes_back_to_it_and_the_next_release_comes_as_ever(self) -> None:
        self.forget()
        with self.assertRaisesRegex(HostError, "rollback: got nothing to go back to"):
            rollback.rollback(self.context, {"who": "ann"}, self.program)
        self.try_release(3)
        self.confirm(3)
        self.assert_serves(3, "blue")
        rollback.rollback(self.context, {"who": "ann"}, self.program)
        self.assert_serves(2, "green")

    def refuse(self, message: str) -> None:
        with self.assertRaisesRegex(HostError, message):
            self.forget()
        self.assertEqual(self.found(), {OLD, NEW})
        self.assertIn("r1", self.record.good_releases())

    def test_is_refused_before_an_update_has_come_to_its_end(self) -> None:
        self.try_release(3)
        self.refuse("forget: got a switch on trial")

    def test_is_refused_where_what_was_staged_last_does_not_serve(self) -> None:
        self.stage(3)
        self.refuse("forget: got a state that was staged and does not serve; .*; run bin/up first")

    def test_is_refused_after_a_rollback_which_uses_the_secret_of_then(self) -> None:
        rollback.rollback(self.context, {"who": "ann"}, self.program)
        self.refuse("forget: got a state that was staged and does not serve")

    def test_is_refused_while_the_old_slot_ends_its_requests(self) -> None:
        self.systemd.active.add(slots.service("blue"))
        self.refuse("forget: got slot blue, which still ends its requests")

    def test_says_what_could_not_be_removed(self) -> None:
        with (
            mock.patch.object(retention, "remove_folder", side_effect=OSError(5, "Input/output error")),
            self.assertRaisesRegex(HostError, "forget: got .*/revisions/v1, still there"),
        ):
            self.forget()

    def test_a_host_that_nobody_deployed_to_is_refused(self) -> None:
        (self.paths.state / "record.json").unlink()
        with self.assertRaisesRegex(HostError, "forget: got a host without a state"):
            self.forget()
