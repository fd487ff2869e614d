"""With the real pip, a real environment and a wheel made by hand."""

import shutil
import subprocess

from archives import write_application, write_wheels
from portico_host.release import checksums, repair
from portico_host.release.archive import LostArchive
from portico_host.release.releases import Release
from sandboxes import open_sandbox
from support import HostCase, printed

ID = "0123456789ab"


class MendingTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.archive = write_application(self.root / "a.tar.gz", ID, **{"app/static/a.css": b"a {}"})
        self.wheels = write_wheels(self.root)
        self.release = Release(self.context, ID)
        self.paths.state.mkdir(parents=True)
        description = self.release.unpack(self.archive)
        self.sandbox = open_sandbox(self.context)
        self.release.build_environment(self.wheels, self.sandbox)
        self.release.compile(self.sandbox)
        self.release.finish(description)
        self.environment = self.release.venv.resolve()
        self.site = next(self.environment.glob("lib/python*/site-packages"))

    def repair(self) -> bool:
        with printed():
            return repair.repair_release(self.context, self.release, self.archive, self.wheels, self.sandbox)

    def assert_as_released(self) -> None:
        self.assertEqual((checksums.changes(self.release.folder), checksums.changes(self.environment)), ([], []))
        self.assertEqual((self.release.folder / "app/main.py").read_text(), "x = 1\n")
        said = subprocess.run([self.environment / "bin/tiny"], capture_output=True, text=True)
        self.assertEqual((said.returncode, said.stdout), (0, "tiny\n"))
        self.assertEqual([each.name for each in self.paths.releases.iterdir()], [ID])
        self.assertEqual([each.name for each in self.paths.environments.iterdir()], [self.environment.name])

    def test_a_release_that_nobody_changed_is_left_alone(self) -> None:
        self.assertFalse(self.repair())
        self.assertFalse(repair.is_repaired(self.context, ID))
        self.assert_as_released()

    def test_files_that_were_changed_added_or_removed_are_brought_back(self) -> None:
        app = self.release.folder / "app"
        (app / "main.py").write_text("x = 2\n")
        (app / "more.py").write_text("")
        (app / "static/a.css").unlink()
        next((app / "__pycache__").glob("main*")).write_bytes(b"not byte code")
        self.assertTrue(self.repair())
        self.assert_as_released()
        self.assertFalse((app / "more.py").exists())
        self.assertEqual((app / "static/a.css").read_text(), "a {}")
        self.assertEqual(
            subprocess.run([self.release.python, "-c", "import main; assert main.x == 1"], cwd=app).returncode, 0
        )
        self.assertTrue(repair.is_repaired(self.context, ID))
        repair.clear_mark(self.context, ID)
        self.assertFalse(repair.is_repaired(self.context, ID))

    def test_so_are_those_of_the_environment_its_programs_with_their_own_place(self) -> None:
        (self.site / "tiny.py").write_text("def main():\n    print('evil')\n")
        (self.site / "sitecustomize.py").write_text("print('evil')")
        (self.environment / "bin/tiny").write_text("#!/bin/sh\n")
        self.assertTrue(self.repair())
        self.assert_as_released()
        self.assertIn(str(self.environment), (self.environment / "bin/tiny").read_text())

    def test_an_environment_or_its_link_that_is_gone_is_made_anew(self) -> None:
        self.release.venv.unlink()
        self.release.venv.symlink_to("/nowhere")
        self.assertTrue(self.repair())
        self.assert_as_released()
        shutil.rmtree(self.environment)
        self.assertTrue(self.repair())
        self.assert_as_released()

    def test_the_archive_of_wheels_is_missed_only_where_the_environment_is_not_as_it_was(self) -> None:
        self.wheels.unlink()
        (self.release.folder / "app/main.py").write_text("x = 2\n")
        self.assertTrue(self.repair())
        self.assert_as_released()
        (self.site / "tiny.py").write_text("")
        with self.assertRaisesRegex(LostArchive, "input.archive: got .*/wheels-.*tar; allowed: a file on this host;"):
            self.repair()
        self.assertEqual([each.name for each in self.paths.releases.iterdir()], [ID])

    def test_one_that_is_killed_half_way_is_finished_by_the_next(self) -> None:
        (self.release.folder / "app/main.py").write_text("x = 2\n")
        (self.site / "tiny.py").write_text("")
        half = self.paths.releases / f"{ID}.mend"
        (half / "app").mkdir(parents=True)
        (self.environment / "lib/half").write_text("")
        self.assertTrue(self.repair())
        self.assert_as_released()
