"""With the real pip, a real environment and a wheel made by hand."""

import hashlib
import io
import json
import platform
import shutil
import subprocess
import sysconfig
import tarfile
import zipfile
from pathlib import Path

from portico_host.release import checksums, repair
from portico_host.release.releases import Release
from support import HostCase, printed

ID = "0123456789ab"
PYTHON, MACHINE = sysconfig.get_python_version(), platform.machine()
WHEEL = "tiny-1.0-py3-none-any.whl"


def make_wheel() -> bytes:
    files = {
        "tiny.py": "def main():\n    print('tiny')\n",
        "tiny-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "tiny-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "tiny-1.0.dist-info/entry_points.txt": "[console_scripts]\ntiny = tiny:main\n",
        "tiny-1.0.dist-info/RECORD": "",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
    return buffer.getvalue()


class MendingTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.archive = self.make_archive()
        self.release = Release(self.context, ID)
        self.paths.state.mkdir(parents=True)
        description = self.release.unpack(self.archive)
        self.release.build_environment()
        self.release.compile()
        self.release.finish(description)
        self.environment = self.release.venv.resolve()
        self.site = next(self.environment.glob("lib/python*/site-packages"))

    def make_archive(self) -> Path:
        wheel, place = make_wheel(), self.root / "release.tar.gz"
        made_for = {"python": PYTHON, "architecture": MACHINE, "wheels": [WHEEL]}
        members = {
            "app/main.py": b"x = 1\n",
            "app/static/a.css": b"a {}",
            f"wheels/{WHEEL}": wheel,
            f"locks/{PYTHON}-{MACHINE}.lock": f"tiny==1.0 --hash=sha256:{hashlib.sha256(wheel).hexdigest()}\n".encode(),
            "release.json": json.dumps({"id": ID, "targets": [made_for]}).encode(),
        }
        with tarfile.open(place, "w:gz") as archive:
            for path, content in members.items():
                member = tarfile.TarInfo(path)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return place

    def repair(self) -> bool:
        with printed():
            return repair.repair_release(self.context, self.release, self.archive)

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

    def test_one_that_is_killed_half_way_is_finished_by_the_next(self) -> None:
        (self.release.folder / "app/main.py").write_text("x = 2\n")
        (self.site / "tiny.py").write_text("")
        half = self.paths.releases / f"{ID}.mend"
        (half / "app").mkdir(parents=True)
        (self.environment / "lib/half").write_text("")
        self.assertTrue(self.repair())
        self.assert_as_released()
