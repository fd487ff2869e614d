import ast
import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from portico_host import cli, inspection
from portico_host.balancer import gate
from portico_host.base import steps
from portico_host.base.context import Context
from portico_host.base.errors import HostError, Interrupted, LockBusyError
from portico_host.base.paths import Paths
from portico_host.base.report import Report
from portico_host.base.values import read_json_object
from portico_host.bundle.bundle import Bundle
from portico_host.checks import examination
from portico_host.checks.difference import Difference
from portico_host.checks.examination import Examination
from portico_host.staging import migration, staging
from portico_host.telemetry import cycle
from portico_host.transaction import activate, confirmation, return_to_confirmed, rollback
from support import PROGRAM_FOLDER, printed


class MainTest(unittest.TestCase):
    def setUp(self) -> None:
        handlers = {
            number: signal.getsignal(number)
            for number in (signal.SIGHUP, signal.SIGPIPE, signal.SIGTERM, signal.SIGINT)
        }
        for number, handler in handlers.items():
            self.addCleanup(signal.signal, number, handler)
        self.addCleanup(os.umask, os.umask(0o022))

    def main(self, *arguments: str) -> tuple[int, str]:
        with printed() as text:
            code = cli.main(arguments)
        return code, text.getvalue()

    def test_a_wrong_call_shows_the_usage_and_ends_with_2(self) -> None:
        for arguments in ((), ("destroy",), ("stage", "twice")):
            with self.subTest(arguments):
                code, text = self.main(*arguments)
                self.assertEqual(code, 2)
                self.assertIn("usage:", text)
                self.assertIn("command: got", text)

    def test_each_kind_of_failure_has_its_exit_code(self) -> None:
        for error, expected in (
            (HostError("x"), 1),
            (LockBusyError("x"), 3),
            (OSError(28, "full"), 1),
            (RuntimeError("x"), 1),
        ):
            with self.subTest(error), mock.patch.object(cli.os, "geteuid", return_value=0):
                with mock.patch.object(inspection, "status", side_effect=error):
                    code, text = self.main("status")
                self.assertEqual(code, expected)
                self.assertIn("portico: status: failed: ", text)

    def test_an_unexpected_error_says_where_it_came_from(self) -> None:
        with (
            mock.patch.object(cli.os, "geteuid", return_value=0),
            mock.patch.object(inspection, "status", side_effect=RuntimeError("odd")),
        ):
            _, text = self.main("status")
        self.assertRegex(text, r"failed: \w+\.py:\d+: got RuntimeError: odd; allowed: ")

    def test_only_root_gets_in(self) -> None:
        with mock.patch.object(cli.os, "geteuid", return_value=1000):
            code, text = self.main("status")
        self.assertEqual(code, 2)
        self.assertIn("user: got number 1000; allowed: root; run it with sudo", text)

    def test_measures_and_logs_are_sent_by_a_user_without_rights(self) -> None:
        with (
            mock.patch.object(cli.os, "geteuid", return_value=1000),
            mock.patch.object(cycle, "send_telemetry") as observe,
        ):
            code, text = self.main("observe")
        self.assertEqual((code, text), (0, ""))
        observe.assert_called_once()

    def test_each_command_reads_its_input_and_prints_one_line(self) -> None:
        for command, module, function in (
            ("migrate", migration, "migrate"),
            ("activate", activate, "activate"),
            ("gate", gate, "gate"),
            ("confirm", confirmation, "confirm"),
            ("revert", return_to_confirmed, "revert"),
            ("rollback", rollback, "rollback"),
            ("status", inspection, "status"),
            ("history", inspection, "history"),
        ):
            out = io.StringIO()
            value = mock.Mock(buffer=io.BytesIO(b'{"asked": 1}'))
            with (
                self.subTest(command),
                mock.patch.object(cli.os, "geteuid", return_value=0),
                mock.patch.object(cli.sys, "stdin", value),
                mock.patch.object(module, function, return_value=[{"answer": 2}]) as called,
                contextlib.redirect_stdout(out),
            ):
                self.assertEqual(self.main(command)[0], 0)
            self.assertEqual(out.getvalue(), '[{"answer":2}]\n')
            if command not in {"status", "history"}:
                self.assertEqual(called.call_args.args[1], {"asked": 1})

    def test_the_timer_is_told_nothing_while_there_is_nothing_to_do(self) -> None:
        out = io.StringIO()
        with mock.patch.object(cli.os, "geteuid", return_value=0), mock.patch.object(return_to_confirmed, "expire"):
            with contextlib.redirect_stdout(out):
                self.assertEqual(self.main("expire"), (0, ""))
        self.assertEqual(out.getvalue(), "")

    def test_check_fails_when_something_is_wrong(self) -> None:
        missing = Difference("/etc/x", "missing", "a file")
        for differences, sentences, expected in (((), [], 0), ((missing,), ["/etc/x: missing; should be a file"], 1)):
            out = io.StringIO()
            found = Examination("key", differences, ())
            with mock.patch.object(examination, "examine", return_value=found), contextlib.redirect_stdout(out):
                self.assertEqual(cli.check(Report("check")), expected)
            self.assertEqual(json.loads(out.getvalue())["problems"], sentences)

    def test_a_survey_examines_on_request_only(self) -> None:
        context = Context(Report("survey"))
        with (
            mock.patch.object(inspection, "status", return_value={"live": "blue"}),
            mock.patch.object(inspection, "answers", return_value={"answers": True}),
            mock.patch.object(inspection, "examine", return_value=Examination("key", (), ())) as examined,
        ):
            said = {"status": {"live": "blue"}, "answers": {"answers": True}, "examination": None}
            self.assertEqual(inspection.survey(context, {"examine": False}), said)
            examined.assert_not_called()
            self.assertEqual(inspection.survey(context, {"examine": True})["examination"]["state"], "key")

    def test_a_part_of_a_survey_that_fails_hides_none_of_the_others(self) -> None:
        with (
            printed() as text,
            mock.patch.object(inspection, "status", side_effect=HostError("no record")),
            mock.patch.object(inspection, "answers", side_effect=RuntimeError("odd")),
            mock.patch.object(inspection, "examine", return_value=Examination("key", (), ())),
        ):
            said = inspection.survey(Context(Report("survey")), {"examine": True})
        self.assertEqual((said["status"], said["answers"], said["examination"]["state"]), (None, None, "key"))
        self.assertIn("no record", text.getvalue())
        self.assertIn("odd", text.getvalue())

    def test_what_was_staged_starts_without_being_compiled_again(self) -> None:
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(cli, "read_input", return_value={}),
            mock.patch.object(cli, "program", return_value=Path("bundle.pyz")),
            mock.patch.object(Bundle, "open"),
            mock.patch.object(cli, "Context", return_value=Context(Report("stage"), Paths(Path(folder)))),
            mock.patch.object(staging, "stage", return_value={}),
            mock.patch.object(cli.byte_code, "keep") as keep,
            contextlib.redirect_stdout(io.StringIO()),
        ):
            cli.stage(Report("stage"))
        keep.assert_called_once_with(Path("bundle.pyz"), Path(folder) / "var/lib/portico/byte-code")

    def test_what_it_makes_is_for_the_application_to_read_and_for_nobody_else_to_write_whatever_the_callers_umask_is(
        self,
    ) -> None:
        for umask in (0o077, 0o000, 0o027):
            former = os.umask(umask)
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    cli.main(["steps"])
                with tempfile.TemporaryDirectory() as folder:
                    Path(folder, "made").mkdir()
                    self.assertEqual(Path(folder, "made").stat().st_mode & 0o777, 0o755)
            finally:
                os.umask(former)

    def test_being_told_to_end_interrupts_once(self) -> None:
        cli.handle_signals()
        with self.assertRaises(Interrupted):
            os.kill(os.getpid(), signal.SIGTERM)
            signal.sigtimedwait([], 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def test_losing_the_session_interrupts_nothing(self) -> None:
        cli.handle_signals()
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGPIPE)


