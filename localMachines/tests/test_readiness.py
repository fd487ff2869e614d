import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from ..base.faults import Fault
from ..machine import readiness


class EndWhileBootingTest(unittest.TestCase):
    """A machine whose process ended before SSH answered; `console` is what it wrote."""

    def fault(self, console: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "console.log").write_text(console)
            spec = SimpleNamespace(name="web-1", folder=Path(folder), userData=None, address="127.0.0.1")
            with (
                mock.patch.object(readiness, "_admits_users", return_value=False),
                mock.patch.object(readiness, "is_alive", return_value=False),
                self.assertRaises(Fault) as raised,
            ):
                readiness.wait_ready(spec, mock.Mock())  # type: ignore[arg-type]
            return str(raised.exception)

    def test_shows_the_console(self) -> None:
        said = self.fault("Failed to mount /proc\n")
        self.assertIn("see the end of its console below", said)
        self.assertNotIn("inotify", said)

    def test_names_the_setting_of_this_computer_that_it_ran_out_of(self) -> None:
        said = self.fault("Failed to create control group inotify object: Too many open files\n")
        self.assertIn("sysctl -w fs.inotify.max_user_instances=1024", said)


if __name__ == "__main__":
    unittest.main()
