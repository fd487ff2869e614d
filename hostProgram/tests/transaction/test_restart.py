from typing import Any
from unittest import mock

from portico_host import inspection
from portico_host.base import steps
from portico_host.base.errors import HostError
from portico_host.probes import host_probe, probe
from portico_host.probes.probe import Answer
from portico_host.transaction import restart
from trials import TrialCase


class RestartTest(TrialCase):
    """Release 1 was confirmed and serves in slot blue."""

    def restart(self, why: str | None = None) -> dict[str, Any]:
        self.systemd.calls.clear()
        return restart.restart(self.context, {"who": "ann", "why": why}, self.program)

    def test_starts_the_same_release_in_the_other_slot_asks_it_and_drains_the_old_one(self) -> None:
        result = self.restart()
        self.assertEqual(result, {"release": "r1", "revision": "v1", "slot": "green", "former": "blue"})
        self.assert_serves(1, "green")
        order = ["start portico-app@green.service", "prove green", "stop portico-app@blue.service", "prove host"]
        self.assertEqual([call for call in self.systemd.calls if call in order], order)

    def test_each_one_takes_the_other_slot(self) -> None:
        self.assertEqual([self.restart()["slot"] for _ in range(3)], ["green", "blue", "green"])

    def test_is_in_the_history_with_who_and_why_and_changes_no_verdict(self) -> None:
        good = self.record.good_releases()
        self.restart("it does not answer")
        last = inspection.history(self.context)[-1]
        self.assertEqual((last["command"], last["release"], last["outcome"]), ("restart", "r1", "confirmed"))
        self.assertEqual(last["why"], "restarted by ann: it does not answer")
        self.assertEqual((last["who"], last["commit"]), ("ann", "c0ffee"))
        self.assertEqual((self.record.good_releases(), self.confirmed(), self.armed), (good, "00000001", None))

    def test_a_slot_that_does_not_come_leaves_the_old_one_and_condemns_no_release(self) -> None:
        self.bad_slots.add("v1")
        with self.assertRaisesRegex(HostError, "green GET /readyz: got 500"):
            self.restart()
        self.assert_serves(1, "blue")
        self.assertEqual((self.record.good_releases(), self.record.bad_releases()), (["r1"], {}))

    def test_is_refused_while_a_switch_is_on_trial(self) -> None:
        self.try_release()
        with self.assertRaisesRegex(HostError, "restart: got a switch on trial"):
            self.restart()
        self.assertEqual(self.systemd.calls, [])
        self.assert_serves(2, "green")

    def test_killed_anywhere_the_next_one_ends_with_one_slot(self) -> None:
        for step in (name for name in steps.ORDER["activate"] if name != "lock"):
            with self.subTest(step):
                self.again()
                with self.killed_at(f"activate:{step}"):
                    self.restart()
                self.assert_serves(1, self.restart()["slot"])


class AnswersTest(TrialCase):
    def ask(self, status: int) -> dict[str, Any]:
        answer = Answer("GET https://127.0.0.1:8443/healthz", status, "no answer: TimeoutError: timed out", 5)
        with (
            mock.patch.object(probe, "request_nginx", lambda *_: answer),
            mock.patch.object(host_probe, "BRIEF_SECONDS", 0),
        ):
            return inspection.answers(self.context)

    def test_says_whether_the_application_answers_and_what_came_back(self) -> None:
        self.assertTrue(self.ask(200)["answers"])
        silent = self.ask(0)
        self.assertFalse(silent["answers"])
        self.assertIn("https://127.0.0.1:8443/healthz: no answer: TimeoutError", silent["got"])

    def test_has_no_word_about_a_host_without_an_application(self) -> None:
        (self.paths.state / "record.json").unlink()
        self.assertIsNone(self.ask(200)["answers"])
