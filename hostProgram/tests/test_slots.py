import contextlib
from collections.abc import Iterator
from unittest import mock

from fake_systemd import FakeSystemd
from portico_host.base.errors import HostError
from portico_host.base.processes import TimeLimitError
from portico_host.units import evidence, slots, systemd
from support import HostCase

BLUE, GREEN = slots.service("blue"), slots.service("green")


class SlotsTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.systemd = FakeSystemd()
        self.enterContext(self.systemd.in_charge())
        self.enterContext(mock.patch.object(evidence, "of_unit", lambda context, unit: [f"log of {unit}"]))

    @contextlib.contextmanager
    def watching_the_boot(self) -> Iterator[list[set[str]]]:
        """What would start at boot after each change of it."""
        seen: list[set[str]] = []

        def enable(unit: str) -> None:
            self.systemd.enabled.add(unit)
            seen.append(set(self.systemd.enabled))

        def disable(unit: str) -> None:
            self.systemd.enabled.discard(unit)
            seen.append(set(self.systemd.enabled))

        with mock.patch.multiple(systemd, enable=enable, disable=disable):
            yield seen

    def test_a_host_that_loses_its_power_in_a_switch_starts_with_a_slot(self) -> None:
        self.systemd.enabled.add(BLUE)
        with self.watching_the_boot() as seen:
            self.assertTrue(slots.enable_only("green"))
        self.assertEqual(seen, [{BLUE, GREEN}, {GREEN}])

    def test_each_change_of_the_boot_is_told_and_no_other(self) -> None:
        self.assertTrue(slots.enable_only("blue"))
        self.assertFalse(slots.enable_only("blue"))
        self.systemd.enabled.add(GREEN)
        self.assertTrue(slots.enable_only("blue"))
        self.assertEqual(self.systemd.enabled, {BLUE})

    def test_ending_all_leaves_nothing_to_the_boot_before_anything_stops(self) -> None:
        self.systemd.active |= {BLUE, GREEN, slots.SHARED_SOCKET}
        self.systemd.enabled |= {BLUE, slots.SHARED_SOCKET}
        slots.choose(self.paths, "blue")
        running = []

        def disable(unit: str) -> None:
            running.append((unit, unit in self.systemd.active))
            self.systemd.enabled.discard(unit)

        with mock.patch.object(systemd, "disable", disable):
            slots.stop_all(self.paths, 45)
        self.assertEqual(running, [(BLUE, True), (GREEN, True), (slots.SHARED_SOCKET, True)])
        self.assertEqual((self.systemd.active, self.systemd.enabled, slots.live(self.paths)), (set(), set(), None))

    def test_a_slot_starts_with_its_own_socket_first_and_systemd_has_the_first_word_about_its_time(self) -> None:
        with mock.patch.object(systemd, "start") as start:
            slots.start(self.context, "blue", 20)
        units, limit = start.call_args.args, start.call_args.kwargs["seconds"]
        self.assertEqual(units, (slots.probe_unit("blue"), BLUE))
        self.assertGreater(limit, 20)

    def test_a_start_that_takes_too_long_is_told_from_one_that_fails(self) -> None:
        cases = (
            (HostError("start"), {"Result": "timeout"}, "no end of it", True),
            (TimeLimitError("start"), {}, "no end of it", True),
            (HostError("start"), {"Result": "exit-code"}, "a failure", False),
        )
        for error, shown, got, longer in cases:
            with (
                self.subTest(got),
                mock.patch.object(systemd, "start", side_effect=error),
                mock.patch.object(systemd, "show", lambda unit, *properties, shown=shown: shown),
                self.assertRaisesRegex(
                    HostError, f"start of slot blue: got {got}; allowed: a start within 20 s"
                ) as caught,
            ):
                slots.start(self.context, "blue", 20)
            self.assertEqual("raise app.startSeconds" in caught.exception.message, longer)
            self.assertEqual(caught.exception.evidence, [f"log of {BLUE}"])
