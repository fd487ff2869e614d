"""What a stage that fails leaves: no rehearsal, no half a release, no secret in what it says; and its rehearsal's questions."""

import stat
from dataclasses import replace
from typing import Any
from unittest import mock

from bundles import APP, description, write_bundle
from fake_systemd import FakeSystemd
from portico_host.base.errors import HostError, Interrupted
from portico_host.base.values import Fields
from portico_host.bundle.bundle import Bundle
from portico_host.bundle.description import App
from portico_host.probes import probe
from portico_host.probes.probe import Answer
from portico_host.release.archive import LostArchive
from portico_host.staging import rehearsal, staging
from portico_host.state import lost_archives
from portico_host.state.delivery import Delivery
from portico_host.state.plan import Plan
from portico_host.state.record import Entry, Record
from portico_host.units import evidence, systemd
from support import HostCase, printed

RELEASE = "0123456789ab"
SETTINGS = {"/opt/portico/revision/environment": "A=1\n"}
SECRETS = {"key": "opensesame"}
ARCHIVES = {"archive": "a.tar.gz", "wheels": "w.tar"}


class StagingTest(HostCase):
    """The steps before the rehearsal do nothing but make folders: `during` names the one that raises `error`."""

    def setUp(self) -> None:
        super().setUp()
        self.systemd = FakeSystemd()
        self.enterContext(self.systemd.in_charge())
        self.text = self.enterContext(printed())
        self.bundle = Bundle.open(
            write_bundle(self.root / "home/portico/web-1.pyz", description(SETTINGS, APP), SETTINGS)
        )
        self.stopped: list[str] = []
        self.enterContext(mock.patch.object(staging, "stop_leftover", lambda context: self.stopped.append("stopped")))
        self.enterContext(mock.patch.object(evidence, "of_unit", lambda context, unit: []))

    def stage(self, during: str, error: Exception) -> HostError:
        def perform(command: str, actions: Any) -> None:
            actions["write-tree"]()
            self.folder = self.paths.releases / RELEASE
            self.folder.mkdir(parents=True)
            if during == "start-rehearsal":
                actions["write-revision"]()
                actions["link-rehearsal"]()
            raise error

        value = {"release": RELEASE, **ARCHIVES, "secretFiles": [], "secrets": SECRETS}
        with (
            mock.patch.object(staging, "perform", perform),
            mock.patch.object(rehearsal.Rehearsal, "link", lambda self: None),
            self.assertRaises(HostError) as caught,
        ):
            staging.stage(self.context, self.bundle, value)
        self.context.report.failure(caught.exception)
        return caught.exception

    def test_a_rehearsal_that_fails_is_stopped_and_its_release_is_bad_and_half_of_it_is_gone(self) -> None:
        self.stage("start-rehearsal", HostError("GET /readyz: got 500 opensesame", ["log: opensesame"]))
        # Once before the rehearsal, for what a killed call left, and once after it.
        self.assertEqual(self.stopped, ["stopped", "stopped"])
        self.assertFalse(self.folder.exists())
        verdict = Record.load(self.paths).history[-1]
        self.assertEqual((verdict.release, verdict.good, verdict.during), (RELEASE, False, "stage"))
        self.assertEqual(verdict.why, "GET /readyz: got 500 [redacted]")
        self.assertNotIn("opensesame", self.text.getvalue())

    def test_an_interrupted_rehearsal_is_stopped_and_blames_nobody(self) -> None:
        self.stage("start-rehearsal", Interrupted("signal: got SIGTERM"))
        self.assertEqual((len(self.stopped), Record.load(self.paths).history), (2, ()))

    def test_a_failure_before_the_rehearsal_removes_half_the_release(self) -> None:
        self.stage("unpack-release", HostError("archive: got half of it"))
        self.assertEqual((self.folder.exists(), self.stopped), (False, []))

    def test_an_archive_that_was_missed_leaves_a_mark_for_the_next_update(self) -> None:
        self.stage("unpack-release", HostError("archive: got half of it"))
        self.assertFalse(lost_archives.is_marked(self.context))
        self.stage("unpack-release", LostArchive("archive: got half of it"))
        self.assertTrue(lost_archives.is_marked(self.context))

    def test_a_stage_that_is_complete_takes_the_mark_away_and_says_what_came(self) -> None:
        """Twice, with one archive more: what the current state had already was not copied again."""
        lost_archives.mark(self.context)
        first = self.complete({"a.tar.gz": 10, "w.tar": 500})
        self.assertFalse(lost_archives.is_marked(self.context))
        sizes = {"a.tar.gz": 10, "w.tar": 500, "web-1.pyz": self.bundle.path.stat().st_size}
        self.assertEqual((first.files, first.copied), (sizes, sum(sizes.values())))
        Record().reached(Entry(self.key, "web", RELEASE, "v1", "blue", "")).save(self.paths)
        self.bundle = replace(self.bundle, digest="another")
        second = self.complete({"b.tar.gz": 7}, archive="b.tar.gz")
        self.assertEqual((second.copied, second.files["w.tar"]), (7, 500))

    def complete(self, sizes: dict[str, int], **changes: str) -> Delivery:
        """What the last step of a stage says of its incoming files."""
        for name, size in sizes.items():
            (self.bundle.home / name).write_bytes(b"x" * size)

        def perform(command: str, actions: Any) -> None:
            actions["write-tree"]()
            actions["complete-stage"]()

        value = {"release": RELEASE, **ARCHIVES, "secretFiles": [], "secrets": SECRETS, **changes}
        with mock.patch.object(staging, "perform", perform):
            self.key = staging.stage(self.context, self.bundle, value)["staged"]
        delivery = Plan.load(self.paths, self.key).delivery
        assert delivery is not None
        return delivery

    def test_all_files_are_on_the_disk_before_the_state_is_there_to_be_activated(self) -> None:
        there: list[tuple[bool, bool]] = []

        def note() -> None:
            folder = next(self.paths.staged.iterdir())
            files = [path for path in (folder / "tree").rglob("*") if path.is_file()]
            there.append((bool(files), (folder / "plan.json").exists()))

        with mock.patch.object(staging.os, "sync", note):
            self.complete({})
        self.assertEqual(there, [(True, False)])

    def test_what_is_staged_is_for_root_alone(self) -> None:
        self.stage("unpack-release", HostError("archive: got half of it"))
        folders = [self.paths.staged, *self.paths.staged.iterdir()]
        self.assertEqual([stat.S_IMODE(folder.stat().st_mode) for folder in folders], [0o700, 0o700])


