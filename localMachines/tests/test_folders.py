"""Tests of removing folders and replacing files."""

import contextlib
import os
import subprocess
import threading
import time

from ..base.folders import remove_tree, write_aside
from .support import AS_ROOT, FolderTest, mode_of


class RemoveTree(FolderTest):
    """Folders that are removed whole."""

    def test_removes_a_folder_a_file_and_nothing(self) -> None:
        self.write("a/b/c", "")
        file = self.write("file", "")
        for path in (self.folder / "a", file, self.folder / "absent"):
            remove_tree(path)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_removes_a_link_and_leaves_what_it_leads_to(self) -> None:
        kept = self.write("kept/file", "")
        (self.folder / "link").symlink_to(kept.parent)
        remove_tree(self.folder / "link")
        self.assertTrue(kept.exists())
        self.assertFalse((self.folder / "link").is_symlink())

    @AS_ROOT
    def test_leaves_the_files_of_what_is_mounted_inside(self) -> None:
        kept = self.write("elsewhere/kept", "")
        mount = self.folder / "root/a mount"
        mount.mkdir(parents=True)
        subprocess.run(["mount", "--bind", kept.parent, mount], check=True)
        remove_tree(self.folder / "root")
        self.assertTrue(kept.exists())
        self.assertFalse((self.folder / "root").exists())

    def test_outlasts_a_program_that_still_writes(self) -> None:
        folder = self.folder / "busy"
        folder.mkdir()
        until = time.monotonic() + 0.3

        def write() -> None:
            while time.monotonic() < until:
                with contextlib.suppress(FileNotFoundError):
                    (folder / str(time.monotonic())).touch()

        thread = threading.Thread(target=write)
        thread.start()
        remove_tree(folder)
        thread.join()
        self.assertFalse(folder.exists())


class WriteAside(FolderTest):
    """Files that are replaced in one step."""

    def test_replaces_the_file_with_the_mode_asked_for(self) -> None:
        path = self.write("record", "old", 0o644)
        (self.folder / ".record.new").write_text("left by a killed call")
        previous = os.umask(0)
        self.addCleanup(os.umask, previous)
        write_aside(path, "new", 0o600)
        self.assertEqual((path.read_text(), mode_of(path)), ("new", 0o600))
        self.assertEqual([entry.name for entry in self.folder.iterdir()], ["record"])
