import io
import json
import sysconfig
import tarfile
from pathlib import Path
from unittest import mock

from support import HostCase

from portico_host import releases
from portico_host.errors import HostError
from portico_host.releases import Release

ID = "0123456789ab"
HERE = sysconfig.get_python_version()


class ReleaseTest(HostCase):
    def archive(self, **changes: str) -> Path:
        place = self.root / "release.tar.gz"
        description = {"id": ID, "python": HERE, "staticFolder": None, **changes}
        with tarfile.open(place, "w:gz") as archive:
            for name, content in {"app/main.py": b"x = 1\n", "release.json": json.dumps(description).encode()}.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return place

    def test_is_complete_only_when_its_description_is_there(self) -> None:
        release = Release(self.context, ID)
        description = release.unpack(self.archive())
        self.assertFalse(release.complete)
        release.finish(description)
        self.assertTrue(release.complete)
        self.assertEqual(release.describe()["id"], ID)

    def test_what_a_killed_call_left_is_made_anew(self) -> None:
        release = Release(self.context, ID)
        (release.folder / "venv/bin").mkdir(parents=True)
        release.unpack(self.archive())
        self.assertEqual([path.name for path in release.folder.iterdir()], ["app"])

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
            Release(self.context, ID).unpack(self.archive(id="ba9876543210"))

    def test_refuses_wheels_for_another_python(self) -> None:
        with self.assertRaisesRegex(HostError, f"release.python: got 2.7; allowed: {HERE}"):
            Release(self.context, ID).unpack(self.archive(python="2.7"))

    def test_says_which_archive_is_missing(self) -> None:
        with self.assertRaisesRegex(HostError, "input.archive: got .*/none.tar.gz; allowed: a file on this host"):
            Release(self.context, ID).unpack(self.root / "none.tar.gz")

    def test_an_incomplete_release_cannot_be_described(self) -> None:
        with self.assertRaisesRegex(HostError, "without release.json; allowed: a complete release"):
            Release(self.context, ID).describe()
