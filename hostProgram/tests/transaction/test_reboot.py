import fcntl
from typing import Any
from unittest import mock

from portico_host import inspection
from portico_host.base.errors import HostError, UsageError
from portico_host.checks import ports
from portico_host.system import boot
from portico_host.transaction import reboot
from trials import TrialCase

REBOOT = ["systemd-run", "--quiet", "--on-active=1", "systemctl", "reboot"]


class RebootTest(TrialCase):
    """Release 1 was confirmed and serves."""

    def setUp(self) -> None:
        super().setUp()
        self.run = self.enter(mock.patch.object(reboot, "run"))
        self.connected = self.enter(mock.patch.object(ports, "connected", side_effect=[True, True, False]))
        self.enter(mock.patch.object(reboot, "PAUSE_SECONDS", 0))
        self.enter(mock.patch.object(boot, "PACKAGE_SECONDS", 0))

    def reboot(self, **more: Any) -> dict[str, Any]:
        return reboot.reboot(self.context, {"who": "ann", **more})

    def test_tells_the_service_manager_and_which_boot_ends_and_is_in_the_history(self) -> None:
        self.assertEqual(self.reboot(), {"boot": self.clock.boot})
        self.assertEqual([call.args[0] for call in self.run.call_args_list], [REBOOT])
        last = inspection.history(self.context)[-1]
        self.assertEqual((last["command"], last["who"], last["outcome"]), ("reboot", "ann", "confirmed"))

    def test_what_a_host_has_begun_that_gets_nothing_new_ends_first(self) -> None:
        self.reboot()
        self.assertEqual(self.connected.call_count, 0)
        self.reboot(drained=True)
        self.assertEqual(self.connected.call_count, 3)

    def test_but_is_not_waited_for_longer_than_a_slot_may_take(self) -> None:
        self.connected.side_effect = None
        self.connected.return_value = True
        with mock.patch.object(reboot.time, "monotonic", side_effect=range(0, 1000, 10)):
            self.reboot(drained=True)
        self.assertGreater(self.connected.call_count, 1)
        self.run.assert_called_once()

    def test_is_refused_while_a_switch_is_on_trial(self) -> None:
        self.try_release()
        with self.assertRaisesRegex(HostError, "reboot: got a switch on trial"):
            self.reboot()
        self.run.assert_not_called()

    def test_and_while_packages_are_installed(self) -> None:
        lock = self.paths.live(boot.PACKAGE_LOCK)
        lock.parent.mkdir(parents=True)
        with mock.patch.object(fcntl, "lockf", side_effect=BlockingIOError):
            with self.assertRaisesRegex(HostError, "reboot: got packages that are being installed"):
                self.reboot()
        self.run.assert_not_called()

    def test_and_on_a_host_where_nothing_serves_or_for_nobody(self) -> None:
        with self.assertRaises(UsageError):
            reboot.reboot(self.context, {})
        (self.paths.state / "record.json").unlink()
        with self.assertRaisesRegex(HostError, "reboot: got a host without a state"):
            self.reboot()


class AskedTest(TrialCase):
    def test_packages_that_ask_for_it_are_told_once(self) -> None:
        self.assertIsNone(inspection.status(self.context)["asksForReboot"])
        asked = self.paths.live(boot.ASKED)
        asked.parent.mkdir(parents=True, exist_ok=True)
        asked.touch()
        self.assertEqual(inspection.status(self.context)["asksForReboot"], "a package")
        self.paths.live(boot.PACKAGES).write_text("linux-image-amd64\nlibc6\nlibc6\n")
        self.assertEqual(inspection.status(self.context)["asksForReboot"], "linux-image-amd64, libc6")
