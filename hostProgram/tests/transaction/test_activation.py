from pathlib import Path
from unittest import mock

from portico_host.base.errors import HostError, Interrupted
from portico_host.state.trigger import Trigger
from portico_host.transaction import activate, activation, slot_switch
from portico_host.units import slots, systemd
from transactions import CONFIGURATION, NGINX, TransactionCase


class ActivationTest(TransactionCase):
    def test_the_first_activation_lets_nobody_in_before_the_application_is_there(self) -> None:
        result = self.activate(1)
        self.assertRegex(result.pop("transaction"), "^[0-9a-f]+$")
        self.assert_serves(1, "blue")
        calls = self.systemd.calls
        self.assertLess(calls.index("prove blue"), calls.index(f"restart {NGINX}"))
        self.assertEqual(self.systemd.masked, {"nginx.service"})
        self.assertEqual(result, {
            "role": "web", "release": "r1", "revision": "v1", "slot": "blue",
            "changed": [CONFIGURATION], "restarted": [NGINX], "reloaded": [],
        })  # fmt: skip

    def test_the_same_again_changes_nothing_and_is_another_transaction(self) -> None:
        first = self.activate(1)
        result = self.activate(1)
        self.assertNotEqual(result["transaction"], first["transaction"])
        self.assertEqual(self.systemd.calls, ["prove blue", "prove host"])
        self.assertEqual((result["changed"], result["restarted"], result["reloaded"]), ([], [], []))
        self.assert_serves(1, "blue")

    def test_a_new_revision_starts_beside_the_old_one_which_stops_last(self) -> None:
        self.activate(1)
        self.activate(2)
        self.assert_serves(2, "green")
        order = ["start portico-app@green.service", "prove green", "stop portico-app@blue.service", "prove host"]
        self.assertEqual([call for call in self.systemd.calls if call in order], order)
        self.assertEqual(self.systemd.did("restart") + self.systemd.did("reload portico"), [])

    def test_changed_files_alone_start_no_slot(self) -> None:
        self.activate(1)
        result = self.activate(1, "events { }\n")
        self.assertEqual(result["reloaded"], [NGINX])
        self.assertEqual(self.systemd.did("start") + self.systemd.did("stop") + self.systemd.did("restart"), [])
        self.assertEqual(self.paths.live(CONFIGURATION).read_text(), "events { }\n")

    def test_a_release_that_does_not_start_leaves_the_old_one_untouched(self) -> None:
        self.activate(1)
        self.systemd.failing.add("portico-app@green.service")
        failure = self.expect_failure(2, "events { }\n")
        self.assert_serves(1, "blue")
        self.assertNotIn("stop portico-app@blue.service", self.systemd.calls)
        self.assertEqual(self.paths.live(CONFIGURATION).read_text(), "events {}\n")
        self.assertIn("undo: release r1 serves as before, and the host is healthy", failure.evidence)

    def test_a_release_that_does_not_answer_leaves_the_old_one_untouched(self) -> None:
        self.activate(1)
        self.bad_slots.add("v2")
        self.assertEqual(self.expect_failure(2).message, "green GET /readyz: got 500")
        self.assert_serves(1, "blue")
        self.assertNotIn("stop portico-app@blue.service", self.systemd.calls)

    def test_a_host_that_is_not_healthy_after_the_flip_goes_back(self) -> None:
        self.activate(1)
        self.bad_hosts.add("v2")
        self.expect_failure(2, "events { }\n")
        self.assert_serves(1, "blue")
        calls = self.systemd.calls
        self.assertLess(calls.index("start portico-app@blue.service"), calls.index("stop portico-app@green.service"))
        self.assertEqual(self.paths.live(CONFIGURATION).read_text(), "events {}\n")

    def test_the_way_of_visitors_is_asked_for_a_release_and_not_on_a_way_back(self) -> None:
        asked: list[str | None] = []
        with mock.patch.object(activation, "prove_way", lambda context, plan, slot: asked.append(plan.release)):
            self.activate(1)
            self.activate(2)
            self.assertEqual(asked, ["r1", "r2"])
            activate.bring_about(self.context, self.stage(1), self.program, Trigger("rollback"))
        self.assertEqual(asked, ["r1", "r2"])

    def test_a_release_to_which_visitors_do_not_get_is_undone(self) -> None:
        self.activate(1)
        with mock.patch.object(activation, "prove_way", side_effect=HostError("a visitor's GET /readyz: got 404")):
            self.expect_failure(2)
        self.assert_serves(1, "blue")

    def test_a_failure_is_remembered_with_its_reason(self) -> None:
        self.activate(1)
        self.bad_slots.add("v2")
        self.expect_failure(2)
        verdict = self.record.history[-1]
        self.assertEqual((verdict.release, verdict.good, verdict.why), ("r2", False, "green GET /readyz: got 500"))

    def test_a_first_activation_that_fails_leaves_nothing(self) -> None:
        self.bad_hosts.add("v1")
        failure = self.expect_failure(1)
        self.assertEqual((self.systemd.active, self.systemd.enabled), (set(), set()))
        self.assertFalse(self.paths.live("/etc/portico").exists())
        self.assertIsNone(slots.live(self.paths))
        self.assertIn("undo: nothing was active before, and nothing is now", failure.evidence)

    def test_an_interrupted_activation_goes_back_and_blames_nobody(self) -> None:
        self.activate(1)
        with mock.patch.object(slot_switch, "prove_slot", side_effect=Interrupted("signal: got SIGTERM")):
            self.expect_failure(2)
        self.assert_serves(1, "blue")
        self.assertTrue(all(verdict.good for verdict in self.record.history))

    def test_a_full_disk_is_a_failure_like_any_other(self) -> None:
        self.activate(1)
        with mock.patch.object(activation.assets, "publish", side_effect=OSError(28, "No space left on device")):
            failure = self.expect_failure(2)
        self.assertIn("disk: got no space left", failure.message)
        self.assertEqual(slots.live(self.paths), "blue")

    def test_the_old_slot_stops_only_when_the_new_one_is_named_and_starts_at_boot(self) -> None:
        self.activate(1)
        seen: list[tuple[str | None, list[str]]] = []

        def stop(*units: str, seconds: float = 0) -> None:
            seen.append((slots.live(self.paths), [unit for unit in self.systemd.enabled if "@" in unit]))
            self.systemd.stop(*units)

        with mock.patch.object(systemd, "stop", stop):
            self.activate(2)
        self.assertEqual(seen, [("green", ["portico-app@green.service"])])

    def test_a_shared_socket_that_died_is_opened_again_with_a_slot_that_gets_it(self) -> None:
        """systemd refuses to start it while the service that it names runs."""
        self.activate(1)
        self.systemd.active.discard("portico-app.socket")
        self.activate(1)
        self.assert_serves(1, "green")

    def test_a_dead_slot_is_replaced_by_the_other_one(self) -> None:
        self.activate(1)
        self.systemd.active -= {"portico-app@blue.service", "portico-probe@blue.socket"}
        self.activate(1)
        self.assert_serves(1, "green")

    def test_a_bad_release_after_a_dead_slot_brings_the_proven_one_back(self) -> None:
        self.activate(1)
        self.systemd.active -= {"portico-app@blue.service", "portico-probe@blue.socket"}
        self.bad_slots.add("v2")
        self.expect_failure(2)
        self.assert_serves(1, "blue")

    def test_a_key_that_was_never_staged_here_is_refused(self) -> None:
        with self.assertRaisesRegex(
            HostError, "staged: got 0123abcd; allowed: a key that `stage` printed on this host"
        ):
            activate.activate(self.context, {"staged": "0123abcd"}, self.program)

    def test_the_program_stays_on_the_host(self) -> None:
        self.activate(1)
        self.assertEqual(self.paths.program.read_text(), "program")
        self.assertEqual(self.paths.command.stat().st_mode & 0o777, 0o755)
        self.assertNotEqual(Path(self.paths.command).read_text().find("portico-host status"), -1)
