"""Tests of control groups, on folders that look like the kernel's."""

import os

from ..machine.control_groups import ControlGroup, Hierarchy, hierarchies
from .support import FolderTest

HYBRID = """\
30 20 0:26 / /sys/fs/cgroup rw shared:5 - tmpfs tmpfs rw,mode=755
31 30 0:27 / /sys/fs/cgroup/memory rw shared:6 - cgroup cgroup rw,memory
32 30 0:28 / /sys/fs/cgroup/cpuset rw shared:7 - cgroup cgroup rw,cpuset
33 30 0:29 / /sys/fs/cgroup/systemd rw shared:8 - cgroup cgroup rw,name=systemd
34 30 0:30 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw
"""
UNIFIED = "30 20 0:26 / /sys/fs/cgroup rw,nosuid shared:5 - cgroup2 cgroup2 rw,nsdelegate\n"


class Hierarchies(FolderTest):
    """Finding the trees of control groups."""

    def test_finds_the_three_trees_of_a_mixed_computer(self) -> None:
        found = {(tree.kind, str(tree.mount)) for tree in hierarchies(HYBRID)}
        self.assertEqual(
            found,
            {
                ("memory", "/sys/fs/cgroup/memory"),
                ("systemd", "/sys/fs/cgroup/systemd"),
                ("v2", "/sys/fs/cgroup/unified"),
            },
        )

    def test_finds_the_one_tree_of_a_new_computer(self) -> None:
        self.assertEqual([tree.kind for tree in hierarchies(UNIFIED)], ["v2"])


class Groups(FolderTest):
    """The group of one machine."""

    def group(self, *kinds: str) -> ControlGroup:
        for kind in kinds:
            (self.folder / kind).mkdir(exist_ok=True)
        return ControlGroup("p1", [Hierarchy(kind, self.folder / kind) for kind in kinds])

    def test_limits_memory_in_the_new_tree_when_it_can(self) -> None:
        self.assertTrue(self.group("v2", "memory").create(512))
        self.assertEqual((self.folder / "v2/portico-p1/memory.max").read_text(), str(512 * 1024 * 1024))
        self.assertFalse((self.folder / "memory/portico-p1").exists())

    def test_limits_memory_in_the_old_tree_when_the_new_one_has_no_controller(self) -> None:
        group = self.group("v2", "memory")
        (self.folder / "v2/portico-p1/memory.max").mkdir(parents=True)
        self.assertTrue(group.create(512))
        self.assertEqual((self.folder / "memory/portico-p1/memory.limit_in_bytes").read_text(), str(512 * 1024 * 1024))

    def test_says_when_nothing_limits_memory(self) -> None:
        self.assertFalse(self.group("systemd").create(512))
        self.assertFalse(ControlGroup("p1", []).create(512))

    def test_joins_every_tree_in_which_it_has_a_group(self) -> None:
        group = self.group("v2", "memory")
        for kind in ("v2", "memory"):
            (self.folder / kind / "portico-p1").mkdir()
        group.join()
        for kind in ("v2", "memory"):
            self.assertEqual((self.folder / kind / "portico-p1/cgroup.procs").read_text(), "0")

    def test_removes_the_groups_that_the_machine_made_below_its_own(self) -> None:
        group = self.group("v2", "systemd")
        (self.folder / "v2/portico-p1/payload/system.slice/ssh.service").mkdir(parents=True)
        (self.folder / "systemd/portico-p1/payload").mkdir(parents=True)
        (self.folder / "v2/portico-p2").mkdir()
        group.remove()
        group.remove()
        self.assertEqual([sorted(os.listdir(self.folder / kind)) for kind in ("v2", "systemd")], [["portico-p2"], []])

    def test_killing_an_absent_group_is_fine(self) -> None:
        self.group("v2").kill()