class RehearsalTest(HostCase):
    """`answers` are the statuses by path, in their order; the last one for ever."""

    def setUp(self) -> None:
        super().setUp()
        self.asked: list[str] = []
        self.processes = ["7"]
        self.app = App.read(Fields("app", {**APP, "probes": 2}))
        self.statuses = {"/readyz": [200], "/healthz": [200]}
        for target, replacement in (
            ((probe, "request_slot"), self.answer),
            ((probe, "PAUSE_WHEN_GOOD_SECONDS"), 0),
            ((rehearsal, "STEADY_SECONDS"), 0),
            ((rehearsal, "prove_nothing_inherited"), lambda context, plan, seconds: None),
            ((evidence, "of_unit"), lambda context, unit: [f"log of {unit}"]),
            ((evidence, "log_lines"), lambda context, unit, limit: self.log),
            (
                (systemd, "show"),
                lambda unit, *properties: {"MainPID": self.processes[min(len(self.asked), len(self.processes) - 1)]},
            ),
        ):
            self.enterContext(mock.patch.object(*target, replacement))
        self.log: list[str] = []

    def answer(self, socket: Any, target: str, host: str) -> Answer:
        self.asked.append(target)
        known = self.statuses[target]
        return Answer(target, known.pop(0) if len(known) > 1 else known[0], "", 0)

    def probe(self) -> None:
        self.app = replace(self.app, ready_seconds=0)
        tried = rehearsal.Rehearsal(self.context, mock.Mock(), self.app)
        tried.probe()
        tried.watch()

    def test_asks_for_readiness_and_health_and_once_more_after_its_first_answers(self) -> None:
        self.app = replace(self.app, probes=1)
        self.probe()
        self.assertEqual(self.asked, ["/readyz", "/healthz"] * 2)

    def test_a_release_that_falls_over_after_its_first_answers_is_refused(self) -> None:
        self.app = replace(self.app, probes=1)
        self.statuses["/readyz"] = [200, 500]
        with self.assertRaisesRegex(HostError, "rehearsal GET /readyz: got 500"):
            self.probe()

    def test_the_second_look_waits_for_the_rest_of_the_while_that_the_caller_used(self) -> None:
        tried = rehearsal.Rehearsal(self.context, mock.Mock(), replace(self.app, probes=1, ready_seconds=0))
        clock = mock.Mock(monotonic=mock.Mock(side_effect=[100.0, 100.25, 107.0]))
        with mock.patch.object(rehearsal, "time", clock), mock.patch.object(rehearsal, "STEADY_SECONDS", 1):
            tried.probe()
            tried.watch()
            tried.watch()
        self.assertEqual([call.args[0] for call in clock.sleep.call_args_list], [0.75, 0])

    def test_a_release_that_is_ready_but_not_healthy_is_refused(self) -> None:
        self.app = replace(self.app, probes=1)
        self.statuses["/healthz"] = [503]
        with self.assertRaisesRegex(HostError, "rehearsal GET /healthz: got 503; .*app.livePath"):
            self.probe()

    def test_answers_of_two_processes_are_none_of_one_that_stays(self) -> None:
        self.app = replace(self.app, probes=1)
        self.processes = ["7", "7", "8"]
        with self.assertRaisesRegex(HostError, "slot rehearsal: got a process that ended while it was checked"):
            self.probe()

    def test_a_worker_that_fell_over_is_refused_although_all_was_answered(self) -> None:
        self.app = replace(self.app, probes=1)
        self.log = ["Worker (pid:11) was sent SIGSEGV!"]
        with self.assertRaisesRegex(HostError, "allowed: workers that stay"):
            self.probe()
