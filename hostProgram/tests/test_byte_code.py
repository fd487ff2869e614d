"""A start takes the modules of its own bundle, and none that another than root may have written."""

import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

from portico_host import byte_code
from support import PROGRAM_FOLDER

# Says where one module of the program came from, after `use` has looked below FOLDER.
ENTRY = """
import sys
from pathlib import Path
from portico_host import byte_code
used = byte_code.use(Path(sys.argv[0]), Path(sys.argv[1]))
from portico_host.base import contract
print(used, contract.__file__, contract.PATHS["state"])
"""


@unittest.skipUnless(os.geteuid() == 0, "what root wrote is trusted, so the test has to be root")
class ByteCodeTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place = Path(folder.name)
        self.folder = self.place / "byte-code"
        self.bundle = self.write_bundle("bundle.pyz")

    def write_bundle(self, name: str, mark: str = "") -> Path:
        place = self.place / name
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("__main__.py", ENTRY + mark)
            for path in sorted((Path(PROGRAM_FOLDER) / "portico_host").rglob("*.*")):
                if path.suffix in (".py", ".json"):
                    archive.writestr(str(path.relative_to(PROGRAM_FOLDER)), path.read_bytes())
        return place

    def start(self, bundle: Path) -> list[str]:
        command = [sys.executable, "-I", str(bundle), str(self.folder)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    def kept(self) -> Path:
        byte_code.keep(self.bundle, self.folder)
        (found,) = self.folder.iterdir()
        return found

    def test_the_next_start_of_a_bundle_compiles_nothing(self) -> None:
        self.assertEqual(self.start(self.bundle)[0], "False")
        kept = self.kept()
        used, module, state = self.start(self.bundle)
        self.assertEqual((used, state), ("True", "/var/lib/portico"))
        self.assertEqual(module, f"{kept}/portico_host/base/contract.pyc")

    def test_another_bundle_has_none_of_it(self) -> None:
        self.kept()
        used, module, _ = self.start(self.write_bundle("other.pyz", "# changed\n"))
        self.assertEqual(used, "False")
        self.assertTrue(module.startswith(f"{self.place}/other.pyz/"), module)

    def test_nothing_is_taken_that_others_may_have_written(self) -> None:
        kept = self.kept()
        for place in (kept, self.folder):
            for spoil, mend in (
                (lambda place=place: place.chmod(0o775), lambda place=place: place.chmod(0o755)),
                (lambda place=place: place.chmod(0o757), lambda place=place: place.chmod(0o755)),
                (lambda place=place: os.chown(place, 65534, 0), lambda place=place: os.chown(place, 0, 0)),
            ):
                spoil()
                self.assertEqual(self.start(self.bundle)[0], "False")
                mend()
                self.assertEqual(self.start(self.bundle)[0], "True")

    def test_nor_a_link_to_what_root_wrote(self) -> None:
        kept = self.kept()
        kept.rename(self.place / "elsewhere")
        kept.symlink_to(self.place / "elsewhere")
        self.assertEqual(self.start(self.bundle)[0], "False")

    def test_it_is_written_once_and_the_latest_stay(self) -> None:
        kept = self.kept()
        os.utime(kept, (1, 1))
        byte_code.keep(self.bundle, self.folder)
        self.assertEqual(kept.stat().st_mtime, 1)
        for number in range(byte_code.KEPT):
            byte_code.keep(self.write_bundle("other.pyz", f"# {number}\n"), self.folder)
        self.assertEqual(len(list(self.folder.iterdir())), byte_code.KEPT)
        self.assertFalse(kept.exists())

    def test_where_it_cannot_be_written_nothing_fails(self) -> None:
        byte_code.keep(self.bundle, self.place / "missing" / "byte-code")
        byte_code.keep(self.place / "no-bundle.pyz", self.folder)
        (self.place / "broken.pyz").write_bytes(b"no zip")
        byte_code.keep(self.place / "broken.pyz", self.folder)
        self.assertFalse((self.place / "missing").exists())
        self.assertEqual(list(self.folder.glob("*")), [])
