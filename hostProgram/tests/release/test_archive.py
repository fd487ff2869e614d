import io
import json
import tarfile
import unittest
from pathlib import Path
from unittest import mock

from archives import WHEEL, make_wheel, write_wheels
from portico_host.base.contract import LIMITS
from portico_host.base.errors import HostError
from portico_host.release.archive import LostArchive, content_digest, unpack, unpack_wheels
from support import HostCase

DESCRIPTION = {"id": "0123456789ab", "targets": []}


class UnpackTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = self.root / "release"
        self.folder.mkdir()

    def archive(self, *members: tuple[tarfile.TarInfo, bytes], described: bool = True) -> Path:
        place = self.root / "release.tar.gz"
        with tarfile.open(place, "w:gz") as archive:
            for member, content in members:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
            if described:
                content = json.dumps(DESCRIPTION).encode()
                member = tarfile.TarInfo("release.json")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return place

    def unpack(self, *members: tuple[tarfile.TarInfo, bytes], described: bool = True) -> bytes:
        return unpack(self.archive(*members, described=described), self.folder, "release.json")

    def assert_refused(self, member: tarfile.TarInfo, *before: tarfile.TarInfo) -> None:
        with self.assertRaisesRegex(HostError, "archive: got member"):
            self.unpack(*((each, b"") for each in (*before, member)))
        self.assertEqual(
            [path.name for path in self.root.iterdir() if path.name not in {"release", "release.tar.gz"}], []
        )

    def test_unpacks_files_and_holds_the_description_back(self) -> None:
        returned = self.unpack((tarfile.TarInfo("app/main.py"), b"print()"))
        self.assertEqual(json.loads(returned), DESCRIPTION)
        self.assertEqual((self.folder / "app/main.py").read_bytes(), b"print()")
        self.assertFalse((self.folder / "release.json").exists())

    def test_gives_no_more_than_plain_modes(self) -> None:
        plain, program = tarfile.TarInfo("app/plain"), tarfile.TarInfo("app/program")
        plain.mode, program.mode = 0o666, 0o6777
        self.unpack((plain, b""), (program, b""))
        self.assertEqual((self.folder / "app/plain").stat().st_mode & 0o7777, 0o644)
        self.assertEqual((self.folder / "app/program").stat().st_mode & 0o7777, 0o755)

    def test_keeps_links_inside_the_folder(self) -> None:
        self.unpack((tarfile.TarInfo("app/a/file"), b"x"), (link("app/b/link", "../a/file"), b""))
        self.assertEqual((self.folder / "app/b/link").read_bytes(), b"x")

    def test_refuses_absolute_paths(self) -> None:
        self.assert_refused(tarfile.TarInfo("/app/x"))

    def test_refuses_paths_that_climb_up(self) -> None:
        for name in ("../x", "app/../../x", "app/.."):
            with self.subTest(name):
                self.assert_refused(tarfile.TarInfo(name))

    def test_refuses_other_top_level_names(self) -> None:
        for name in ("venv/bin/python", "requirements.lock"):
            with self.subTest(name):
                self.assert_refused(tarfile.TarInfo(name))

    def test_refuses_links_to_the_outside(self) -> None:
        for target in ("/etc/passwd", "../../etc/passwd", "../wheels/x", ".."):
            with self.subTest(target):
                self.assert_refused(link("app/link", target))

    def test_refuses_links_that_turn_round_behind_another_link(self) -> None:
        self.assert_refused(link("app/e", "a/b/c/../../../etc/shadow"), link("app/a/b/c", "../.."))

    def test_refuses_more_than_a_host_takes(self) -> None:
        for limit, value in (("releaseUnpackedBytes", 5), ("releaseMembers", 1)):
            first, second = (tarfile.TarInfo(f"app/{limit}/{name}") for name in "ab")
            with self.subTest(limit=limit), mock.patch.dict(LIMITS, {limit: value}):
                with self.assertRaisesRegex(HostError, f"archive: got .*at most .*{value}"):
                    self.unpack((first, b"123"), (second, b"456"))
                self.assertEqual([path.name for path in (self.folder / "app" / limit).iterdir()], ["a"])

    def test_refuses_to_write_through_a_link(self) -> None:
        self.assert_refused(tarfile.TarInfo("app/link/x"), link("app/link", "folder"))

    def test_refuses_a_second_member_in_place_of_a_link(self) -> None:
        self.assert_refused(tarfile.TarInfo("app/link"), link("app/link", "target"))

    def test_refuses_hard_links_and_devices(self) -> None:
        for kind in (tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo("app/odd")
            member.type, member.linkname = kind, "app/other"
            with self.subTest(kind):
                self.assert_refused(member)

    def test_refuses_a_damaged_archive(self) -> None:
        place = self.archive((tarfile.TarInfo("app/x"), bytes(range(256)) * 100))
        place.write_bytes(place.read_bytes()[:-40])
        with self.assertRaisesRegex(LostArchive, "archive: got release.tar.gz .*, now removed; .*; run bin/up again"):
            unpack(place, self.folder, "release.json")
        self.assertFalse(place.exists())

    def test_says_that_an_archive_is_missing(self) -> None:
        with self.assertRaisesRegex(
            LostArchive, "input.archive: got .*/none; allowed: a file on this host; run bin/up"
        ):
            unpack(self.root / "none", self.folder, "release.json")

    def test_refuses_an_archive_without_description(self) -> None:
        with self.assertRaisesRegex(HostError, "no release.json"):
            self.unpack((tarfile.TarInfo("app/x"), b""), described=False)


class WheelsTest(HostCase):
    def test_are_unpacked_where_their_name_says_what_they_are(self) -> None:
        unpack_wheels(write_wheels(self.root), self.root / "release")
        self.assertEqual((self.root / "release/wheels" / WHEEL).read_bytes(), make_wheel())

    def test_an_archive_that_was_cut_off_is_removed_so_that_it_is_copied_again(self) -> None:
        place = write_wheels(self.root)
        place.write_bytes(place.read_bytes()[:700])
        self.refuse(place, "unexpected end of data")

    def test_so_is_one_with_other_content_than_its_name_says(self) -> None:
        self.refuse(write_wheels(self.root, b"other", named_by=make_wheel()), "other content than its name says")

    def test_and_one_that_lost_a_wheel_at_its_end(self) -> None:
        place = write_wheels(self.root)
        place.write_bytes(b"\0" * 1024)
        self.refuse(place, "")

    def refuse(self, place: Path, why: str) -> None:
        with self.assertRaisesRegex(LostArchive, rf"archive: got {place.name} \({why}.*\), now removed;"):
            unpack_wheels(place, self.root / "release")
        self.assertFalse(place.exists())

    def test_the_deployer_names_them_by_the_same_digest(self) -> None:
        """The constant is that of tests/unit/release/archive.test.ts."""
        (self.root / "release.json").write_text("{}")
        (self.root / "release.json").chmod(0o644)
        digest = content_digest(self.root, "")
        self.assertEqual(digest, "f1553ca8a4bf9b8e4d54134a9e8fa08ec71798f059915f6be7873f9d7c3cd0cb")


def link(name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


if __name__ == "__main__":
    unittest.main()
