import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from bundles import APP, description
from portico_host.base.contract import ROLES
from portico_host.bundle.description import Description
from portico_host.release import repair, retention
from portico_host.state.delivery import Delivery
from portico_host.state.lease import Lease
from portico_host.state.plan import Plan
from portico_host.state.record import Entry, Record
from support import HostCase, printed, wait_until


class RetentionTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.record = Record()
        for number in range(1, 8):
            self.add(number)
            self.record = self.record.reached(entry(number)).confirming("confirm")
        self.record.save(self.paths)

    def add(self, number: int) -> None:
        """A release, its revision and its staged folder."""
        for folder in (
            self.paths.releases / f"r{number}" / "app",
            self.paths.revisions / f"v{number}",
            self.paths.staged / f"k{number}",
        ):
            folder.mkdir(parents=True)
        (self.paths.releases / f"r{number}" / "release.json").write_text(json.dumps({"id": f"r{number}"}))
        (self.paths.revisions / f"v{number}" / "release").symlink_to(f"../../releases/r{number}")

    def plan(self, number: int = 7) -> Plan:
        value: Any = description({}, APP)
        return Plan(
            f"k{number}",
            f"r{number}",
            f"v{number}",
            Description.read(value),
            value,
            (),
            self.paths.staged / f"k{number}",
        )

    def test_environments_stay_as_long_as_a_kept_release_links_to_them(self) -> None:
        for number in range(1, 8):
            key = "shared" if number > 3 else f"old{number}"
            (self.paths.environments / key).mkdir(parents=True, exist_ok=True)
            (self.paths.releases / f"r{number}" / "venv").symlink_to(f"../../environments/{key}")
        retention.prune(self.context, self.plan())
        kept = {Path(os.readlink(folder / "venv")).name for folder in self.paths.releases.glob("*")}
        self.assertIn("shared", kept)
        self.assertEqual(set(self.names(self.paths.environments)), kept)
        self.assertNotIn("old1", kept)

    def save_plan(self, number: int) -> None:
        self.plan(number).save()

    def names(self, folder: Path) -> list[str]:
        return sorted(path.name for path in folder.iterdir())

    def test_keeps_the_current_the_previous_and_the_last_good_ones(self) -> None:
        retention.prune(self.context, self.plan())
        self.assertEqual(self.names(self.paths.releases), ["r6", "r7"])
        self.assertEqual(self.names(self.paths.revisions), ["v6", "v7"])
        self.assertEqual(self.names(self.paths.staged), ["k6", "k7"])

    def test_keeps_the_settings_and_secrets_of_the_good_ones_too(self) -> None:
        retention.prune(self.context, replace_keep(self.plan(), 4))
        for folder, letter in ((self.paths.releases, "r"), (self.paths.revisions, "v"), (self.paths.staged, "k")):
            self.assertEqual(self.names(folder), [f"{letter}{number}" for number in range(4, 8)])

    def test_keeps_the_confirmed_state_however_many_came_after_it(self) -> None:
        for number in (8, 9, 10):
            self.add(number)
            self.record = self.record.reached(entry(number))
        self.record.save(self.paths)
        retention.prune(self.context, replace_keep(self.plan(10), 1))
        self.assertEqual(self.names(self.paths.staged), ["k10", "k7", "k9"])
        self.assertEqual(self.names(self.paths.revisions), ["v10", "v7", "v9"])

    def test_keeps_both_states_of_a_lease(self) -> None:
        self.save_plan(1)
        self.save_plan(2)
        Lease("k1", "k2", 60, 0, "", 0).save(self.paths)
        retention.prune(self.context, self.plan())
        self.assertEqual(self.names(self.paths.staged), ["k1", "k2", "k6", "k7"])
        self.assertEqual(self.names(self.paths.revisions), ["v1", "v2", "v6", "v7"])
        self.assertEqual(self.names(self.paths.releases), ["r1", "r2", "r6", "r7"])

    def test_keeps_what_a_migration_runs_in(self) -> None:
        self.paths.slots.mkdir(parents=True)
        (self.paths.slots / "migration").symlink_to("../revisions/v3")
        retention.prune(self.context, self.plan())
        self.assertIn("v3", self.names(self.paths.revisions))
        self.assertIn("r3", self.names(self.paths.releases))

    def test_a_bad_release_does_not_count_among_the_good_ones(self) -> None:
        self.record.with_verdict("r7", "v7", "activate", "bad").with_verdict("r6", "v6", "activate", "bad").save(
            self.paths
        )
        retention.prune(self.context, self.plan())
        self.assertEqual(self.names(self.paths.releases), ["r4", "r5", "r6", "r7"])

    def test_keeps_what_is_staged_and_not_active_yet(self) -> None:
        self.add(8)
        retention.prune(self.context, self.plan(8))
        self.assertIn("r8", self.names(self.paths.releases))
        self.assertIn("v8", self.names(self.paths.revisions))
        self.assertIn("k8", self.names(self.paths.staged))

    def test_keeps_what_a_slot_is_linked_to(self) -> None:
        self.paths.slots.mkdir(parents=True)
        (self.paths.slots / "green").symlink_to("../revisions/v2")
        retention.prune(self.context, self.plan())
        self.assertIn("r2", self.names(self.paths.releases))
        self.assertIn("v2", self.names(self.paths.revisions))

    def test_keeps_a_release_in_which_a_process_works(self) -> None:
        folder = self.paths.releases / "r1" / "app"
        process = subprocess.Popen(["sleep", "60"], cwd=folder)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertTrue(wait_until(lambda: os.readlink(f"/proc/{process.pid}/cwd") == str(folder.resolve())))
        retention.prune(self.context, self.plan())
        self.assertIn("r1", self.names(self.paths.releases))

    def test_drops_a_release_that_is_not_complete(self) -> None:
        (self.paths.releases / "r6" / "release.json").unlink()
        retention.prune(self.context, self.plan())
        self.assertEqual(self.names(self.paths.releases), ["r7"])

    def test_removes_older_incoming_files_and_nothing_else(self) -> None:
        """Among them the one archive that a release was before its wheels had one of their own."""
        folder = self.root / "home/portico"
        folder.mkdir(parents=True)
        needed = ["application-07.tar.gz", "web-1b.pyz", "wheels-07.tar"]
        others = ["notes.txt", "web.pyz", "wheels-07.tar.gz"]
        older = ["application-06.tar.gz", "edge-2c.pyz", "release-07.tar.gz", "web-0a.pyz", "wheels-06.tar"]
        for name in (*needed, *others, *older):
            (folder / name).write_text("")
        plan = replace(self.plan(), delivery=Delivery(dict.fromkeys(needed, 1), 3, 1.5))
        retention.prune(self.context, plan, folder / "web-1b.pyz")
        self.assertEqual(self.names(folder), sorted([*needed, *others]))

    def test_bundles_of_every_role_are_among_them(self) -> None:
        """A host may be application host and balancer at once, or have been another one before."""
        folder = self.root / "home/portico"
        folder.mkdir(parents=True)
        for role in ROLES:
            (folder / f"{role}-0a.pyz").write_text("")
            (folder / f"{role}-1b.pyz").write_text("")
        retention.prune(self.context, self.plan(), folder / "web-edge-1b.pyz")
        self.assertEqual(self.names(folder), ["web-edge-1b.pyz"])
        self.assertIn("web-edge", ROLES)

    def test_removes_marks_of_releases_that_are_gone(self) -> None:
        for release in ("r1", "r7", "r99"):
            repair.mark_repaired(self.context, release)
        retention.prune(self.context, self.plan())
        self.assertEqual(sorted(path.name for path in self.paths.state.glob("mended-*")), ["mended-r7"])

    def test_trouble_is_told_and_does_not_fail_the_call(self) -> None:
        with (
            printed() as text,
            mock.patch.object(retention, "remove_folder", side_effect=OSError(28, "No space left on device")),
        ):
            retention.prune(self.context, self.plan())
        self.assertIn("could not remove old releases: [Errno 28] No space left on device", text.getvalue())

    def test_a_host_without_application_keeps_its_staged_states(self) -> None:
        value: Any = description({})
        plan = replace(self.plan(), release=None, revision=None, description=Description.read(value))
        retention.prune(self.context, plan)
        self.assertEqual(self.names(self.paths.staged), ["k6", "k7"])


def entry(number: int) -> Entry:
    return Entry(f"k{number}", "web", f"r{number}", f"v{number}", "blue", "2026-01-01T00:00:00Z")


def replace_keep(plan: Plan, count: int) -> Plan:
    """The plan with another number of good releases to keep."""
    app = plan.description.app
    assert app is not None
    return replace(plan, description=replace(plan.description, app=replace(app, keep_releases=count)))
