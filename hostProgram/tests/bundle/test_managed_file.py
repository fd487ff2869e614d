import os
import unittest

from bundles import describe
from portico_host.base.errors import HostError, UsageError
from portico_host.base.values import Fields
from portico_host.bundle.managed_file import Deviation, ManagedFile, difference, install, remove
from support import GROUP, OWNER, HostCase, managed

PATH = "/etc/portico/nginx/locations/app.conf"


class InstallTest(HostCase):
    def test_writes_the_content_with_its_mode_and_leaves_nothing_beside_it(self) -> None:
        file = managed(PATH, b"one", mode="0640")
        install(self.paths, file, b"one")
        place = self.paths.live(PATH)
        self.assertEqual(place.read_bytes(), b"one")
        self.assertEqual(place.stat().st_mode & 0o7777, 0o640)
        self.assertEqual(os.listdir(place.parent), ["app.conf"])

    def test_installing_twice_leaves_no_difference(self) -> None:
        file = managed(PATH, b"one")
        self.assertEqual(difference(self.paths, file), Deviation("missing", "a file with mode 0644", True))
        install(self.paths, file, b"one")
        install(self.paths, file, b"one")
        self.assertIsNone(difference(self.paths, file))

    def test_replaces_a_link_instead_of_writing_through_it(self) -> None:
        elsewhere = self.root / "elsewhere"
        elsewhere.write_bytes(b"kept")
        place = self.paths.live(PATH)
        place.parent.mkdir(parents=True)
        place.symlink_to(elsewhere)
        install(self.paths, managed(PATH, b"one"), b"one")
        self.assertEqual(elsewhere.read_bytes(), b"kept")
        self.assertFalse(place.is_symlink())

    def test_a_half_written_file_of_a_killed_call_is_replaced(self) -> None:
        place = self.paths.live(PATH)
        place.parent.mkdir(parents=True)
        (place.parent / ".app.conf.portico-new").write_bytes(b"hal")
        install(self.paths, managed(PATH, b"one"), b"one")
        self.assertEqual(os.listdir(place.parent), ["app.conf"])

    def test_refuses_content_that_the_description_does_not_name(self) -> None:
        with self.assertRaises(HostError):
            install(self.paths, managed(PATH, b"one"), b"two")
        self.assertFalse(self.paths.live(PATH).exists())

    def test_refuses_an_owner_that_the_host_does_not_know(self) -> None:
        file = ManagedFile(PATH, "0644", "no-such-user", "no-such-group", managed(PATH, b"one").sha256, "none")
        with self.assertRaisesRegex(HostError, "no-such-user"):
            install(self.paths, file, b"one")


class DifferenceTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.file = managed(PATH, b"one")
        install(self.paths, self.file, b"one")
        self.place = self.paths.live(PATH)

    def test_sees_changed_content(self) -> None:
        self.place.write_bytes(b"two")
        self.assertEqual(
            difference(self.paths, self.file), Deviation("content 3fc4ccfe7458", "content 7692c3ad3540", True)
        )

    def test_sees_a_changed_mode(self) -> None:
        self.place.chmod(0o666)
        self.assertEqual(difference(self.paths, self.file), Deviation("mode 0666", "mode 0644", False))

    @unittest.skipUnless(os.getuid() == 0, "only root gives files away")
    def test_sees_a_changed_owner(self) -> None:
        os.chown(self.place, 65534, 65534)
        found = difference(self.paths, self.file)
        self.assertEqual(found, Deviation("owner nobody:nogroup", f"owner {OWNER}:{GROUP}", False))

    @unittest.skipUnless(os.getuid() == 0, "only root gives files away")
    def test_sees_a_changed_group(self) -> None:
        os.chown(self.place, -1, 65534)
        self.assertEqual(
            difference(self.paths, self.file), Deviation(f"owner {OWNER}:nogroup", f"owner {OWNER}:{GROUP}", False)
        )

    def test_a_link_is_no_file_of_ours_whatever_it_leads_to(self) -> None:
        """Whoever owns the other end could change the file later."""
        self.place.rename(self.root / "elsewhere")
        self.place.symlink_to(self.root / "elsewhere")
        self.assertEqual(
            difference(self.paths, self.file), Deviation("not a regular file", "a file with mode 0644", True)
        )

    def test_tells_all_that_is_wrong_with_a_file(self) -> None:
        self.place.write_bytes(b"two")
        self.place.chmod(0o666)
        found = difference(self.paths, self.file)
        self.assertEqual((found.found, found.of_content) if found else None, ("content 3fc4ccfe7458, mode 0666", True))

    def test_sees_a_folder_in_its_place(self) -> None:
        self.place.unlink()
        self.place.mkdir()
        self.assertEqual(
            difference(self.paths, self.file), Deviation("not a regular file", "a file with mode 0644", True)
        )


