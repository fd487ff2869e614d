"""The commands as commands.json lists them, which the deployer types its questions by, are those of this program."""

import ast
import re
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from portico_host import cli, inspection
from portico_host.base.contract import COMMANDS
from portico_host.checks.examination import Examination
from portico_host.health_check import check_state, drain
from portico_host.probes.probe import Answer
from portico_host.state.plan import Plan
from portico_host.transaction import confirmation, reboot, restart, return_to_confirmed, rollback
from support import PROGRAM_FOLDER
from transactions import TransactionCase

DOCUMENT = Path(PROGRAM_FOLDER).parent / "docs/host-program.md"


class CommandsTest(unittest.TestCase):
    def test_those_that_are_listed_are_those_that_there_are(self) -> None:
        self.assertEqual(list(COMMANDS), list(cli.commands_by_name()))

    def test_and_those_that_are_documented(self) -> None:
        self.assertEqual(re.findall(r"^## `(\w+)`$", DOCUMENT.read_text(), re.MULTILINE), list(COMMANDS))

    def test_each_says_what_it_is_for(self) -> None:
        for name, command in COMMANDS.items():
            self.assertIn(f"  {name:<9} {command['does']}", cli.USAGE)

    def test_those_that_wait_for_the_lock_say_so(self) -> None:
        modules = {
            "confirm": "confirmation",
            "revert": "return_to_confirmed",
            "resume": "drain",
            "stage": "staging",
            "migrate": "migration",
        }
        for name, command in COMMANDS.items():
            found = [*Path(PROGRAM_FOLDER).rglob(f"portico_host/*/{modules.get(name, name)}.py")]
            functions = [
                node
                for path in found
                for node in ast.parse(path.read_text()).body
                if isinstance(node, ast.FunctionDef) and node.name == name
            ]
            text = "".join(ast.unparse(node) for node in functions)
            with self.subTest(name):
                # `expire` leaves it to its next run.
                self.assertEqual(command["waits"], "lock.held(" in text and name != "expire")


class AnswersTest(TransactionCase):
    """What is answered has the listed keys and no others."""

    def assert_listed(self, command: str, answer: Any) -> None:
        self.assertEqual(set(answer), set(COMMANDS[command]["output"]), command)

    def test_of_a_host_that_serves(self) -> None:
        self.activate(1)
        self.activate(2, lease=60)
        self.assert_listed("activate", self.activate(2, lease=60))
        self.assert_listed("stage", Plan.load(self.paths, "00000002").result())
        self.assert_listed("status", inspection.status(self.context))
        with mock.patch.object(
            inspection.host_probe, "check_briefly", return_value=(True, Answer("GET /", 200, "OK", 0.1))
        ):
            self.assert_listed("answers", inspection.answers(self.context))
            self.assert_listed("survey", inspection.survey(self.context, {}))
        for transaction in inspection.history(self.context):
            self.assert_listed("history", transaction)
        self.assert_listed("revert", return_to_confirmed.revert(self.context, {"why": "test"}, self.program))
        self.activate(2, lease=60)
        self.assert_listed("confirm", confirmation.confirm(self.context, {"staged": "00000002"}, self.program))
        self.assert_listed("restart", restart.restart(self.context, {"who": "ann"}, self.program))
        with mock.patch.object(reboot, "run"):
            self.assert_listed("reboot", reboot.reboot(self.context, {"who": "ann"}))
        self.assert_listed("rollback", rollback.rollback(self.context, {"who": "ann"}, self.program))

    def test_of_others(self) -> None:
        found = Examination("key", (), ()).to_json()
        self.assert_listed("check", found)
        self.assert_listed("heal", {"healed": 0, **found})
        moved = drain._result("web-1", check_state.State())
        self.assert_listed("drain", moved)
        self.assert_listed("resume", moved)


class InputTest(unittest.TestCase):
    """What the modules ask of the input is listed."""

    def test_every_key_that_is_read(self) -> None:
        modules = {
            "stage": "staging/request.py",
            "activate": "state/lease.py",
            "gate": "balancer/gate.py",
            "revert": "transaction/return_to_confirmed.py",
            "rollback": "transaction/rollback.py",
            "restart": "transaction/restart.py",
            "reboot": "transaction/reboot.py",
            "heal": "transaction/heal.py",
            "drain": "health_check/drain.py",
        }
        for command, module in modules.items():
            source = (Path(PROGRAM_FOLDER) / "portico_host" / module).read_text()
            read = re.findall(
                r'(?:fields|Fields\("input", value\))\.(?:text|optional_text|items|object|optional_number|content)\("(\w+)"',
                source,
            )
            listed = set(COMMANDS[command]["input"]) | (set(COMMANDS["visit"]["input"]) if command == "gate" else set())
            with self.subTest(command):
                self.assertTrue(read)
                self.assertLessEqual(set(read) - {"content"}, listed)
