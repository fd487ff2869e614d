import os
import signal
import subprocess
import sys
import unittest

from portico_host.base import lock
from portico_host.base.errors import LockBusyError
from support import PROGRAM_FOLDER, HostCase, printed, wait_until

HOLDER = """
import sys, time
from pathlib import Path
from portico_host.base import lock
from portico_host.base.context import Context
from portico_host.base.paths import Paths
from portico_host.base.report import Report
with lock.held(Context(Report("activate"), Paths(Path(sys.argv[1])))):
    print("held", flush=True)
    time.sleep(60)
"""


class LockTest(HostCase):
    def holder(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(self.root)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": PROGRAM_FOLDER},
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        assert process.stdout is not None
        self.addCleanup(process.stdout.close)
        self.assertEqual(process.stdout.readline(), "held\n")
        return process

    def test_says_who_holds_it_and_ends_with_code_3(self) -> None:
        process = self.holder()
        with printed(), self.assertRaises(LockBusyError) as caught, lock.held(self.context, 0.3):
            pass
        self.assertIn(f"held by `activate`, process {process.pid}, since 20", caught.exception.message)
        self.assertEqual(caught.exception.exit_code, 3)

    def test_a_killed_holder_does_not_stand_in_the_way(self) -> None:
        process = self.holder()
        process.send_signal(signal.SIGKILL)
        process.wait()
        with lock.held(self.context, 0):
            pass

    def test_waits_for_a_holder_that_ends(self) -> None:
        process = self.holder()
        with printed() as text:
            process.terminate()
            with lock.held(self.context, 5):
                self.assertTrue(wait_until(lambda: process.poll() is not None))
        self.assertLessEqual(text.getvalue().count("waiting for"), 1)

    def test_can_be_taken_again_after_an_error(self) -> None:
        with self.assertRaises(ValueError), lock.held(self.context):
            raise ValueError
        with lock.held(self.context, 0):
            pass

    def test_names_nobody_once_it_is_free_however_its_holder_ended(self) -> None:
        with lock.held(self.context):
            self.assertIn(b'"pid"', (self.paths.state / "lock").read_bytes())
        self.assertEqual((self.paths.state / "lock").read_bytes(), b"")
        with self.assertRaises(ValueError), lock.held(self.context):
            raise ValueError
        self.assertEqual((self.paths.state / "lock").read_bytes(), b"")

    def test_only_root_reads_it(self) -> None:
        with lock.held(self.context):
            self.assertEqual((self.paths.state / "lock").stat().st_mode & 0o777, 0o600)


if __name__ == "__main__":
    unittest.main()
