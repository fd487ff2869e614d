from dataclasses import replace
from typing import Any
from unittest import mock

from bundles import describe
from portico_host.base import steps
from portico_host.base.errors import HostError, Interrupted
from portico_host.base.processes import TimeLimitError
from portico_host.bundle.description import Migration
from portico_host.staging import migration
from portico_host.state.plan import Plan
from transactions import TransactionCase

UNIT = "portico-app@migration.service"
TEMPLATE = "/etc/systemd/system/portico-app@.service"
SECRET = "planted-secret-value"


class MigrationTest(TransactionCase):
    """A staged release 1 whose migration is `manage.py migrate`; nothing is active on the host."""

    def setUp(self) -> None:
        super().setUp()
        self.seen: list[str] = []
        self.facts = {"Result": "success", "ExecMainStatus": "0"}
        self.failure: Exception | None = None
        for name, replacement in (("start", self.start), ("show", self.show)):
            self.enter(mock.patch.object(migration.systemd, name, replacement))
        self.enter(mock.patch.object(migration, "PAUSE_SECONDS", 0.01))
        self.plan = self.stage_migration()

    def stage_migration(self, number: int = 1) -> Plan:
        plan = self.stage(number)
        texts = {TEMPLATE: "template\n", migration.DROP_IN: "drop-in\n"}
        for path, text in texts.items():
            place = plan.tree / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        units = [{**describe(path, text), "effect": "systemd"} for path, text in texts.items()]
        value = plan.bundle_json
        value["files"] += units
        value["app"] = {**value["app"], "migration": {"command": ["manage.py", "migrate"], "seconds": 30}}
        plan.save()
        credentials = self.paths.revisions / f"v{number}" / "credentials"
        (credentials / "key").write_text(SECRET)
        return Plan.load(self.paths, plan.key)

    def start(self, *units: str, seconds: float = 0) -> None:
        """The unit runs: what it would find is remembered."""
        if units != (UNIT,):
            return self.systemd.start(*units, seconds=seconds)
        self.assertEqual(seconds, 45)
        self.seen = sorted(str(path.relative_to(self.paths.runtime_units)) for path in self.units())
        self.assertEqual((self.paths.slots / "migration").readlink().name, self.plan.revision)
        if self.failure is not None:
            raise self.failure

    def show(self, unit: str, *properties: str) -> dict[str, str]:
        return {**self.facts, "ActiveState": "active" if unit in self.systemd.active else "inactive"}

    def units(self) -> list[Any]:
        folder = self.paths.runtime_units
        return [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()] if folder.is_dir() else []

    def migrate(self) -> dict[str, Any]:
        return migration.migrate(self.context, self.plan.result())

    def refused(self, failure: Exception, **facts: str) -> HostError:
        self.failure, self.facts = failure, facts
        with self.assertRaises(HostError) as caught:
            self.migrate()
        return caught.exception

    def assert_nothing_left(self) -> None:
        self.assertEqual(self.units(), [])
        self.assertFalse((self.paths.slots / "migration").is_symlink())
        self.assertNotIn(UNIT, self.systemd.active)

    def test_reads_its_command_and_limit(self) -> None:
        app = self.plan.description.app
        self.assertEqual(app.migration if app else None, Migration(("manage.py", "migrate"), 30))

    def test_runs_in_an_instance_of_the_staged_unit_and_leaves_nothing_of_it(self) -> None:
        result = self.migrate()
        self.assertTrue(result["migrated"])
        expected = [UNIT, f"{UNIT}.d/50-migration.conf", "portico-probe@migration.socket"]
        self.assertEqual(self.seen, expected)
        self.assert_nothing_left()

    def test_runs_once_for_a_release(self) -> None:
        self.migrate()
        self.seen = []
        self.assertEqual(self.migrate(), {"migrated": False, "seconds": 0})
        self.assertEqual(self.seen, [])
        self.assertEqual(list(self.record.migrated), ["r1"])

    def test_one_that_still_runs_keeps_its_unit(self) -> None:
        """A call that was killed left it: without its unit systemd would know nothing of it, and a second one could begin."""
        with (
            mock.patch.object(steps, "reach", lambda command, step: self.kill(step)),
            self.assertRaises(KeyboardInterrupt),
        ):
            self.migrate()
        self.systemd.active.add(UNIT)
        migration.remove_leftover(self.context)
        self.assertNotEqual(self.units(), [])
        self.systemd.active.discard(UNIT)
        migration.remove_leftover(self.context)
        self.assert_nothing_left()

    def kill(self, step: str) -> None:
        if step == "record":
            raise KeyboardInterrupt

    def test_secrets_of_the_release_are_in_nothing_that_it_says(self) -> None:
        with mock.patch.object(migration.evidence, "of_unit", lambda context, unit: [f"connect: {SECRET}"]):
            failure = self.refused(HostError("systemctl start"), Result="exit-code", ExecMainStatus="3")
        self.context.report.failure(failure)
        self.assertIn("connect: [redacted]", self.text.getvalue())
        self.assertNotIn(SECRET, self.text.getvalue())

    def test_runs_for_the_next_release(self) -> None:
        self.migrate()
        self.plan = self.stage_migration(2)
        self.assertTrue(self.migrate()["migrated"])
        self.assertEqual(sorted(self.record.migrated), ["r1", "r2"])

    def test_without_a_migration_nothing_runs(self) -> None:
        self.plan = self.stage(3)
        self.assertEqual(self.migrate(), {"migrated": False, "seconds": 0})

    def test_a_failure_ends_with_its_exit_code_and_its_log_and_is_remembered(self) -> None:
        failure = self.refused(HostError("systemctl start"), Result="exit-code", ExecMainStatus="3")
        self.assertIn("migration: got exit code 3; allowed: exit code 0 within 30 s", failure.message)
        self.assertNotIn("app.migration.seconds", failure.message)
        self.assertEqual(failure.evidence, ["command: manage.py migrate", f"unit: {UNIT}"])
        self.assert_nothing_left()
        self.assertEqual(self.record.migrated, {})
        last = self.record.transactions[-1]
        self.assertEqual((last.command, last.release, last.outcome, last.who), ("migrate", "r1", "failed", "ann"))
        self.assertIn("exit code 3", self.record.bad_releases()["r1"])

    def test_what_does_not_end_is_told_so_by_systemd_or_by_us(self) -> None:
        for failure in (HostError("systemctl start"), TimeLimitError("systemctl start: no end")):
            result = "timeout" if type(failure) is HostError else "success"
            message = self.refused(failure, Result=result).message
            self.assertIn("migration: got no end of it", message)
            self.assertIn("raise app.migration.seconds if it needs longer", message)
            self.assert_nothing_left()

    def test_a_death_by_a_signal_is_told(self) -> None:
        failure = self.refused(HostError("systemctl start"), Result="signal", ExecMainStatus="9")
        self.assertIn("migration: got signal 9", failure.message)

    def test_it_can_be_repeated_after_a_failure(self) -> None:
        self.refused(HostError("systemctl start"), Result="exit-code", ExecMainStatus="3")
        self.failure = None
        self.assertTrue(self.migrate()["migrated"])

    def test_being_told_to_end_ends_it_and_blames_nobody(self) -> None:
        self.systemd.active.discard(UNIT)
        with mock.patch.object(migration.MigrationRun, "run_command", side_effect=Interrupted("signal: got SIGTERM")):
            with self.assertRaises(Interrupted):
                self.migrate()
        self.assertIn(f"stop {UNIT}", self.systemd.calls)
        self.assert_nothing_left()
        self.assertEqual((self.record.history, self.record.migrated), ((), {}))

    def test_a_failure_takes_nothing_from_a_state_that_serves(self) -> None:
        self.activate(1)
        self.plan = self.stage_migration(1)
        self.refused(HostError("systemctl start"), Result="exit-code", ExecMainStatus="3")
        self.assertEqual((self.record.good_releases(), self.record.bad_releases()), (["r1"], {}))

    def test_waits_for_one_that_a_killed_call_left_running(self) -> None:
        self.systemd.active.add(UNIT)
        pauses: list[float] = []

        def end(seconds: float) -> None:
            pauses.append(seconds)
            self.systemd.active.discard(UNIT)

        with mock.patch.object(migration.time, "sleep", end):
            self.assertTrue(self.migrate()["migrated"])
        self.assertEqual(len(pauses), 1)

    def test_one_that_never_ends_is_not_ended_but_told(self) -> None:
        self.systemd.active.add(UNIT)
        app = self.plan.description.app
        assert app is not None
        run = migration.MigrationRun(self.context, self.plan, replace(app.migration or Migration((), 0), seconds=-15))
        with self.assertRaisesRegex(HostError, "migration: got one that an earlier call left and that still runs"):
            run.await_leftover()
        self.assertIn(UNIT, self.systemd.active)

    def test_a_bundle_without_its_unit_is_refused(self) -> None:
        plan = replace(self.plan, description=replace(self.plan.description, files=()))
        with (
            mock.patch.object(migration.Plan, "load", return_value=plan),
            self.assertRaisesRegex(HostError, "bundle: got no"),
        ):
            self.migrate()
        self.assert_nothing_left()

    def test_killed_anywhere_the_next_call_ends_in_one_migrated_release(self) -> None:
        for step in steps.ORDER["migrate"][1:]:
            with self.subTest(step):
                self.doCleanups()
                self.setUp()
                with self.killed_at(f"migrate:{step}"):
                    self.migrate()
                self.migrate()
                self.assertEqual(list(self.record.migrated), ["r1"])
                self.assert_nothing_left()

    def test_the_next_activation_clears_what_a_killed_call_left(self) -> None:
        with self.killed_at("migrate:record"):
            self.migrate()
        self.activate(2)
        self.assert_nothing_left()
