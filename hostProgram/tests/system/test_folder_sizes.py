from unittest import mock

from portico_host.base.processes import TimeLimitError
from portico_host.system import folder_sizes
from support import HostCase


class FolderSizesTest(HostCase):
    def test_each_folder_of_data_is_counted_and_nothing_behind_a_link(self) -> None:
        for name, size in (("uploads", 300_000), ("empty", 0)):
            (self.paths.data / name).mkdir(parents=True)
            (self.paths.data / name / "file").write_bytes(b"x" * size)
        (self.paths.data / "link").symlink_to("/usr")
        sizes = folder_sizes.of_data(self.paths)
        self.assertEqual(list(sizes), ["empty", "uploads"])
        self.assertGreaterEqual(sizes["uploads"] or 0, 300_000)
        self.assertLess(sizes["empty"] or 0, 300_000)

    def test_a_host_without_data_has_no_sizes(self) -> None:
        self.assertEqual(folder_sizes.of_data(self.paths), {})

    def test_what_takes_too_long_is_not_waited_for(self) -> None:
        (self.paths.data / "uploads").mkdir(parents=True)
        with mock.patch.object(folder_sizes, "run", side_effect=TimeLimitError("du: got no end")):
            self.assertEqual(folder_sizes.of_data(self.paths), {"uploads": None})
