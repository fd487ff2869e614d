from dataclasses import replace
from typing import Any
from unittest import mock

from bundles import description
from fake_systemd import FakeSystemd
from portico_host.apply.file_change import FileChange
from portico_host.bundle.description import Description
from portico_host.bundle.managed_file import ManagedFile
from portico_host.release import own_folders
from portico_host.state.manifest import Manifest
from portico_host.state.plan import Plan
from portico_host.units import systemd
from support import GROUP, OWNER, HostCase, managed, printed


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
        with printed(), mock.patch.object(own_folders, "ROOT", (OWNER, GROUP)):
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

    def test_limits_of_a_unit_are_told_to_what_runs_and_all_else_needs_a_restart(self) -> None:
        unit = "[Service]\nExecStart=nginx\nTimeoutStopSec={}\nLimitNOFILE={}\nUser={}\n"
        self.settled(self.plan(a=(unit.format(65, 1024, "www"), "nginxUnit")))
        change = FileChange(self.context, self.plan(a=(unit.format(95, 4096, "www"), "nginxUnit")))
        self.assertEqual((change.paths, change.effects), (["/etc/portico/a"], {"nginxLimits"}))
        other = FileChange(self.context, self.plan(a=(unit.format(65, 1024, "root"), "nginxUnit")))
        self.assertEqual(other.effects, {"nginxUnit"})

    def test_comments_of_a_unit_need_no_restart(self) -> None:
        self.settled(self.plan(a=("# What it is.\n[Service]\nExecStart=nginx\n", "nginxUnit")))
        worded = "# What it is, in other words.\n\n[Service]\n; Default: none.\nExecStart=nginx\n"
        change = FileChange(self.context, self.plan(a=(worded, "nginxUnit")))
        self.assertEqual((change.paths, change.effects), (["/etc/portico/a"], {"nginxLimits"}))
        other = FileChange(self.context, self.plan(a=(worded.replace("nginx", "other"), "nginxUnit")))
        self.assertEqual(other.effects, {"nginxUnit"})

    def test_how_nginx_is_started_counts_from_its_next_start_where_it_is_as_units_of_before_had_it(self) -> None:
        before = "[Service]\nType=exec\nExecStart=nginx -g 'pid x; daemon off;'\nExecReload=kill\n"
        now = "[Service]\nType=forking\nPIDFile=/run/portico-nginx/nginx.pid\nExecStart=nginx -g 'pid x;'\nExecReload=nginx\n"
        self.settled(self.plan(a=(before, "nginxUnit")))
        self.assertEqual(FileChange(self.context, self.plan(a=(now, "nginxUnit"))).effects, {"nginxLimits"})
        other = FileChange(self.context, self.plan(a=(now.replace("forking", "simple"), "nginxUnit")))
        self.assertEqual(other.effects, {"nginxUnit"})

    def test_a_unit_that_was_not_there_is_no_change_of_limits(self) -> None:
        self.assertEqual(self.change(self.plan(a=("LimitNOFILE=1", "nginxUnit"))).effects, {"nginxUnit"})

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

    def test_another_mode_is_set_and_has_no_effect_as_nobody_has_read_another_content(self) -> None:
        plan = self.plan(a=("1", "nginxUnit"), b=("2", "appUnit"))
        self.settled(plan)
        for name in ("a", "b"):
            self.paths.live(f"/etc/portico/{name}").chmod(0o666)
        change = self.settled(plan)
        self.assertEqual((change.paths, change.effects), (["/etc/portico/a", "/etc/portico/b"], set()))
        self.assertEqual(self.paths.live("/etc/portico/a").stat().st_mode & 0o777, 0o644)

    def test_effects_that_were_carried_out_are_no_more_pending(self) -> None:
        plan = self.plan(a=("1", "nginx"))
        self.change(plan)
        self.settled(plan)
        self.assertEqual(
            (Manifest.load(self.paths).pending, FileChange(self.context, plan).effects), (frozenset(), set())
        )

    def test_what_a_killed_call_had_yet_to_remove_is_removed_by_the_next(self) -> None:
        self.settled(self.plan(a=("1", "nginx")))
        FileChange(self.context, self.plan(b=("2", "sysctl"))).mark()
        change = self.settled(self.plan(c=("3", "none")))
        self.assertFalse(self.paths.live("/etc/portico/a").exists())
        self.assertEqual(change.effects, {"nginx", "sysctl"})

    def test_units_of_ours_that_left_are_out_of_the_boot_before_they_stop_and_all_others_go_on(self) -> None:
        services = FakeSystemd()
        calls: list[str] = []
        plan = self.plan(a=("1", "nginx"))
        stays = replace(plan, description=replace(plan.description, enabled_units=("stays.service",)))
        self.settled(
            replace(
                plan,
                description=replace(
                    plan.description, enabled_units=("portico-gone.timer", "apt-daily.timer", "stays.service")
                ),
            )
        )
        with (
            services.in_charge(),
            mock.patch.object(systemd, "disable", lambda unit: calls.append(f"disable {unit}")),
            mock.patch.object(systemd, "stop", lambda unit: calls.append(f"stop {unit}")),
            printed(),
        ):
            self.settled(stays)
        self.assertEqual(calls, ["disable portico-gone.timer", "stop portico-gone.timer"])

    def test_going_to_nothing_removes_everything(self) -> None:
        self.settled(self.plan(a=("1", "nginx")))
        change = FileChange(self.context, None)
        change.remove()
        change.settle()
        self.assertFalse(self.paths.live("/etc/portico").exists())
        self.assertEqual(Manifest.load(self.paths).files, {})
