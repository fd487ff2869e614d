"""Tests of processes and locks that outlive a call."""

import os
import signal
import subprocess
import sys
import threading
import time
import unittest
from dataclasses import replace

from ..base.locks import locked
from ..base.processes import child_of, identify, is_alive, send, wait_gone
from .support import FolderTest


class Processes(unittest.TestCase):
    """Telling a process from a later one of the same number."""

    def setUp(self) -> None:
        self.child = subprocess.Popen(["sleep", "60"])
        self.addCleanup(self.child.wait)
        self.addCleanup(self.child.kill)
        self.process = identify(self.child.pid)

    def test_a_running_process_is_alive(self) -> None:
        self.assertTrue(is_alive(self.process))
        self.assertIsNotNone(child_of(os.getpid()))
        self.assertIsNone(child_of(self.child.pid))

    def test_another_start_time_or_boot_is_another_process(self) -> None:
        self.assertFalse(is_alive(replace(self.process, start_time=self.process.start_time + 1)))
        self.assertFalse(is_alive(replace(self.process, boot_id="another")))
        self.assertFalse(is_alive(None))

    def test_an_ended_process_is_gone_before_its_parent_collects_it(self) -> None:
        send(self.process, signal.SIGKILL)
        self.assertTrue(wait_gone(self.process, 5))
        self.assertIsNone(identify(self.child.pid))
        send(self.process, signal.SIGKILL)

    def test_waiting_ends_at_its_limit(self) -> None:
        self.assertFalse(wait_gone(self.process, 0.05))

    def test_a_signal_never_reaches_a_later_process(self) -> None:
        send(replace(self.process, start_time=1), signal.SIGKILL)
        self.assertTrue(is_alive(self.process))


class Locks(FolderTest):
    """One call at a time."""

    def test_a_second_holder_waits_and_says_so(self) -> None:
        order, told = [], []

        def second() -> None:
            with locked(self.folder / "lock", lambda: told.append("waits")):
                order.append("second")

        with locked(self.folder / "lock"):
            thread = threading.Thread(target=second)
            thread.start()
            time.sleep(0.1)
            order.append("first")
        thread.join(5)
        self.assertEqual((order, told), (["first", "second"], ["waits"]))

    def test_a_child_that_got_the_lock_keeps_it_after_its_parent_was_killed(self) -> None:
        script = (
            "import subprocess, sys, time\nfrom pathlib import Path\nfrom localMachines.base.locks import locked\n"
            "with locked(Path(sys.argv[1])) as lock:\n"
            "    subprocess.Popen(['sleep', '0.5'], pass_fds=[lock])\n    print('up', flush=True)\n    time.sleep(60)\n"
        )
        parent = subprocess.Popen(
            [sys.executable, "-c", script, str(self.folder / "lock")], stdout=subprocess.PIPE, text=True
        )
        parent.stdout.readline()
        started = time.monotonic()
        parent.kill()
        parent.communicate()
        with locked(self.folder / "lock"):
            self.assertGreater(time.monotonic() - started, 0.3)

    def test_a_waiting_call_gets_a_lock_that_counts_when_the_folder_was_removed(self) -> None:
        path = self.folder / "machine/lock"
        seen = []

        def second() -> None:
            with locked(path):
                seen.append(path.exists())

        with locked(path):
            thread = threading.Thread(target=second)
            thread.start()
            time.sleep(0.1)
            path.unlink()
            path.parent.rmdir()
        thread.join(5)
        self.assertEqual(seen, [True])


if __name__ == "__main__":
    unittest.main()
