from bundles import APP
from fake_systemd import FakeSystemd
from portico_host.base.values import Fields
from portico_host.bundle.description import App
from portico_host.state.record import Entry, Record
from portico_host.units import slots
from portico_host.units.slot_recovery import recover_single_slot
from support import HostCase, printed


class SurvivorTest(HostCase):
    """Slot blue has the proven revision v1, green a newer one, v2."""

    def setUp(self) -> None:
        super().setUp()
        self.systemd = FakeSystemd()
        self.record = Record().reached(Entry("k1", "web", "r1", "v1", "blue", ""))
        slots.assign(self.paths, "blue", "v1")
        slots.assign(self.paths, "green", "v2")
        slots.choose(self.paths, "blue")

    def heal(self, wanted: str, *running: str) -> str | None:
        self.systemd.active = {f"portico-app@{slot}.service" for slot in running}
        with printed(), self.systemd.in_charge():
            return recover_single_slot(self.context, App.read(Fields("app", APP)), self.record, wanted)

    def test_nothing_to_do_for_one_slot_that_is_the_named_one(self) -> None:
        self.assertEqual(self.heal("v2", "blue"), "blue")
        self.assertEqual(self.systemd.calls, [])

    def test_killed_before_the_switch_the_old_slot_stays(self) -> None:
        self.assertEqual(self.heal("v3", "blue", "green"), "blue")
        self.assertEqual(self.systemd.active, {"portico-app@blue.service"})

    def test_killed_after_the_switch_the_wanted_slot_stays(self) -> None:
        slots.choose(self.paths, "green")
        self.assertEqual(self.heal("v2", "blue", "green"), "green")
        self.assertEqual(self.systemd.active, {"portico-app@green.service"})

    def test_killed_after_the_switch_and_then_wanting_another_one_the_proven_slot_stays(self) -> None:
        slots.choose(self.paths, "green")
        self.assertEqual(self.heal("v3", "blue", "green"), "blue")
        self.assertEqual(slots.live(self.paths), "blue")
        self.assertEqual(self.systemd.enabled, {"portico-app@blue.service"})

    def test_the_only_slot_that_runs_becomes_the_named_one(self) -> None:
        self.assertEqual(self.heal("v3", "green"), "green")
        self.assertEqual(slots.live(self.paths), "green")

    def test_none_runs(self) -> None:
        self.assertIsNone(self.heal("v3"))
        self.assertEqual(slots.live(self.paths), "blue")
