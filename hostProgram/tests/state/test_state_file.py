"""Records of the versions before and after, read by this one."""

import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from portico_host.base.durable import write_json
from portico_host.base.errors import HostError
from portico_host.health_check import marks
from portico_host.state import rollback_ban
from portico_host.state.lease import Lease
from portico_host.state.manifest import Manifest
from portico_host.state.plan import Plan
from portico_host.state.record import Record
from portico_host.state.rollback_ban import RollbackBan
from support import PROGRAM_FOLDER, HostCase
from transactions import TransactionCase

# Whose lease, ban, marks and state of the health check had no format number yet.
BEFORE = "3b3bca1"


class StoredCase(TransactionCase):
    """A host with two releases and an armed lease: all files that are kept."""

    def setUp(self) -> None:
        super().setUp()
        self.activate(1)
        self.activate(2, lease=60)
        rollback_ban.ban_others(self.context, "00000002", "ann")

    def place(self, name: str) -> Path:
        return self.paths.staged / "00000002/plan.json" if name == "plan" else self.paths.state / f"{name}.json"

    def read(self, name: str) -> Any:
        return json.loads(self.place(name).read_text())

    def write(self, name: str, value: Any) -> None:
        write_json(self.place(name), value)

    def load(self, name: str) -> Any:
        loaders = {
            "taken-back": RollbackBan.load,
            "record": Record.load,
            "lease": Lease.load,
            "manifest": Manifest.load,
        }
        return Plan.load(self.paths, "00000002") if name == "plan" else loaders[name](self.paths)


NAMES = ("record", "lease", "manifest", "plan", "taken-back")


class FormatTest(StoredCase):
    def test_everything_that_is_kept_carries_one(self) -> None:
        """But marks by their mere presence, and what systemd, Nginx or the deployer gave the form of."""
        marks.save(self.paths, {"web-1": marks.Mark("why", "since")})
        found = [
            path for folder in ("/var/lib/portico", "/opt/portico") for path in self.paths.live(folder).rglob("*.json")
        ]
        kept = {
            path.name: json.loads(path.read_text())
            for path in found
            if path.name != "release.json" and "tree" not in path.parts
        }
        self.assertEqual(set(kept), {*(f"{name}.json" for name in NAMES), "drained.json"})
        marked = kept.pop("drained.json")
        self.assertEqual({name: each["format"] for name, each in kept.items()}, dict.fromkeys(kept, 1))
        self.assertEqual(marked["web-1"]["format"], 1)

    def test_marks_of_a_newer_format_are_refused_and_stay(self) -> None:
        place = self.paths.state / "drained.json"
        place.write_text('{"web-1": {"format": 2, "until": 5}}')
        with self.assertRaisesRegex(HostError, "drained.json: got format 2; allowed: format 1 and below"):
            marks.load(self.paths)
        self.assertIn('"until": 5', place.read_text())

    def test_marks_without_a_format_and_with_more_are_read(self) -> None:
        (self.paths.state / "drained.json").write_text(
            '{"format": {"why": "a", "since": "b"}, "web-1": {"why": "c", "since": "d", "new": 1}}'
        )
        self.assertEqual(marks.load(self.paths), {"format": marks.Mark("a", "b"), "web-1": marks.Mark("c", "d")})

    def test_what_a_newer_version_adds_is_not_looked_at(self) -> None:
        for name in NAMES:
            with self.subTest(name):
                before, value = self.load(name), self.read(name)
                self.write(name, {**add_fields(value), "more": {"a": 1}})
                found = self.load(name)
                if name == "record":
                    self.assertEqual(found.more, {"more": {"a": 1}, "new": 1})
                    found.more.clear()
                self.assertEqual(found, before)

    def test_and_stays_in_the_record(self) -> None:
        self.write("record", {**self.read("record"), "more": {"a": 1}})
        self.activate(3)
        self.assertEqual(self.read("record")["more"], {"a": 1})
        self.assertEqual(self.read("record")["current"]["release"], "r3")

    def test_a_newer_format_is_refused_with_the_file_and_the_way_out(self) -> None:
        for name in NAMES:
            with self.subTest(name):
                self.write(name, {**self.read(name), "format": 2})
                self.assert_refused(name, "got format 2; allowed: format 1 and below; use the version of Portico that")

    def test_a_damaged_file_is_named_with_what_to_do_about_it(self) -> None:
        for name in NAMES:
            for content, got in (("", "no JSON"), ('{"a', "no JSON"), ("[]", "a list"), ("{}", "no|without")):
                with self.subTest(name=name, content=content):
                    self.place(name).write_text(content)
                    self.assert_refused(name, f"got .*({got})")

    def test_a_damaged_entry_too(self) -> None:
        for name, key in (("record", "transactions"), ("manifest", "files"), ("record", "current"), ("plan", "author")):
            with self.subTest(name=name, key=key):
                value = self.read(name)
                self.write(name, {**value, key: 5 if key in {"current", "author"} else [{"at": 1}]})
                self.assert_refused(name, f"got .*{key}")
                self.write(name, value)

    def assert_refused(self, name: str, pattern: str) -> None:
        with self.assertRaisesRegex(HostError, pattern) as caught:
            self.load(name)
        self.assertIn(self.place(name).name, caught.exception.message)
        self.assertRegex(caught.exception.message, "bin/up|version of Portico")


def add_fields(value: Any) -> Any:
    """With a field more in each object, but where keys are data or belong to the bundle."""
    if isinstance(value, list):
        return [add_fields(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        **{key: each if key in {"bundle", "migrated"} else add_fields(each) for key, each in value.items()},
        "new": 1,
    }


class VersionBeforeTest(HostCase):
    """The program of the version before and this one, each with what the other wrote."""

    def setUp(self) -> None:
        super().setUp()
        command = ["git", "-C", PROGRAM_FOLDER, "archive", BEFORE, "."]
        archive = subprocess.run(command, capture_output=True)
        if archive.returncode != 0:
            self.skipTest(f"no history of the project here: {archive.stderr.decode().strip()}")
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as members:
            members.extractall(self.root / "before")
        self.before = str(self.root / "before")

    def run_program(self, folder: str, act: str, state: Path) -> None:
        with tempfile.TemporaryDirectory() as elsewhere:
            command = [sys.executable, f"{PROGRAM_FOLDER}/tests/other_version.py", folder, act, str(state)]
            done = subprocess.run(command, capture_output=True, text=True, cwd=elsewhere)
        if done.returncode != 0:
            raise AssertionError(done.stderr)

    def test_this_one_goes_on_with_what_the_one_before_left(self) -> None:
        self.run_program(self.before, "write", self.root / "state")
        self.run_program(PROGRAM_FOLDER, "go-on", self.root / "state")

    def test_the_one_before_goes_on_with_what_this_one_left(self) -> None:
        self.run_program(PROGRAM_FOLDER, "write", self.root / "state")
        self.run_program(self.before, "go-on", self.root / "state")
