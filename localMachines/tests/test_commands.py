"""Tests of the program as its callers see it."""

import unittest
from unittest import mock

from .. import commands
from .support import AS_ROOT, PRIVATE_KEY, FolderTest, machine_json, run_program


class Program(FolderTest):
    """Exit codes, and what goes where."""

    def test_wrong_use_exits_with_2_and_says_how(self) -> None:
        for words in ([], ["fly"], ["image"], ["image", "--suite", "sid"]):
            with self.subTest(words):
                done = run_program(*words)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn("usage: bin/machine", done.stderr)

    @AS_ROOT
    def test_a_fault_exits_with_1_and_one_line(self) -> None:
        done = run_program("up", text="{}")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"\Aportico: name: got nothing; allowed: .*\n\Z")

    @AS_ROOT
    def test_more_processors_than_there_are_leave_no_folder(self) -> None:
        done = run_program("up", text=machine_json(directory=str(self.folder / "web-1"), cpus=100000))
        self.assertEqual(done.returncode, 1)
        self.assertIn("portico: portico:local.web.cpus: got 100000; allowed: 1 to ", done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    @AS_ROOT
    def test_removing_what_is_gone_is_fine_and_shows_no_key(self) -> None:
        done = run_program("remove", text=machine_json(directory=str(self.folder / "web-1")))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(PRIVATE_KEY.split("\n")[1], done.stdout + done.stderr)

    @AS_ROOT
    def test_lists_a_folder_without_machines(self) -> None:
        self.assertIn("no machines", run_program("list", "--directory", str(self.folder)).stdout)


class OtherUsers(unittest.TestCase):
    """Users and systems that cannot run machines."""

    def refused(self) -> str:
        with mock.patch("builtins.print") as printed:
            self.assertEqual(commands.main(["list"]), 1)
        return printed.call_args.args[0]

    def test_another_user_gets_one_clear_error(self) -> None:
        with mock.patch("os.geteuid", return_value=1000):
            self.assertRegex(
                self.refused(), r"bin/machine: got user \S+ on linux; allowed: root on Linux; run it as root"
            )

    def test_another_system_gets_one_clear_error(self) -> None:
        with mock.patch("sys.platform", "darwin"):
            self.assertIn("on darwin; allowed: root on Linux", self.refused())
