"""Tests of what a running machine is told; a sleeping process plays it."""

import contextlib
import os
import signal
import subprocess
import unittest
from unittest import mock

from ..base.processes import identify
from ..base.specs import read_machine
from ..machine import adjustment
from ..machine.control_groups import ControlGroup, Hierarchy
from .support import FolderTest, machine_json


class Adjust(FolderTest):
    def setUp(self) -> None:
        super().setUp()
        # A process with a child that has a child: systemd-nspawn, process 1, a service.
        words = ["sh", "-c", "sh -c 'sleep 60 & wait' & wait"]
        self.machine = subprocess.Popen(words, start_new_session=True)
        self.addCleanup(self.machine.wait)
        self.addCleanup(self.end)
        while len(list(adjustment._descendants(self.machine.pid))) < 2:
            pass
        self.process = identify(self.machine.pid)
        self.runner = mock.Mock()

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.machine.pid, signal.SIGKILL)

    def adjust(self, *changed: str) -> None:
        spec = read_machine(machine_json(directory=str(self.folder), address="10.9.8.1"))
        adjustment.adjust(spec, set(changed), self.process, self.runner)

    @unittest.skipUnless(len(os.sched_getaffinity(0)) > 1, "needs two processors")
    def test_processors_are_those_of_all_that_runs_in_it(self) -> None:
        self.adjust("cpus")
        everything = [self.machine.pid, *adjustment._descendants(self.machine.pid)]
        self.assertEqual({len(os.sched_getaffinity(pid)) for pid in everything}, {1})
        self.runner.limit.assert_not_called()

    def test_memory_is_the_runners_matter(self) -> None:
        self.adjust("memoryMegabytes")
        self.assertEqual(self.runner.limit.call_args.args[0].memoryMegabytes, 512)

    def test_keys_are_written_and_the_ssh_server_told(self) -> None:
        service = list(adjustment._descendants(self.machine.pid))[-1]
        with (
            mock.patch.object(adjustment, "personalise") as written,
            mock.patch.object(adjustment, "SSH_SERVER", "sleep"),
        ):
            self.adjust("hostPublicKey")
        self.assertEqual(written.call_args.args[0], self.folder / "root")
        # Hung up: the shell that waited for it ends too.
        self.machine.wait(timeout=10)
        self.assertIsNone(identify(service))


class Limit(FolderTest):
    def test_a_limit_is_written_where_there_is_one(self) -> None:
        self.write("portico-p1/memory.max", "0")
        group = ControlGroup("p1", [Hierarchy("v2", self.folder)])
        self.assertTrue(group.limit(2))
        self.assertEqual((self.folder / "portico-p1/memory.max").read_text(), "2097152")
        self.assertTrue(ControlGroup("p2", [Hierarchy("v2", self.folder)]).limit(2))

    def test_a_limit_that_the_kernel_refuses_is_told(self) -> None:
        self.write("portico-p1/memory.max", "0")
        with mock.patch("pathlib.Path.write_text", side_effect=OSError("busy")):
            self.assertFalse(ControlGroup("p1", [Hierarchy("v2", self.folder)]).limit(2))
