from dataclasses import replace
from typing import Any

from bundles import description
from support import HostCase, managed

from portico_host.bundle import Description
from portico_host.file_change import FileChange
from portico_host.managed_file import ManagedFile
from portico_host.manifest import Manifest
from portico_host.plan import Plan


class FileChangeTest(HostCase):
    def plan(self, **contents: tuple[str, str]) -> Plan:
        """A staged plan with a file for each argument: name=(content, effect)."""
        folder = self.paths.staged / "key"
        files: list[ManagedFile] = []
        for name, (content, effect) in contents.items():
            path = f"/etc/portico/{name}"
            files.append(managed(path, content.encode(), effect))
            place = folder / "tree" / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
        value: Any = description({})
        return Plan("key", None, None, replace(Description.read(value), files=tuple(files)), value, (), folder)

    def change(self, plan: Plan) -> FileChange:
        change = FileChange(self.context, plan)
        change.mark()
        change.install()
        change.remove()
        return change

    def settled(self, plan: Plan) -> FileChange:
        change = self.change(plan)
        change.settle()
        return change

    def test_installs_all_and_names_the_effects(self) -> None:
        change = self.settled(self.plan(a=("1", "nginx"), b=("2", "none"), c=("3", "sysctl")))
        self.assertEqual(change.paths, ["/etc/portico/a", "/etc/portico/b", "/etc/portico/c"])
        self.assertEqual(change.effects, {"nginx", "sysctl"})
        self.assertEqual(self.paths.live("/etc/portico/a").read_text(), "1")

    def test_the_same_again_changes_nothing(self) -> None:
        plan = self.plan(a=("1", "nginx"))
        self.settled(plan)
        change = FileChange(self.context, plan)
        self.assertEqual((change.paths, change.effects), ([], set()))

    def test_only_what_differs_is_written(self) -> None:
        self.settled(self.plan(a=("1", "nginx"), b=("2", "sysctl")))
        change = self.settled(self.plan(a=("1", "nginx"), b=("changed", "sysctl")))
        self.assertEqual((change.paths, change.effects), (["/etc/portico/b"], {"sysctl"}))

    def test_removes_files_that_left_and_has_their_effect(self) -> None:
        self.settled(self.plan(a=("1", "nginx"), b=("2", "sysctl")))
        change = self.settled(self.plan(b=("2", "sysctl")))
        self.assertFalse(self.paths.live("/etc/portico/a").exists())
        self.assertEqual((change.paths, change.effects), (["/etc/portico/a"], {"nginx"}))
        self.assertEqual(list(Manifest.load(self.paths).files), ["/etc/portico/b"])

    def test_never_removes_what_it_did_not_bring(self) -> None:
        self.settled(self.plan(a=("1", "nginx")))
        self.paths.live("/etc/portico/foreign").write_text("x")
        self.settled(self.plan(b=("2", "nginx")))
        self.assertTrue(self.paths.live("/etc/portico/foreign").exists())

    def test_mends_what_someone_changed(self) -> None:
        plan = self.plan(a=("1", "nginx"))
        self.settled(plan)
        self.paths.live("/etc/portico/a").write_text("edited")
        change = self.settled(plan)
        self.assertEqual(change.effects, {"nginx"})
        self.assertEqual(self.paths.live("/etc/portico/a").read_text(), "1")

    def test_effects_of_a_killed_call_are_not_forgotten(self) -> None:
        plan = self.plan(a=("1", "nginx"))
        self.change(plan)
        after = FileChange(self.context, plan)
        self.assertEqual((after.paths, after.effects), ([], {"nginx"}))

    def test_files_of_a_killed_call_are_removed_by_the_next(self) -> None:
        first = self.plan(a=("1", "nginx"))
        self.settled(first)
        self.change(self.plan(a=("1", "nginx"), b=("2", "sysctl")))
        change = self.settled(first)
        self.assertFalse(self.paths.live("/etc/portico/b").exists())
        self.assertEqual(change.effects, {"sysctl"})

    def test_going_to_nothing_removes_everything(self) -> None:
        self.settled(self.plan(a=("1", "nginx")))
        change = FileChange(self.context, None)
        change.remove()
        change.settle()
        self.assertFalse(self.paths.live("/etc/portico").exists())
        self.assertEqual(Manifest.load(self.paths).files, {})
