import unittest
from unittest import mock

from bundles import APP
from fake_systemd import FakeSystemd
from portico_host.base.errors import HostError, UsageError
from portico_host.base.values import Fields
from portico_host.bundle.description import App
from portico_host.units import evidence, processes, systemd
from support import FakeClock, HostCase, printed
from transactions import PROCESS


def app(**changes: object) -> App:
    return App.read(Fields("app", APP | {"processes": [{"name": "worker", **PROCESS, **changes}]}))


class NameTest(unittest.TestCase):
    def test_a_unit_names_process_slot_and_number(self) -> None:
        self.assertEqual(processes.units(app(instances=2), "green"), [
            "portico-process-worker-green@1.service", "portico-process-worker-green@2.service",
        ])  # fmt: skip
        self.assertEqual(processes.units(app(), None), [])
        self.assertEqual(processes.units(None, "green"), [])

    def test_and_is_read_back_also_with_a_name_like_that_of_a_slot(self) -> None:
        found = processes.UNIT.fullmatch(processes.unit("a-blue", "green", 12))
        assert found is not None
        self.assertEqual((found["name"], found["slot"], found["number"]), ("a-blue", "green", "12"))

    def test_states_of_before_have_none(self) -> None:
        self.assertEqual(App.read(Fields("app", APP)).processes, ())

    def test_a_description_without_a_part_is_refused(self) -> None:
        with self.assertRaisesRegex(UsageError, "app.processes.alone: got nothing; allowed: true or false"):
            app(alone=None)

    def test_only_units_of_the_very_template_are_made_of_it(self) -> None:
        units = [processes.unit(name, "blue", 1) for name in ("mail", "mail-bulk")]
        self.assertEqual(processes.of_templates(["portico-process-mail-blue@.service"], units), units[:1])
        self.assertEqual(processes.of_templates(["portico-app@.service", "x.conf"], units), [])


class SteadyTest(HostCase):
    """systemd starts what ends again a second later, under another number."""

    def setUp(self) -> None:
        super().setUp()
        self.clock = FakeClock()
        self.facts = {"ActiveState": "active", "MainPID": "7"}
        self.systemd = FakeSystemd()
        self.unit = processes.unit("worker", "blue", 1)
        for manager in (
            self.systemd.in_charge(),
            mock.patch.object(systemd, "show_all", self.show_all),
            mock.patch.object(evidence, "of_unit", lambda context, unit: [f"unit: {unit}", "its last words"]),
            mock.patch.object(processes.time, "monotonic", self.clock.now),
            mock.patch.object(processes.time, "sleep", self.clock.sleep),
            printed(),
        ):
            manager.__enter__()
            self.addCleanup(manager.__exit__, None, None, None)

    def show_all(self, units: list[str], *_properties: str) -> dict[str, dict[str, str]]:
        later = self.facts if self.clock.seconds >= 2 else {"ActiveState": "active", "MainPID": "7"}
        return dict.fromkeys(units, later)

    def start(self, seconds: int) -> None:
        started = app(steadySeconds=seconds)
        processes.start(self.context, started, processes.units(started, "blue"))

    def test_one_that_stays_has_started_when_its_time_is_over(self) -> None:
        self.start(5)
        self.assertGreaterEqual(self.clock.seconds, 5)

    def test_one_that_was_started_again_has_not(self) -> None:
        self.facts["MainPID"] = "8"
        with self.assertRaisesRegex(HostError, r"app\.processes\.worker: got its end within 2 s") as caught:
            self.start(5)
        self.assertEqual(caught.exception.evidence, [f"unit: {self.unit}", "its last words"])

    def test_nor_has_one_that_waits_to_be_started_again(self) -> None:
        self.facts["ActiveState"] = "activating"
        with self.assertRaises(HostError):
            self.start(5)

    def test_what_happens_after_its_time_is_no_matter_of_the_start(self) -> None:
        self.facts["MainPID"] = "8"
        self.start(1)

    def test_one_that_runs_is_neither_started_nor_waited_for(self) -> None:
        self.systemd.active.add(self.unit)
        self.start(5)
        self.assertEqual((self.systemd.calls, self.clock.seconds), ([], 0))
