import subprocess
import unittest
from collections.abc import Sequence
from unittest import mock

import support  # noqa: F401
from portico_host.units import systemd


class SystemctlCase(unittest.TestCase):
    """`answers` is what systemctl prints, by its last words; all other questions end with exit code 1."""

    def setUp(self) -> None:
        self.answers: dict[tuple[str, ...], str] = {}
        self.asked: list[Sequence[str]] = []
        patch = mock.patch.object(systemd, "run", self.run_program)
        patch.start()
        self.addCleanup(patch.stop)

    def run_program(self, arguments: Sequence[str], **_options: object) -> subprocess.CompletedProcess[str]:
        self.asked.append(arguments)
        units = tuple(arguments[arguments.index("--") + 1 :])
        found = self.answers.get(units)
        return subprocess.CompletedProcess(arguments, found is None, found or "", "")


class StatesTest(SystemctlCase):
    def test_all_units_are_asked_about_at_once(self) -> None:
        self.answers = {("a.service", "b.socket"): "ActiveState=active\n\nActiveState=inactive\n"}
        self.assertEqual(systemd.states("a.service", "b.socket"), {"a.service": "active", "b.socket": "inactive"})
        self.assertEqual(len(self.asked), 1)

    def test_a_unit_without_an_answer_is_neither_active_nor_stopped(self) -> None:
        self.assertFalse(systemd.is_active("a.service"))
        self.assertFalse(systemd.is_stopped("a.service"))

    def test_units_are_stopped_when_all_of_them_are(self) -> None:
        for second, expected in (("failed", True), ("deactivating", False)):
            self.answers = {("a", "b"): f"ActiveState=inactive\n\nActiveState={second}\n"}
            self.assertEqual(systemd.is_stopped("a", "b"), expected)


class BootStatesTest(SystemctlCase):
    def test_all_units_are_asked_about_at_once(self) -> None:
        self.answers = {("a", "b"): "masked\nenabled\n"}
        self.assertEqual(systemd.boot_states("a", "b"), {"a": "masked", "b": "enabled"})
        self.assertEqual(len(self.asked), 1)

    def test_an_older_systemd_that_stops_at_a_missing_unit_is_asked_about_each(self) -> None:
        self.answers = {("a", "gone", "b"): "enabled\n", ("a",): "enabled\n", ("b",): "disabled\n"}
        self.assertEqual(systemd.boot_states("a", "gone", "b"), {"a": "enabled", "gone": "not-found", "b": "disabled"})

    def test_what_starts_at_boot_and_what_is_masked(self) -> None:
        self.answers = {("a",): "enabled\n", ("b",): "disabled\n", ("c",): "masked\n"}
        self.assertEqual([systemd.is_enabled(unit) for unit in "abcd"], [True, False, False, False])
        self.assertEqual([systemd.is_masked(unit) for unit in "abcd"], [False, False, True, False])
