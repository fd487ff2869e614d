import subprocess
from pathlib import Path
from typing import Any
from unittest import mock

from archives import MACHINE, PYTHON, target, write_application, write_wheels
from portico_host.base.errors import HostError
from portico_host.release import releases
from portico_host.release.archive import LostArchive
from portico_host.release.releases import Release
from sandboxes import open_sandbox
from support import HostCase

ID = "0123456789ab"


class ReleaseTest(HostCase):
    def archive(self, *targets: dict[str, Any], name: str = ID) -> Path:
        return write_application(self.root / "application.tar.gz", name, *targets)

    def left(self, release: Release) -> list[str]:
        files = (path for path in release.folder.rglob("*") if path.is_file())
        return sorted(str(path.relative_to(release.folder)) for path in files)

    def test_is_complete_only_when_its_description_is_there(self) -> None:
        release = Release(self.context, ID)
        description = release.unpack(self.archive())
        self.assertFalse(release.complete)
        release.finish(description)
        self.assertTrue(release.complete)
        self.assertEqual(release.describe()["id"], ID)

    def test_all_of_it_is_on_the_disk_before_it_is_complete(self) -> None:
        release = Release(self.context, ID)
        description = release.unpack(self.archive())
        complete: list[bool] = []
        with mock.patch.object(releases.os, "sync", lambda: complete.append(release.complete)):
            release.finish(description)
        self.assertEqual((complete, release.complete), ([False], True))

    def test_what_a_killed_call_left_is_made_anew(self) -> None:
        release = Release(self.context, ID)
        (release.folder / "venv/bin").mkdir(parents=True)
        release.unpack(self.archive())
        self.assertEqual(self.left(release), ["app/main.py", "requirements.lock"])

    def test_never_takes_a_folder_from_under_a_process(self) -> None:
        release = Release(self.context, ID)
        release.unpack(self.archive())
        with self.assertRaisesRegex(HostError, "and in use"), mock.patch.object(releases, "in_use", return_value={ID}):
            release.unpack(self.archive())
        self.assertTrue((release.folder / "app/main.py").exists())

    def test_half_a_release_is_discarded(self) -> None:
        release = Release(self.context, ID)
        release.unpack(self.archive())
        release.discard()
        self.assertFalse(release.folder.exists())
        release.discard()

    def test_a_process_that_ends_while_it_is_looked_at_is_in_no_release(self) -> None:
        gone = ProcessLookupError(3, "No such process")
        with mock.patch.object(Path, "exists", side_effect=gone):
            self.assertEqual(releases.in_use(self.context), set())
        with mock.patch.object(releases.os, "readlink", side_effect=gone):
            self.assertEqual(releases.in_use(self.context), set())

    def test_a_release_that_is_complete_or_in_use_is_not_discarded(self) -> None:
        release = Release(self.context, ID)
        description = release.unpack(self.archive())
        with mock.patch.object(releases, "in_use", return_value={ID}):
            release.discard()
        self.assertTrue((release.folder / "app/main.py").exists())
        release.finish(description)
        release.discard()
        self.assertTrue(release.complete)

    def test_refuses_the_archive_of_another_release(self) -> None:
        with self.assertRaisesRegex(HostError, "archive: got release ba9876543210; allowed: 0123456789ab"):
            Release(self.context, ID).unpack(self.archive(name="ba9876543210"))

    def test_keeps_the_lock_of_this_host_only(self) -> None:
        release = Release(self.context, ID)
        release.unpack(self.archive(target("2.7"), target(PYTHON, "sparc"), target()))
        self.assertEqual(self.left(release), ["app/main.py", "requirements.lock"])
        self.assertFalse((release.folder / "locks").exists())

    def test_gets_its_environment_from_the_archive_of_wheels_which_leaves_nothing_else(self) -> None:
        release = Release(self.context, ID)
        release.unpack(self.archive())
        release.build_environment(write_wheels(self.root), open_sandbox(self.context))
        self.assertEqual(subprocess.run([release.venv / "bin/tiny"], capture_output=True).stdout, b"tiny\n")
        self.assertFalse((release.folder / "wheels").exists())

    def test_needs_no_wheels_where_the_environment_is_there(self) -> None:
        wheels = write_wheels(self.root)
        for name in (ID, "ba9876543210"):
            release = Release(self.context, name)
            release.unpack(self.archive(name=name))
            release.build_environment(wheels, open_sandbox(self.context))
            wheels.unlink(missing_ok=True)
        self.assertEqual(release.venv.resolve(), Release(self.context, ID).venv.resolve())

    def test_says_that_the_wheels_are_missing_and_who_brings_them(self) -> None:
        release = Release(self.context, ID)
        release.unpack(self.archive())
        allowed = "input.archive: got .*/wheels-0a.tar; allowed: a file on this host; run bin/up again, which copies it"
        with self.assertRaisesRegex(LostArchive, allowed):
            release.build_environment(self.root / "wheels-0a.tar", open_sandbox(self.context))

    def test_refuses_wheels_for_another_python(self) -> None:
        with self.assertRaisesRegex(HostError, f"release.python: got 2.7; allowed: {PYTHON}; build the release"):
            Release(self.context, ID).unpack(self.archive(target("2.7")))

    def test_names_each_python_of_a_release_for_several_once(self) -> None:
        others = (target("2.6"), target("2.7", "sparc"), target("2.7"))
        with self.assertRaisesRegex(HostError, f"release.python: got 2.6, 2.7; allowed: {PYTHON};"):
            Release(self.context, ID).unpack(self.archive(*others))

    def test_refuses_wheels_for_another_processor(self) -> None:
        others = (target(PYTHON, "sparc"), target(PYTHON, "alpha"), target("2.7"))
        with self.assertRaisesRegex(HostError, f"release.architecture: got sparc, alpha; allowed: {MACHINE};"):
            Release(self.context, ID).unpack(self.archive(*others))

    def test_refuses_a_release_that_does_not_say_what_it_is_for(self) -> None:
        with self.assertRaisesRegex(HostError, "release.python: got none;"):
            releases.own_target([])

    def test_says_which_archive_is_missing(self) -> None:
        with self.assertRaisesRegex(HostError, "input.archive: got .*/none.tar.gz; allowed: a file on this host"):
            Release(self.context, ID).unpack(self.root / "none.tar.gz")

    def test_an_incomplete_release_cannot_be_described(self) -> None:
        with self.assertRaisesRegex(HostError, "without release.json; allowed: a complete release"):
            Release(self.context, ID).describe()
