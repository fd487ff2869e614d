"""What a stack left behind is found without its state, and nothing of another stack."""

import subprocess
import time
from pathlib import Path

from ..base import records
from ..base.processes import identify
from ..base.records import Record
from ..machine.machine import identifier_of
from ..machine.orphans import find_orphans
from .support import FolderTest


class Orphans(FolderTest):
    def setUp(self) -> None:
        super().setUp()
        self.owner = self.folder / "gone" / "dev"

    def run_machine(self, folder: Path, identifier: str, program: str = "systemd-nspawn") -> int:
        """A process with the arguments of one that runs a machine."""
        words = [program, "-c", "read never", f"--directory={folder / 'root'}", f"--machine={identifier}"]
        child = subprocess.Popen(words, executable="/bin/sh", stdin=subprocess.PIPE)
        self.addCleanup(child.wait)
        self.addCleanup(child.stdin.close)
        # A process that was just started has no arguments yet for a moment, not even those of before.
        while not Path(f"/proc/{child.pid}/cmdline").read_bytes().startswith(program.encode()):
            time.sleep(0.01)
        return child.pid

    def names(self, owner: Path | None = None) -> list[tuple[str, str, bool]]:
        return [(each.name, each.identifier, each.process is not None) for each in find_orphans(owner or self.owner)]

    def test_a_machine_that_runs_is_found_though_its_folder_is_gone(self) -> None:
        pid = self.run_machine(self.owner / "machines/web-2", "pweb2")
        self.assertEqual(self.names(), [("web-2", "pweb2", True)])
        self.assertEqual(find_orphans(self.owner)[0].process, identify(pid))

    def test_machines_of_other_stacks_are_none_of_ours(self) -> None:
        self.run_machine(self.owner.parent / "devel/machines/web-1", "pother")
        self.run_machine(self.owner / "machines/web-1/machines/inner", "pinner")
        self.run_machine(self.owner / "machines/web-1", "pweb1", program="another-program")
        self.assertEqual(self.names(), [])

    def test_a_machine_of_which_only_the_folder_is_left_is_found_by_its_record(self) -> None:
        folder = self.owner / "machines/web-1"
        folder.mkdir(parents=True)
        records.save(folder, Record("pkept", "t1", {}, identify(1)))
        self.assertEqual(self.names(), [("web-1", "pkept", False)])

    def test_a_record_that_cannot_be_read_hides_no_machine(self) -> None:
        folder = self.owner / "machines/web-1"
        self.write("gone/dev/machines/web-1/machine.json", "{")
        self.assertEqual(self.names(), [("web-1", identifier_of(folder), False)])
