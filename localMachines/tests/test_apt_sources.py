"""Tests of the search for the Debian mirror."""

from ..base.faults import Fault
from ..image.apt_sources import DEFAULT_ARCHIVE, DEFAULT_SECURITY, find_mirror
from .support import FolderTest


class FindMirror(FolderTest):
    """The mirror in /etc/apt, else the public one."""

    def setUp(self) -> None:
        super().setUp()
        self.keyring = self.write("usr/share/keyrings/debian-archive-keyring.gpg", "")

    def test_takes_the_mirror_of_deb822_files(self) -> None:
        self.write(
            "etc/apt/sources.list.d/debian.sources",
            (
                "Types: deb\n# a remark\nURIs: http://mirror.test/debian/\nSuites: bookworm bookworm-updates\nComponents: main\n\n"
                "Types: deb\nURIs: http://mirror.test/debian-security\nSuites: bookworm-security\nComponents: main contrib\n"
            ),
        )
        mirror = find_mirror(self.folder)
        self.assertEqual(mirror.archive, "http://mirror.test/debian")
        self.assertEqual(mirror.security, "http://mirror.test/debian-security")

    def test_takes_the_mirror_of_one_line_files(self) -> None:
        self.write(
            "etc/apt/sources.list",
            (
                "# deb http://off.test/debian trixie main\n"
                "deb [arch=amd64] https://mirror.test/debian trixie main non-free-firmware\n"
                "deb https://mirror.test/security trixie-security main\n"
            ),
        )
        mirror = find_mirror(self.folder)
        self.assertEqual(mirror.archive, "https://mirror.test/debian")
        self.assertEqual(mirror.security, "https://mirror.test/security")

    def test_passes_over_what_is_no_debian_mirror(self) -> None:
        self.write(
            "etc/apt/sources.list",
            (
                "deb http://archive.ubuntu.test/ubuntu noble main\n"
                "deb https://packages.vendor.test/debian/12/prod bookworm main\n"
                "deb https://docker.test/linux/debian bookworm stable\n"
                "deb-src http://sources.test/debian trixie main\n"
                "deb file:/srv/debian trixie main\n"
            ),
        )
        self.write(
            "etc/apt/sources.list.d/off.sources",
            "Enabled: no\nTypes: deb\nURIs: http://off.test/debian\nSuites: trixie\nComponents: main\n",
        )
        self.write("etc/apt/sources.list.d/mirror.list.disabled", "deb http://off.test/debian trixie main\n")
        mirror = find_mirror(self.folder)
        self.assertEqual((mirror.archive, mirror.security), (DEFAULT_ARCHIVE, DEFAULT_SECURITY))

    def test_names_three_sources_signed_by_the_keyring(self) -> None:
        signed = f"deb [signed-by={self.keyring}]"
        self.assertEqual(
            find_mirror(self.folder).lines("trixie"),
            [
                f"{signed} {DEFAULT_ARCHIVE} trixie main",
                f"{signed} {DEFAULT_ARCHIVE} trixie-updates main",
                f"{signed} {DEFAULT_SECURITY} trixie-security main",
            ],
        )

    def test_asks_for_the_keyring_when_it_is_missing(self) -> None:
        self.keyring.unlink()
        with self.assertRaisesRegex(Fault, "install the package debian-archive-keyring"):
            find_mirror(self.folder)
