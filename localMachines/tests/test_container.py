"""Tests of how a machine is run, and of the table of machines."""

import os
import unittest
from unittest import mock

from ..base import records
from ..base.faults import Fault
from ..base.processes import Process, identify
from ..base.records import Record
from ..base.specs import read_machine
from ..machine.container import choose_cpus, console_tail, nspawn_arguments
from ..machine.disk import USERS
from ..machine.listing import list_machines
from .support import AS_ROOT, FolderTest, machine_json


class ChooseCpus(unittest.TestCase):
    """Which processors a machine may use."""

    def test_gives_as_many_as_asked(self) -> None:
        for cpus in (1, 2, 3, 4):
            self.assertEqual(len(choose_cpus(read_machine(machine_json(cpus=cpus)), {0, 1, 2, 3})), cpus)

    def test_neighbours_get_different_ones(self) -> None:
        chosen = [choose_cpus(read_machine(machine_json(address=f"10.9.8.{last}")), {4, 6}) for last in (10, 11, 12)]
        self.assertEqual(chosen, [{4}, {6}, {4}])

    def test_refuses_more_than_there_are_and_names_the_setting(self) -> None:
        with self.assertRaisesRegex(Fault, "^portico:local.balancer.cpus: got 3; allowed: 1 to 2.*lower it"):
            choose_cpus(read_machine(machine_json(cpus=3, sizeSetting="portico:local.balancer")), {0, 1})


@AS_ROOT
class Arguments(FolderTest):
    """The command line of systemd-nspawn."""

    def setUp(self) -> None:
        super().setUp()
        (self.folder / "root").mkdir()

    def arguments(self) -> list[str]:
        with mock.patch("shutil.which", return_value="/usr/bin/systemd-nspawn"):
            return nspawn_arguments(read_machine(machine_json(directory=str(self.folder))), "p1")

    def test_holds_the_machine_and_no_secret(self) -> None:
        words = self.arguments()
        for word in (
            "--boot",
            "--register=no",
            "--keep-unit",
            f"--directory={self.folder / 'root'}",
            "--machine=p1",
            "--hostname=web-1",
            "--network-bridge=test-br0",
            "--resolv-conf=off",
        ):
            self.assertIn(word, words)
        self.assertNotIn("PRIVATE", " ".join(words))

    def test_root_of_the_machine_is_nobody_here_and_its_disk_has_no_devices(self) -> None:
        words = self.arguments()
        self.assertIn("--private-users=pick", words)
        self.assertIn("--private-users-ownership=auto", words)
        script = words[words.index("-c") + 1]
        self.assertEqual(words[: words.index("-c")], ["unshare", "--mount", "--propagation=slave", "sh"])
        self.assertIn("mount --bind -o nodev ", script)
        os.chown(self.folder / "root", 3 * USERS + 7, 0)
        self.assertIn("--private-users-ownership=chown", self.arguments())

    def test_asks_for_the_package_when_the_program_is_missing(self) -> None:
        with mock.patch("shutil.which", return_value=None), self.assertRaisesRegex(Fault, "systemd-container"):
            nspawn_arguments(read_machine(machine_json()), "p1")


class Listing(FolderTest):
    """The table of machines, from their records."""

    def save(self, name: str, process: Process, below: str = "machines") -> None:
        folder = self.folder / below / name
        folder.mkdir(parents=True)
        settings = read_machine(machine_json(name=name)).settings()
        records.save(folder, Record("p1", "t1", settings, process))

    def test_tells_the_running_from_the_dead_and_the_broken(self) -> None:
        self.save("web-1", identify(os.getpid()))
        self.save("web-2", Process(os.getpid(), 1, "another boot"))
        self.write("machines/web-3/machine.json", "{")
        table = [line.split() for line in list_machines(self.folder).splitlines()]
        self.assertEqual(table[0][:3], ["NAME", "STATE", "ADDRESS"])
        self.assertEqual(
            [row[:2] for row in table[1:]], [["web-1", "running"], ["web-2", "off"], ["web-3", "unreadable"]]
        )
        self.assertIn(str(os.getpid()), table[1])
        self.assertNotIn(str(os.getpid()), table[2])

    def test_finds_those_of_all_stacks_below_the_folder_of_states(self) -> None:
        self.save("web-1", identify(os.getpid()), below="dev/machines")
        self.save("web-1", Process(os.getpid(), 1, "another boot"), below="test/machines")
        self.write("dev/machines/web-1/root/machines/x/machine.json", "{")
        table = [line.split() for line in list_machines(self.folder).splitlines()]
        self.assertEqual([row[:2] for row in table[1:]], [["web-1", "running"], ["web-1", "off"]])

    def test_says_when_there_are_none(self) -> None:
        self.assertIn("no machines in", list_machines(self.folder / "absent"))

    def test_a_record_survives_the_disk_and_holds_no_private_key(self) -> None:
        self.save("web-1", Process(7, 8, "boot"))
        folder = self.folder / "machines/web-1"
        self.assertEqual(records.load(folder).process, Process(7, 8, "boot"))
        self.assertNotIn("PRIVATE", (folder / "machine.json").read_text())

    def test_the_console_tail_is_short_and_never_fails(self) -> None:
        self.write("console.log", "".join(f"line {number}\n" for number in range(100)))
        self.assertEqual(len(console_tail(self.folder).splitlines()), 25)
        self.assertEqual(console_tail(self.folder / "absent"), "(no console log)")