class AgentFileTest(HostCase):
    """A file that a program on the host goes on writing."""

    def setUp(self) -> None:
        super().setUp()
        self.file = managed(PATH, b"first", "agent")
        self.place = self.paths.live(PATH)

    def test_is_written_once_and_then_keeps_what_the_agent_wrote(self) -> None:
        install(self.paths, self.file, b"first")
        self.place.write_bytes(b"by the agent")
        install(self.paths, self.file, b"first")
        self.assertEqual(self.place.read_bytes(), b"by the agent")

    def test_its_content_is_no_difference_but_its_mode_is(self) -> None:
        install(self.paths, self.file, b"first")
        self.place.write_bytes(b"by the agent")
        self.assertIsNone(difference(self.paths, self.file))
        self.place.chmod(0o666)
        self.assertEqual(difference(self.paths, self.file), Deviation("mode 0666", "mode 0644", False))
        install(self.paths, self.file, b"first")
        self.assertIsNone(difference(self.paths, self.file))
        self.assertEqual(self.place.read_bytes(), b"by the agent")

    def test_a_link_in_its_place_is_replaced_and_not_read(self) -> None:
        self.place.parent.mkdir(parents=True)
        self.place.symlink_to("/etc/hostname")
        self.assertIsNotNone(difference(self.paths, self.file))
        install(self.paths, self.file, b"first")
        self.assertEqual((self.place.is_symlink(), self.place.read_bytes()), (False, b"first"))


class RemoveTest(HostCase):
    def test_removes_the_file_and_the_empty_folders_of_ours(self) -> None:
        install(self.paths, managed(PATH, b"one"), b"one")
        remove(self.paths, PATH)
        self.assertTrue(self.paths.live("/etc").is_dir())
        self.assertFalse(self.paths.live("/etc/portico").exists())

    def test_keeps_folders_that_others_use(self) -> None:
        install(self.paths, managed(PATH, b"one"), b"one")
        install(self.paths, managed("/etc/portico/tls/ca.crt", b"ca"), b"ca")
        remove(self.paths, PATH)
        self.assertFalse(self.paths.live("/etc/portico/nginx").exists())
        self.assertTrue(self.paths.live("/etc/portico/tls/ca.crt").exists())

    def test_keeps_an_empty_folder_of_the_system(self) -> None:
        install(self.paths, managed("/etc/sysctl.d/60-portico.conf", b"x"), b"x")
        remove(self.paths, "/etc/sysctl.d/60-portico.conf")
        self.assertTrue(self.paths.live("/etc/sysctl.d").is_dir())

    def test_removing_what_is_not_there_is_fine(self) -> None:
        self.paths.live("/etc/portico").mkdir(parents=True)
        remove(self.paths, PATH)


class ReadTest(unittest.TestCase):
    def test_refuses_paths_that_are_not_plain(self) -> None:
        for path in ("etc/x", "/etc/../x", "/etc//x", "/etc/x/", "/"):
            with self.subTest(path), self.assertRaisesRegex(UsageError, "path: got"):
                ManagedFile.read(Fields("files", describe(path, "")))

    def test_refuses_an_effect_that_it_does_not_know(self) -> None:
        with self.assertRaisesRegex(UsageError, "effect: got reboot; allowed: .*nginx"):
            ManagedFile.read(Fields("files", {**describe("/etc/x", ""), "effect": "reboot"}))

    def test_refuses_odd_modes(self) -> None:
        for mode in ("644", "4755", "0999", "rw"):
            with self.subTest(mode), self.assertRaises(UsageError):
                ManagedFile.read(Fields("files", {**describe("/etc/x", ""), "mode": mode}))
