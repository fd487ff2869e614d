"""Programs that are run: each within a limit, with an environment of its own, and gone with a call that is killed where that is wanted."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from portico_host.base.errors import HostError
from portico_host.base.processes import TimeLimitError, run
from support import PROGRAM_FOLDER, wait_until

CALLER = "import sys; from portico_host.base.processes import run; run(['sh', '-c', 'echo $$ > ' + sys.argv[1] + '; exec sleep 300'], ends_with_us=sys.argv[2] == 'yes', seconds=300)"


class RunTest(unittest.TestCase):
    def test_a_program_that_does_not_end_is_ended_with_what_it_said(self) -> None:
        began = time.monotonic()
        with self.assertRaisesRegex(TimeLimitError, "sh -c .*: got no end after 0.3 s") as caught:
            run(["sh", "-c", "echo so far; exec sleep 20"], seconds=0.3)
        self.assertLess(time.monotonic() - began, 19)
        self.assertEqual(caught.exception.evidence, ["so far"])

    def test_nothing_of_the_callers_environment_reaches_it(self) -> None:
        with mock.patch.dict(os.environ, {"PYTHONPATH": "/evil", "LD_PRELOAD_X": "1", "PATH": "/evil"}):
            seen = dict(line.split("=", 1) for line in run(["env"], environment={"MORE": "1"}).stdout.splitlines())
        self.assertEqual(seen.keys() - {"_", "PWD", "SHLVL"}, {"PATH", "LC_ALL", "HOME", "MORE"})
        self.assertNotIn("/evil", seen["PATH"])

    def test_a_failure_is_told_with_its_output_unless_it_is_handed_back(self) -> None:
        with self.assertRaisesRegex(HostError, "got exit code 3") as caught:
            run(["sh", "-c", "echo why; exit 3"])
        self.assertEqual(caught.exception.evidence, ["why"])
        self.assertEqual(run(["sh", "-c", "exit 3"], check=False).returncode, 3)

    def left_by_a_killed_call(self, ends_with_us: str) -> int:
        """The number of a program whose caller was killed."""
        place = Path(self.enterContext(tempfile.TemporaryDirectory()), "number")
        caller = subprocess.Popen(
            [sys.executable, "-c", CALLER, str(place), ends_with_us], env={**os.environ, "PYTHONPATH": PROGRAM_FOLDER}
        )
        self.assertTrue(wait_until(lambda: place.exists() and place.read_text().strip(), 30))
        caller.kill()
        caller.wait()
        return int(place.read_text())

    def test_one_that_writes_what_the_next_call_makes_anew_ends_with_a_killed_call(self) -> None:
        number = self.left_by_a_killed_call("yes")
        self.assertTrue(wait_until(lambda: not Path(f"/proc/{number}").exists(), 30))

    def test_others_end_what_they_began(self) -> None:
        number = self.left_by_a_killed_call("no")
        time.sleep(0.2)
        self.assertTrue(Path(f"/proc/{number}").exists())
        os.kill(number, signal.SIGKILL)