class ModulesTest(unittest.TestCase):
    """What is imported by name is seen by no checker of types."""

    def test_each_that_a_command_names_has_what_it_calls(self) -> None:
        named = [
            (call.value.args[0].value, call.attr)
            for call in ast.walk(ast.parse(Path(str(cli.__file__)).read_text()))
            if isinstance(call, ast.Attribute)
            and isinstance(call.value, ast.Call)
            and isinstance(call.value.func, ast.Name)
            and call.value.func.id == "module"
            and isinstance(call.value.args[0], ast.Constant)
        ]
        self.assertGreater(len(named), 15)
        for name, attribute in named:
            with self.subTest(f"{name}.{attribute}"):
                self.assertTrue(callable(getattr(cli.module(str(name)), attribute)))

    def test_a_command_imports_what_it_needs_and_no_more(self) -> None:
        """Each import of the others would take a tenth of a second of each call on each host."""
        program = "import sys\nfrom portico_host import cli\ncli.module('balancer.gate')\nprint(*sys.modules)"
        environment = {**os.environ, "PYTHONPATH": PROGRAM_FOLDER}
        # Without what this computer's own packages import at each start.
        command = [sys.executable, "-S", "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        imported = set(done.stdout.split())
        self.assertIn("portico_host.balancer.gate", imported)
        self.assertEqual(
            imported & {"portico_host.staging", "portico_host.telemetry", "asyncio", "ctypes", "zipfile"}, set()
        )


class InputTest(unittest.TestCase):
    def test_wants_one_json_object_and_shows_none_of_it(self) -> None:
        for text in ("", "[1]", '"planted"', '{"secrets": {"a": "planted"'):
            with self.subTest(text), self.assertRaisesRegex(HostError, "standard input: got") as caught:
                read_json_object(io.BytesIO(text.encode()))
            self.assertNotIn("planted", caught.exception.message)


class StepsTest(unittest.TestCase):
    def test_performs_the_steps_in_their_order(self) -> None:
        done: list[str] = []
        actions = {name: (lambda name=name: done.append(name)) for name in reversed(steps.ORDER["undo"])}
        steps.perform("undo", actions)
        self.assertEqual(tuple(done), steps.ORDER["undo"])

    def test_dies_right_before_the_step_that_a_test_names(self) -> None:
        program = (
            "from portico_host.base import steps\n"
            "steps.perform('undo', {name: (lambda name=name: print(name, flush=True)) for name in steps.ORDER['undo']})"
        )
        environment = {**os.environ, "PYTHONPATH": PROGRAM_FOLDER, "PORTICO_KILL_AT": "undo:switch-back"}
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False
        )
        self.assertEqual(done.returncode, -signal.SIGKILL)
        self.assertEqual(
            done.stdout.split(), ["stop-new-processes", "restore-files", "start-old", "start-old-processes"]
        )

    def test_lists_every_step_with_its_command(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "portico_host", "steps"],
            capture_output=True,
            text=True,
            cwd=PROGRAM_FOLDER,
            check=False,
        )
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout.split()[0], "stage:lock")
        self.assertEqual(len(done.stdout.split()), sum(len(names) for names in steps.ORDER.values()))


if __name__ == "__main__":
    unittest.main()
