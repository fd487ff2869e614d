"""`stage`: prepares a state beside the one that serves, lets every program check its files, and rehearses it."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.durable import make_folder, remove_folder
from ..base.errors import HostError, Interrupted, clean_each, cleaned_up
from ..base.paths import Paths
from ..base.steps import perform, reach
from ..bundle.bundle import Bundle
from ..bundle.managed_file import difference, install
from ..preflight.firewall_check import check_firewall
from ..preflight.nginx_check import check_staged
from ..preflight.program_check import check_programs
from ..preflight.sshd_check import check_sshd
from ..preflight.time_zone_check import check_time_zone
from ..preflight.unit_check import check_units
from ..release import own_folders, retention, revisions
from ..release.archive import LostArchive
from ..release.releases import Release
from ..release.repair import mark_repaired, repair_release
from ..state import lost_archives, rollback_ban
from ..state.record import Record
from ..system import facts
from ..system.accounts import ensure_user
from ..units import slots, systemd
from ..units.sandbox import Sandbox
from .incoming import describe_delivery
from .make_plan import make_plan
from .rehearsal import Rehearsal, stop_leftover
from .request import StageRequest


def stage(context: Context, bundle: Bundle, value: dict[str, Any]) -> dict[str, Any]:
    """Returns the line that `activate` takes. Nothing that serves is touched; a failure leaves no rehearsal behind."""
    request = StageRequest.read(value, bundle.description)
    context.report.redactor.add(request.secret_values())
    reach("stage", "lock")
    with lock.held(context):
        staging = Staging(context, bundle, request)
        with cleaned_up(staging.fail):
            staging.run()
        return staging.plan.result()


class Staging:
    """One call of `stage`."""

    def __init__(self, context: Context, bundle: Bundle, request: StageRequest) -> None:
        self.context, self.bundle, self.request = context, bundle, request
        self.app = bundle.description.app
        self.plan = make_plan(context, bundle, request)
        self.release = Release(context, request.release) if request.release else None
        self.release_description = b""
        self.rehearsal = Rehearsal(context, self.plan, self.app) if self.app else None
        self.rehearsing = False

    def run(self) -> None:
        perform(
            "stage",
            {
                "check-platform": self.check_platform,
                "make-user": self.make_user,
                "write-tree": self.write_tree,
                "make-data": lambda: own_folders.make_data(self.context, self.plan),
                "unpack-release": self.unpack_release,
                "build-environment": self.build_environment,
                "compile-release": self.compile_release,
                "complete-release": self.complete_release,
                "write-revision": self.write_revision,
                "check-units": lambda: check_units(self.context, self.plan),
                "check-programs": lambda: check_programs(self.context, self.plan),
                "check-time-zone": self.check_time_zone,
                "link-rehearsal": self.link_rehearsal,
                "start-rehearsal": lambda: self.rehearse("starting the application aside", Rehearsal.start),
                "probe-rehearsal": lambda: self.rehearse("checking the rehearsal", Rehearsal.probe),
                "check-nginx": lambda: check_staged(self.context, self.plan),
                "check-sshd": lambda: check_sshd(self.plan),
                "check-firewall": lambda: check_firewall(self.context, self.plan),
                "watch-rehearsal": lambda: self.rehearse("checking it once more", Rehearsal.watch),
                "stop-rehearsal": lambda: stop_leftover(self.context),
                "complete-stage": self.complete_stage,
            },
        )

    def check_platform(self) -> None:
        self.context.step("checking the platform")
        facts.check(self.context, self.bundle.description)

    def make_user(self) -> None:
        if self.app is not None:
            ensure_user(self.context, self.app.user)

    def write_tree(self) -> None:
        """All files of the plan, with the owners and modes that they will have."""
        make_folder(self.context.paths.state)
        make_folder(self.context.paths.staged, 0o700)
        tree = Paths(self.plan.tree)
        content_of = self.bundle.contents() | {file.path: content for file, content in self.request.secret_files}
        self.context.step(f"writing {len(content_of)} files aside")
        if not self.plan.complete:
            remove_folder(self.plan.folder)
        make_folder(self.plan.folder, 0o700)
        make_folder(self.plan.tree)
        for file in self.plan.all_files:
            if difference(tree, file) is not None:
                install(tree, file, content_of[file.path], synced=self.plan.complete)

    def unpack_release(self) -> None:
        if self.release is None:
            return
        archive = self.incoming(self.request.archive)
        if self.release.complete:
            repair_release(self.context, self.release, archive, self.incoming(self.request.wheels), self.sandbox)
        else:
            self.context.step(f"unpacking release {self.release.id}")
            mark_repaired(self.context, self.release.id)
            self.release_description = self.release.unpack(archive)

    @property
    def sandbox(self) -> Sandbox:
        assert self.app is not None
        return Sandbox(self.context, self.app.user)

    def incoming(self, path: str | None) -> Path:
        """A file that was copied to the login user's home."""
        assert path is not None
        return self.bundle.home / path

    def build_environment(self) -> None:
        if self.release is not None and not self.release.complete:
            self.context.step("creating the environment")
            self.release.build_environment(self.incoming(self.request.wheels), self.sandbox)

    def compile_release(self) -> None:
        if self.release is not None and not self.release.complete:
            self.context.step("compiling")
            self.release.compile(self.sandbox)

    def complete_release(self) -> None:
        if self.release is not None and not self.release.complete:
            self.release.finish(self.release_description)
        elif self.release is not None:
            self.release.write_missing_checksums()

    def write_revision(self) -> None:
        if self.app is not None:
            self.note_changes()
            revisions.write(self.context, self.plan, self.request.secrets)

    def note_changes(self) -> None:
        """What serves may have been started with settings or secrets that somebody changed."""
        plan = self.plan
        if plan.release is None or not revisions.folder(self.context, str(plan.revision)).is_dir():
            return
        if revisions.deviations(self.context, plan) or not revisions.has_its_secrets(self.context, plan):
            mark_repaired(self.context, plan.release)

    def check_time_zone(self) -> None:
        if self.app is not None:
            check_time_zone(self.context, self.plan)

    def link_rehearsal(self) -> None:
        stop_leftover(self.context)
        live = slots.live(self.context.paths)
        serves = live and slots.revision(self.context.paths, live) == self.plan.revision
        self.rehearsing = self.app is not None and not (live and serves and systemd.is_active(slots.service(live)))
        self.rehearse("preparing the rehearsal", Rehearsal.link)

    def rehearse(self, text: str, act: Any) -> None:
        if self.rehearsing and self.rehearsal is not None:
            self.context.step(text)
            act(self.rehearsal)

    def complete_stage(self) -> None:
        archives = [self.incoming(path) for path in (self.request.archive, self.request.wheels) if path is not None]
        delivery = describe_delivery(self.context, [self.bundle.path, *archives])
        # All files that were written aside: one by one this takes some hundred times as many turns of the disk.
        os.sync()
        replace(self.plan, delivery=delivery).save()
        lost_archives.clear_mark(self.context)
        rollback_ban.lift_ban(self.context, self.plan.key)
        retention.prune(self.context, self.plan)

    def fail(self, error: HostError) -> None:
        """Stops what runs aside, removes half a release and records why the revision is not good."""
        if isinstance(error, LostArchive):
            lost_archives.mark(self.context)
        cleaning: list[Callable[[], None]] = [self.release.discard] if self.release else []
        if self.rehearsing:
            cleaning += [lambda: stop_leftover(self.context), lambda: self.record_bad(error)]
        clean_each(error, cleaning)

    def record_bad(self, error: HostError) -> None:
        if not isinstance(error, Interrupted):
            why = self.context.report.redactor.clean(error.message)
            record = Record.load(self.context.paths)
            record.with_verdict(self.plan.release, self.plan.revision, "stage", why).save(self.context.paths)
