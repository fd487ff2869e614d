"""What becomes of a folder that a sandbox wrote, how little that sandbox may, and what ends it."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from fake_systemd import FakeSystemd
from portico_host.base.errors import HostError, Interrupted
from portico_host.units import evidence, sandbox
from portico_host.units.sandbox import PROPERTIES, UNIT, Sandbox, take_back
from sandboxes import open_sandbox
from support import OWNER, HostCase

STRANGER = 12345
MOST_EXPOSED = 7


class FolderTest(HostCase):
    """As root: whose a file is tells whether it was given and taken back."""

    def setUp(self) -> None:
        super().setUp()
        self.folder = self.root / "environment"
        (self.folder / "lib").mkdir(parents=True)
        (self.folder / "lib/there.py").write_text("")

    def run_script(self, script: str) -> None:
        open_sandbox(self.context).run(
            [sys.executable, "-c", f"import os; os.chdir({str(self.folder)!r}); {script}"], self.folder
        )

    def modes(self) -> dict[str, str]:
        return {path.name: f"{path.lstat().st_mode & 0o7777:o}" for path in self.folder.rglob("*")}

    def test_nobody_but_root_may_write_what_was_made_in_it(self) -> None:
        self.run_script(
            "os.umask(0); os.mkdir('open', 0o777); open('program', 'w').close(); os.chmod('program', 0o6777);"
            "open('lib/closed', 'w').close(); os.chmod('lib/closed', 0o600)"
        )
        modes = self.modes()
        self.assertEqual({modes.pop("open"), modes.pop("program")}, {"755"})
        self.assertEqual((modes["closed"], modes["there.py"]), ("600", "644"))

    def run_as_stranger(self, act: Callable[[], None]) -> None:
        """What `act` makes or changes is a stranger's, as what a sandbox makes is the application's."""
        if os.geteuid() != 0:
            self.skipTest("only root gives files away")
        account = mock.Mock(pw_uid=STRANGER, pw_gid=STRANGER)
        with (
            mock.patch.object(sandbox.pwd, "getpwnam", return_value=account),
            mock.patch.object(Sandbox, "start", lambda *_: act()),
            mock.patch.object(Sandbox, "end", lambda self: None),
        ):
            Sandbox(self.context, "portico").run(["true"], self.folder)

    def test_its_folders_are_the_users_meanwhile_and_all_is_roots_again(self) -> None:
        seen: list[int] = []

        def act() -> None:
            seen.extend(path.stat().st_uid for path in (self.folder, self.folder / "lib/there.py"))
            (self.folder / "lib/new.py").write_text("")
            os.chown(self.folder / "lib/new.py", STRANGER, STRANGER)
            raise HostError("failed")

        (self.folder / "lib64").symlink_to("lib")
        with self.assertRaisesRegex(HostError, "failed"):
            self.run_as_stranger(act)
        self.assertEqual(seen, [STRANGER, 0])
        self.assertEqual(self.owners(), {(0, 0)})
        self.assertEqual(os.readlink(self.folder / "lib64"), "lib")

    def test_a_link_or_a_pipe_of_the_users_fails_the_release_and_leads_nobody_elsewhere(self) -> None:
        elsewhere = self.root / "elsewhere"
        elsewhere.mkdir()

        def link(path: Path) -> None:
            path.symlink_to(elsewhere)
            os.lchown(path, STRANGER, STRANGER)

        def pipe(path: Path) -> None:
            os.mkfifo(path)
            os.chown(path, STRANGER, STRANGER)

        for make in (link, pipe):
            place = self.folder / f"lib/{make.__name__}"
            with self.assertRaisesRegex(HostError, f"lib/{make.__name__}: got a link, a pipe, a socket or a device"):
                self.run_as_stranger(lambda make=make, place=place: make(place))
            place.unlink()
        self.assertEqual(elsewhere.stat().st_uid, 0)

    def test_a_folder_that_is_a_link_is_given_to_nobody(self) -> None:
        (self.root / "elsewhere").mkdir()
        self.folder = self.root / "link"
        self.folder.symlink_to("elsewhere")
        with self.assertRaisesRegex(HostError, "link: got a link"):
            self.run_as_stranger(lambda: None)
        self.assertEqual((self.root / "elsewhere").stat().st_uid, 0)

    def owners(self) -> set[tuple[int, int]]:
        return {(each.lstat().st_uid, each.lstat().st_gid) for each in (self.folder, *self.folder.rglob("*"))}

    def test_what_a_killed_call_left_is_taken_back(self) -> None:
        (self.folder / "lib").chmod(0o777)
        take_back(self.folder)
        self.assertEqual(self.modes(), {"lib": "755", "there.py": "644"})


class UnitTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.systemd = FakeSystemd()
        self.enterContext(self.systemd.in_charge())
        self.enterContext(mock.patch.object(evidence, "of_unit", lambda context, unit: [f"log of {unit}"]))
        self.folder = self.root / "environment"
        self.folder.mkdir()

    def run_unit(self, outcome: object) -> list[str]:
        with mock.patch.object(sandbox, "run", side_effect=[outcome]) as run:
            Sandbox(self.context, OWNER).run(["pip", "install"], self.folder, "SuccessExitStatus=1")
        return list(run.call_args.args[0])

    def test_it_is_the_users_and_writes_into_its_folder_alone(self) -> None:
        words = self.run_unit(mock.Mock(returncode=0))
        self.assertEqual(words[0], "systemd-run")
        self.assertEqual(words[-3:], ["--", "pip", "install"])
        for wanted in (f"User={OWNER}", f"ReadWritePaths={self.folder}", "ProtectSystem=strict", "SuccessExitStatus=1"):
            self.assertIn(f"--property={wanted}", words)

    def test_a_failure_comes_with_its_log(self) -> None:
        with self.assertRaisesRegex(HostError, f"{UNIT}: got .*; allowed: exit code 0") as caught:
            self.run_unit(mock.Mock(returncode=1, stderr="a\nJob failed\n"))
        self.assertEqual(caught.exception.evidence, ["Job failed", f"log of {UNIT}"])

    def test_it_does_not_outlive_an_interrupt(self) -> None:
        def interrupt(*_: object, **__: object) -> None:
            self.systemd.active.add(UNIT)
            raise Interrupted("SIGTERM")

        with mock.patch.object(sandbox, "run", side_effect=interrupt), self.assertRaises(Interrupted):
            Sandbox(self.context, OWNER).run(["pip"], self.folder)
        self.assertEqual(self.systemd.active, set())

    def test_what_a_killed_call_left_has_ended_before_the_next_begins(self) -> None:
        self.systemd.active.add(UNIT)
        meanwhile: list[set[str]] = []

        def start(*_: object, **__: object) -> mock.Mock:
            meanwhile.append(set(self.systemd.active))
            return mock.Mock(returncode=0)

        with mock.patch.object(sandbox, "run", side_effect=start):
            Sandbox(self.context, OWNER).run(["pip"], self.folder)
        self.assertEqual(meanwhile, [set()])

    def test_its_exposure_is_within_the_limit(self) -> None:
        """As `systemd-analyze security` counts it for units of ours in files, in tenths."""
        with tempfile.TemporaryDirectory() as folder:
            unit = Path(folder) / UNIT
            unit.write_text("\n".join(["[Service]", "ExecStart=/bin/true", "User=portico", *PROPERTIES, ""]))
            words = [
                "systemd-analyze",
                "security",
                "--no-pager",
                "--offline=true",
                f"--threshold={MOST_EXPOSED}",
                str(unit),
            ]
            done = subprocess.run(words, capture_output=True, text=True)
        self.assertEqual(
            (done.returncode, re.findall("Unknown|Failed|ignoring", done.stderr)), (0, []), done.stdout[-300:]
        )
