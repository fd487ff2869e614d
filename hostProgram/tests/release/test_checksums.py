import os
from unittest import mock

from portico_host.release import checksums
from support import HostCase


class ContentsTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        (self.root / "lib").mkdir()
        (self.root / "lib/a.py").write_text("a")
        (self.root / "link").symlink_to("lib")
        checksums.write_checksums(self.root, **{"release.json": b"{}"})
        (self.root / "release.json").write_bytes(b"{}")
        (self.root / "release.json").chmod(0o644)

    def changes(self) -> list[str]:
        return [str(path.relative_to(self.root)) for path, _, _ in checksums.changes(self.root) or []]

    def test_a_folder_that_nobody_touched_has_none(self) -> None:
        self.assertEqual(self.changes(), [])

    def test_sees_content_mode_links_what_came_and_what_went(self) -> None:
        (self.root / "lib/a.py").write_text("b")
        (self.root / "lib/b.py").write_text("")
        (self.root / "release.json").chmod(0o600)
        (self.root / "link").unlink()
        (self.root / "link").symlink_to("/tmp")
        self.assertEqual(self.changes(), ["lib/a.py", "lib/b.py", "link", "release.json"])
        (self.root / "lib/a.py").unlink()
        self.assertEqual([found for _, found, _ in checksums.changes(self.root) or []][0], "missing")

    def test_a_change_that_keeps_size_and_times_is_seen(self) -> None:
        place = self.root / "lib/a.py"
        facts = place.stat()
        place.write_text("b")
        os.utime(place, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        self.assertEqual(self.changes(), ["lib/a.py"])

    def test_what_nobody_touched_is_not_read_again_and_what_was_only_touched_is_no_change(self) -> None:
        describe = mock.Mock(wraps=checksums._describe)
        with mock.patch.object(checksums, "_describe", describe):
            self.assertEqual(self.changes(), [])
            self.assertEqual([call.args[0].name for call in describe.call_args_list], ["release.json"])
            os.utime(self.root / "lib/a.py")
            self.assertEqual(self.changes(), [])
            self.assertIn(self.root / "lib/a.py", [call.args[0] for call in describe.call_args_list])

    def test_nothing_is_said_of_a_folder_from_before_its_contents_were_written_down(self) -> None:
        (self.root / checksums.LIST).unlink()
        self.assertIsNone(checksums.changes(self.root))
