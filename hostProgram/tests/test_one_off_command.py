import unittest
from pathlib import Path
from unittest import mock

from portico_host import cli, one_off_command
from portico_host.base.contract import EXIT_CODES
from portico_host.base.errors import UsageError
from portico_host.units import slots
from support import PROGRAM_FOLDER, HostCase, printed

UNITS = Path(PROGRAM_FOLDER).parent / "files/web/etc/systemd/system"
SANDBOX = (
    "User=portico",
    "WorkingDirectory=/opt/portico/slots/%i/release/app",
    "EnvironmentFile=/opt/portico/slots/%i/environment",
    "LoadCredential=app:/opt/portico/slots/%i/credentials",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "SystemCallFilter=@system-service",
    "SystemCallErrorNumber=EPERM",
    "RestrictAddressFamilies=AF_UNIX",
    "MemoryMax=@memoryMegabytes@M",
    "RestrictAddressFamilies=AF_INET AF_INET6",
)
SERVICE = ("Type=", "NotifyAccess=", "Sockets=", "ExecStart=", "Restart=", "TimeoutStartSec=", "KillMode=", "WantedBy=")


def unit_text() -> str:
    """As `systemctl cat` prints the unit of a slot with a drop-in."""
    files = [UNITS / "portico-app@.service", UNITS / "portico-app@.service.d/50-network-outbound.conf"]
    return "\n\n".join(f"# {file}\n{file.read_text()}" for file in files)


class SandboxTest(unittest.TestCase):
    def test_all_of_a_slot_but_what_makes_it_a_service(self) -> None:
        found = one_off_command.sandbox_lines(unit_text())
        for line in SANDBOX:
            self.assertIn(line, found)
        for start in SERVICE:
            self.assertEqual([line for line in found if line.startswith(start)], [])
        self.assertEqual([line for line in found if "=" not in line or line.startswith("#")], [])


class RunTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.executed: list[list[str]] = []
        self.enterContext(mock.patch.dict(one_off_command.os.environ))
        slots.assign(self.paths, "green", "r1")
        slots.choose(self.paths, "green")
        self.active = self.enterContext(mock.patch.object(one_off_command.systemd, "is_active", return_value=True))
        shown = mock.Mock(stdout=unit_text())
        self.cat = self.enterContext(mock.patch.object(one_off_command, "run_program", return_value=shown))

    def run_words(self, *words: str) -> int:
        return one_off_command.run(self.context, words, lambda _, given: self.executed.append(given))

    def test_the_command_has_the_revision_that_serves_also_when_its_slot_goes_to_another(self) -> None:
        self.run_words("--", "python", "-c", "print(1)")
        (words,) = self.executed
        self.assertEqual(words[words.index("--") :], ["--", "/usr/bin/env", "--", "python", "-c", "print(1)"])
        self.assertEqual(self.cat.call_args[0][0][-1], "portico-app@green.service")
        revision = (self.paths.revisions / "r1").resolve()
        self.assertIn(f"--property=LoadCredential=app:{revision}/credentials", words)
        path = next(word for word in words if word.startswith("--property=Environment=PATH="))
        self.assertTrue(path.startswith(f"--property=Environment=PATH={revision}/release/venv/bin:"))
        self.assertEqual([word for word in words if "%i" in word or "/slots/" in word], [])
        # Nobody's terminal is that of a test.
        self.assertIn("--pipe", words)

    def test_two_at_once_have_units_of_their_own(self) -> None:
        for _ in range(2):
            self.run_words("--", "true")
        units = {word for words in self.executed for word in words if word.startswith("--unit=")}
        self.assertEqual(len(units), 2)

    def test_refused_where_nothing_serves_with_a_code_that_no_command_has_by_chance(self) -> None:
        self.active.return_value = False
        with printed() as text:
            self.assertEqual(self.run_words("--", "true"), EXIT_CODES["notRun"])
        self.assertIn("run: got slot green, which does not run; allowed: a host that serves one", text.getvalue())
        slots.choice(self.paths).unlink()
        with printed() as text:
            self.assertEqual(self.run_words("--", "true"), EXIT_CODES["notRun"])
        self.assertIn("run: got no release that serves on this host", text.getvalue())
        self.assertEqual(self.executed, [])

    def test_words_without_a_command_are_refused(self) -> None:
        for words in ([], ["--"], ["true"], ["--host", "web-1"]):
            with self.subTest(words), self.assertRaises(UsageError):
                self.run_words(*words)


class CommandLineTest(unittest.TestCase):
    def test_no_other_command_takes_words(self) -> None:
        with printed() as text:
            self.assertEqual(cli.main(["status", "--", "true"]), EXIT_CODES["wrongCall"])
        self.assertIn("command: got status -- true; allowed: stage,", text.getvalue())
