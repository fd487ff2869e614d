"""What a power cut leaves: a name that leads to nothing but what was whole on the disk before it."""

import os
import stat
from pathlib import Path
from typing import Any
from unittest import mock

from portico_host.base import durable
from support import HostCase


class DurableTest(HostCase):
    """`acts` are the calls to the kernel that order what gets to the disk, in their order, as names below the folder."""

    def setUp(self) -> None:
        super().setUp()
        self.acts: list[tuple[str, ...]] = []
        self.file = self.root / "state" / "file"
        durable.make_folder(self.file.parent)
        self.fsync, self.replace = os.fsync, os.replace
        self.enterContext(mock.patch.object(durable.os, "fsync", self.note_fsync))
        self.enterContext(mock.patch.object(durable.os, "replace", self.note_replace))

    def note_fsync(self, descriptor: int) -> None:
        place = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        content = "a folder" if place.is_dir() else place.read_text()
        self.acts.append(("fsync", str(place.relative_to(self.root)), content))
        self.fsync(descriptor)

    def note_replace(self, source: Any, target: Any) -> None:
        self.acts.append(("rename", str(Path(target).relative_to(self.root))))
        self.replace(source, target)

    def test_content_is_on_the_disk_before_its_name_and_its_name_before_it_returns(self) -> None:
        durable.write_file(self.file, b"whole")
        new = str(durable.sibling(self.file).relative_to(self.root))
        self.assertEqual(self.acts, [("fsync", new, "whole"), ("rename", "state/file"), ("fsync", "state", "a folder")])

    def test_a_link_is_never_missing_and_its_name_is_on_the_disk_before_it_returns(self) -> None:
        os.symlink("before", self.file)
        durable.link(self.file, "after")
        self.assertEqual(self.acts, [("rename", "state/file"), ("fsync", "state", "a folder")])
        self.assertEqual(os.readlink(self.file), "after")

    def test_nobody_reads_it_before_it_has_its_mode_and_name(self) -> None:
        modes: list[int] = []

        def look(descriptor: int) -> None:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))

        opened: list[int] = []
        real = os.open

        def note_open(path: Any, flags: int, mode: int = 0o777) -> int:
            opened.append(mode)
            return real(path, flags, mode)

        with mock.patch.object(durable.os, "fsync", look), mock.patch.object(durable.os, "open", note_open):
            durable.write_file(self.file, b"secret", 0o640)
        self.assertEqual((opened[0], modes), (0o600, [0o640]))
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o640)

    def test_a_name_that_is_being_prepared_is_hidden_and_matches_no_include(self) -> None:
        for name in ("edge.conf", "50-live-slot.conf", "portico-app.socket"):
            prepared = durable.sibling(self.root / name)
            self.assertEqual(prepared.parent, self.root)
            self.assertFalse(
                prepared.match("*.conf") or prepared.match("*.socket") or not prepared.name.startswith(".")
            )

    def test_what_a_killed_write_left_is_written_over(self) -> None:
        durable.sibling(self.file).write_text("half")
        durable.write_file(self.file, b"whole")
        durable.sibling(self.file).write_text("half")
        durable.link(self.file, "elsewhere")
        self.assertEqual((os.readlink(self.file), os.listdir(self.file.parent)), ("elsewhere", ["file"]))

    def test_what_we_keep_is_for_root_alone_unless_said_otherwise(self) -> None:
        durable.write_json(self.file, {"b": 1, "a": None})
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        durable.write_json(self.file, {}, 0o644)
        self.assertEqual((stat.S_IMODE(self.file.stat().st_mode), durable.read_json(self.file)), (0o644, {}))

    def test_the_umask_decides_nothing(self) -> None:
        for umask in (0o077, 0o000):
            former = os.umask(umask)
            try:
                deep = self.root / f"umask-{umask:o}/above/folder"
                durable.make_folder(deep, 0o711)
                durable.write_file(deep / "file", b"", 0o604)
            finally:
                os.umask(former)
            modes = [
                stat.S_IMODE(path.stat().st_mode) for path in (deep.parent.parent, deep.parent, deep, deep / "file")
            ]
            self.assertEqual(modes, [0o755, 0o755, 0o711, 0o604])

    def test_a_folder_that_is_there_gets_its_mode(self) -> None:
        durable.make_folder(self.file.parent, 0o700)
        self.assertEqual(stat.S_IMODE(self.file.parent.stat().st_mode), 0o700)
