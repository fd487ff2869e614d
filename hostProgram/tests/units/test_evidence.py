import subprocess
from typing import Any
from unittest import mock

from portico_host.units import evidence
from support import HostCase

UNIT = "portico-app@blue.service"


class UnitEvidenceTest(HostCase):
    def of_unit(self, log: str = "", **facts: str) -> list[str]:
        def run(arguments: list[str], **_options: Any) -> subprocess.CompletedProcess[str]:
            return subprocess.CompletedProcess(arguments, 0, "" if "--sync" in arguments else log, "")

        known = {"ActiveState": "failed", "SubState": "failed", "NRestarts": "0", **facts}
        with (
            mock.patch.object(evidence.systemd, "show", lambda unit, *names: known),
            mock.patch.object(evidence, "run", run),
        ):
            return evidence.of_unit(self.context, UNIT)

    def test_tells_state_exit_code_and_log(self) -> None:
        lines = self.of_unit("first\nlast\n", Result="exit-code", ExecMainCode="1", ExecMainStatus="7")
        self.assertEqual(
            lines,
            [
                f"unit: {UNIT} failed (failed), result exit-code, exit code 7, restarts 0",
                f"log of {UNIT}:",
                "  first",
                "  last",
            ],
        )

    def test_a_process_that_was_killed_had_too_much_memory(self) -> None:
        remedy = "mend what takes it, or raise app.memoryMegabytes and the memory of the host"
        for facts, cause in (
            ({"Result": "oom-kill"}, "killed by the kernel for want of memory"),
            (
                {"Result": "signal", "ExecMainCode": "2", "ExecMainStatus": "9"},
                "SIGKILL, which is how the kernel ends what takes too much memory",
            ),
        ):
            self.assertIn(f"cause: {cause}; {remedy}", self.of_unit(**facts))

    def test_a_forbidden_system_call_is_told_whether_it_ended_the_slot_or_a_worker(self) -> None:
        with mock.patch.object(evidence.refused_calls, "describe", lambda began: "SIGSYS: mbind"):
            for result in ("signal", "core-dump"):
                self.assertIn(
                    "cause: SIGSYS: mbind", self.of_unit(Result=result, ExecMainCode="2", ExecMainStatus="31")
                )
            log = "[WARNING] Worker (pid:12) was sent SIGSYS!\n"
            self.assertIn(
                "cause: SIGSYS: mbind", self.of_unit(log, Result="success", ExecMainCode="0", ExecMainStatus="0")
            )
            exit_code = self.of_unit(Result="exit-code", ExecMainCode="1", ExecMainStatus="31")
            self.assertFalse([line for line in exit_code if line.startswith("cause:")])

    def test_a_write_where_a_release_may_not_names_the_setting_of_folders_that_may(self) -> None:
        for line in (
            "OSError: [Errno 30] Read-only file system: '/opt/portico/releases/r1/app/uploads'",
            "sqlite3.OperationalError: attempt to write a readonly database",
        ):
            told = self.of_unit(f"{line}\n", Result="exit-code", ExecMainCode="1", ExecMainStatus="1")
            self.assertIn(f"cause: {evidence.READ_ONLY_CAUSE}", told)
            self.assertIn("app.data", evidence.READ_ONLY_CAUSE)
        told = self.of_unit("OSError: [Errno 28] No space left on device\n", Result="exit-code", ExecMainCode="1")
        self.assertFalse([each for each in told if each.startswith("cause:")])

    def test_other_ends_are_no_matter_of_memory(self) -> None:
        for facts in (
            {"Result": "signal", "ExecMainCode": "2", "ExecMainStatus": "11"},
            {"Result": "exit-code", "ExecMainCode": "1", "ExecMainStatus": "9"},
            {"Result": "timeout", "ExecMainCode": "2", "ExecMainStatus": "9"},
        ):
            self.assertFalse([line for line in self.of_unit(**facts) if line.startswith("cause:")])
