"""Tests of what is done with a machine in each state; booting it is played."""

import contextlib
import os
import signal
import subprocess
from unittest import mock

from ..base import records
from ..base.faults import Fault
from ..base.processes import Process, identify
from ..base.progress import Progress
from ..base.records import Record
from ..base.specs import MachineSpec, read_machine
from ..machine import machine
from .support import FolderTest, machine_json


class Life(FolderTest):
    """From whatever is there to what is asked for."""

    def setUp(self) -> None:
        super().setUp()
        self.steps: list[str] = []
        self.machine = self.folder / "machines/web-1"
        steps = self.steps
        test = self

        class PlayedRunner:
            """A runner whose machine is a sleeping process."""

            def start(self, spec: MachineSpec, progress: Progress) -> Process:
                steps.append("boot")
                return test.sleeping()

            def clear(self) -> None:
                steps.append("clear")

        def make_root(folder, image, user, lock) -> None:
            steps.append("make disk")
            (folder / "root").mkdir(exist_ok=True)

        played = {
            "runner_for": lambda identifier: PlayedRunner(),
            "make_root": make_root,
            "personalise": lambda root, spec: steps.append("personalise"),
            "ensure_image": lambda suite, progress, kind: self.folder / "image.tar",
            "remove_leftovers": lambda folder, identifier: steps.append("remove leftovers"),
            "wait_ready": lambda spec, process: steps.append("wait"),
            "attach": lambda interface, bridge, progress: steps.append("attach"),
            "link_exists": lambda name: True,
            "adjustment.adjust": lambda spec, changed, process, runner: steps.append(
                f"adjust {' '.join(sorted(changed))}"
            ),
        }
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        for name, play in played.items():
            stack.enter_context(mock.patch(f"{machine.__name__}.{name}", play))
        stack.enter_context(mock.patch.object(Progress, "say"))

    def sleeping(self) -> Process:
        child = subprocess.Popen(["sleep", "60"])
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return identify(child.pid)

    def spec(self, **changes: object) -> MachineSpec:
        return read_machine(machine_json(directory=str(self.machine), **changes))

    def up(self, **changes: object) -> Record:
        self.steps.clear()
        return machine.machine_up(self.spec(**changes), Progress("test"))

    def test_a_new_machine_is_made_and_booted(self) -> None:
        record = self.up()
        self.assertEqual(self.steps, ["clear", "remove leftovers", "make disk", "personalise", "boot", "wait"])
        self.assertEqual(records.load(self.machine), record)
        self.assertEqual(record.incarnation, "t1")
        self.assertEqual(self.machine.stat().st_mode & 0o777, 0o700)

    def test_a_machine_that_is_right_is_left_alone(self) -> None:
        first = self.up()
        self.assertEqual(self.up(), first)
        self.assertEqual(self.steps, ["attach", "wait"])

    def test_a_running_machine_takes_a_new_incarnation_without_a_restart(self) -> None:
        first = self.up()
        second = self.up(incarnation="t2")
        self.assertEqual((second.process, second.incarnation), (first.process, "t2"))
        self.assertEqual(records.load(self.machine).incarnation, "t2")

    def test_other_limits_and_keys_are_given_to_it_as_it_runs(self) -> None:
        for change in (
            {"cpus": 2},
            {"memoryMegabytes": 600},
            {"authorizedKey": "ssh-rsa AAAA"},
            {"hostPublicKey": "ssh-rsa AAAA"},
        ):
            with self.subTest(change):
                before = self.up()
                after = self.up(**change)
                self.assertEqual(self.steps, [f"adjust {next(iter(change))}", "attach", "wait"])
                self.assertEqual(after.process, before.process)
                self.assertEqual(records.load(self.machine), after)
                self.assertEqual(self.up(**change), after)
                self.assertEqual(self.steps, ["attach", "wait"])

    def test_a_limit_that_it_does_not_fit_into_is_no_reason_to_restart_it(self) -> None:
        before = self.up()
        fault = Fault("memory", 64, "more", "raise it")
        with mock.patch.object(machine.adjustment, "adjust", side_effect=fault), self.assertRaises(Fault):
            self.up(memoryMegabytes=64)
        self.assertTrue(before.is_alive())
        self.assertEqual(records.load(self.machine), before)

    def test_other_settings_restart_it_on_its_disk(self) -> None:
        for change in ({"address": "10.9.8.12"}, {"gateway": "10.9.8.2"}):
            with self.subTest(change), mock.patch.object(machine, "choose_cpus"):
                before = self.up()
                after = self.up(**change)
                self.assertNotIn("make disk", self.steps)
                self.assertEqual(self.steps[-3:], ["personalise", "boot", "wait"])
                self.assertFalse(before.is_alive())
                self.assertTrue(after.is_alive())

    def test_a_dead_machine_is_booted_again_from_its_disk(self) -> None:
        first = self.up()
        os.kill(first.process.pid, signal.SIGKILL)
        while first.is_alive():
            pass
        second = self.up(incarnation="t2")
        self.assertEqual(self.steps, ["clear", "remove leftovers", "personalise", "boot", "wait"])
        self.assertEqual((second.identifier, second.incarnation), (first.identifier, "t2"))

    def test_another_suite_makes_another_disk(self) -> None:
        self.up()
        self.up(suite="bookworm")
        self.assertIn("make disk", self.steps)

    def test_a_disk_without_a_record_is_not_trusted(self) -> None:
        self.up()
        (self.machine / records.NAME).unlink()
        self.up()
        self.assertIn("make disk", self.steps)

    def test_a_boot_that_fails_leaves_a_machine_that_the_next_call_boots(self) -> None:
        fault = Fault("machine web-1", "no SSH server", "one", "see below")
        with mock.patch.object(machine, "wait_ready", side_effect=fault), self.assertRaises(Fault):
            self.up()
        self.assertEqual(self.steps[-2:], ["clear", "remove leftovers"])
        os.kill(records.load(self.machine).process.pid, signal.SIGKILL)
        while records.load(self.machine).is_alive():
            pass
        self.up()
        self.assertIn("boot", self.steps)
        self.assertNotIn("make disk", self.steps)

    def test_a_machine_that_runs_but_does_not_answer_is_restarted_on_its_disk(self) -> None:
        first = self.up()
        answers = mock.Mock(side_effect=[Fault("machine web-1", "no SSH server", "one", "see below"), None])
        with mock.patch.object(machine, "wait_ready", answers):
            second = self.up()
        self.assertEqual(self.steps, ["attach", "clear", "remove leftovers", "personalise", "boot"])
        self.assertNotEqual(second.process, first.process)

    def test_a_missing_bridge_is_named(self) -> None:
        with mock.patch.object(machine, "link_exists", return_value=False):
            with self.assertRaisesRegex(Fault, "^bridge: got test-br0"):
                self.up()

    def test_removing_leaves_nothing_also_twice(self) -> None:
        self.up()
        for _ in range(2):
            machine.machine_remove(self.machine, Progress("test"))
        self.assertIn("clear", self.steps)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_removing_ends_a_machine_whose_folder_was_deleted(self) -> None:
        machine.machine_remove(self.machine, Progress("test"))
        self.assertEqual(self.steps, ["clear", "remove leftovers"])
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_removing_one_machine_leaves_the_others(self) -> None:
        other = self.write("machines/web-2/machine.json", "{}")
        self.up()
        machine.machine_remove(self.machine, Progress("test"))
        self.assertTrue(other.exists())

    def test_the_record_keeps_its_names_when_the_folder_moves(self) -> None:
        first = self.up()
        self.machine.rename(self.folder / "elsewhere")
        self.machine = self.folder / "elsewhere"
        self.assertEqual(self.up().identifier, first.identifier)
        self.assertEqual(self.steps, ["attach", "wait"])
