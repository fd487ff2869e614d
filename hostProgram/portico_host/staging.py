"""`stage`: prepares a state beside the one that serves, lets every program judge its files, and rehearses it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import facts, lock, retention, revisions, slots, systemd
from .accounts import ensure_user
from .bundle import Bundle
from .context import Context
from .durable import make_folder, remove_folder
from .errors import HostError, Interrupted, as_host_error
from .fingerprint import fingerprint
from .gunicorn_check import check_gunicorn
from .managed_file import difference, install
from .nginx_check import check_staged
from .paths import Paths
from .plan import Plan
from .record import Record
from .rehearsal import Rehearsal, stop_leftover
from .releases import Release
from .request import StageRequest
from .steps import perform, reach
from .unit_check import check_sshd, check_units

KEY_DIGITS = 16


def stage(context: Context, bundle: Bundle, value: dict[str, Any]) -> dict[str, Any]:
    """Returns the line that `activate` takes. Nothing that serves is touched; a failure leaves no rehearsal behind."""
    request = StageRequest.read(value, bundle.description)
    context.report.redactor.add(request.secret_values())
    reach("stage", "lock")
    with lock.held(context):
        staging = Staging(context, bundle, request)
        try:
            staging.run()
        except Exception as error:
            failure = as_host_error(error)
            staging.fail(failure)
            raise failure from error
        return staging.plan.result()


class Staging:
    """One call of `stage`."""

    def __init__(self, context: Context, bundle: Bundle, request: StageRequest) -> None:
        self.context, self.bundle, self.request = context, bundle, request
        self.app = bundle.description.app
        self.plan = make_plan(context, bundle, request)
        self.release = Release(context, request.release) if request.release else None
        self.release_description = b""
        self.rehearsing = False

    def run(self) -> None:
        perform(
            "stage",
            {
                "check-platform": self.check_platform,
                "make-user": self.make_user,
                "write-tree": self.write_tree,
                "unpack-release": self.unpack_release,
                "build-environment": self.build_environment,
                "compile-release": self.compile_release,
                "complete-release": self.complete_release,
                "write-revision": self.write_revision,
                "check-units": lambda: check_units(self.context, self.plan),
                "check-nginx": lambda: check_staged(self.context, self.plan),
                "check-sshd": lambda: check_sshd(self.plan),
                "check-gunicorn": self.check_gunicorn,
                "link-rehearsal": self.link_rehearsal,
                "start-rehearsal": lambda: self.rehearse("starting the application aside", Rehearsal.start),
                "probe-rehearsal": lambda: self.rehearse("asking it", Rehearsal.probe),
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
        contents = self.bundle.contents() | {file.path: content for file, content in self.request.secret_files}
        self.context.step(f"writing {len(contents)} files aside")
        if not self.plan.complete:
            remove_folder(self.plan.folder)
        make_folder(self.plan.folder, 0o700)
        make_folder(self.plan.tree)
        for file in self.plan.all_files:
            if difference(tree, file) is not None:
                install(tree, file, contents[file.path])

    def unpack_release(self) -> None:
        if self.release is not None and not self.release.complete:
            self.context.step(f"unpacking release {self.release.id}")
            assert self.request.archive is not None
            self.release_description = self.release.unpack(self.bundle.home / self.request.archive)

    def build_environment(self) -> None:
        if self.release is not None and not self.release.complete:
            self.context.step("creating the environment")
            self.release.build_environment()

    def compile_release(self) -> None:
        if self.release is not None and not self.release.complete:
            self.context.step("compiling")
            self.release.compile()

    def complete_release(self) -> None:
        if self.release is not None and not self.release.complete:
            self.release.finish(self.release_description)

    def write_revision(self) -> None:
        if self.app is not None:
            revisions.write(self.context, self.plan, self.request.secrets)

    def check_gunicorn(self) -> None:
        self.context.step("files are good for nginx, systemd and sshd")
        if self.app is not None:
            check_gunicorn(self.context, self.plan)

    def link_rehearsal(self) -> None:
        stop_leftover(self.context)
        live = slots.live(self.context.paths)
        serves = live and slots.revision(self.context.paths, live) == self.plan.revision
        self.rehearsing = self.app is not None and not (live and serves and systemd.is_active(slots.service(live)))
        self.rehearse("preparing the rehearsal", Rehearsal.link)

    def rehearse(self, text: str, act: Any) -> None:
        if self.rehearsing and self.app is not None:
            self.context.step(text)
            act(Rehearsal(self.context, self.plan, self.app))

    def complete_stage(self) -> None:
        self.plan.save()
        retention.prune(self.context, self.plan)

    def fail(self, error: HostError) -> None:
        """Stops what runs aside, removes half a release and records why the revision is not good."""
        cleaning: list[Callable[[], None]] = [self.release.discard] if self.release else []
        if self.rehearsing:
            cleaning += [lambda: stop_leftover(self.context), lambda: self.record_bad(error)]
        for act in cleaning:
            try:
                act()
            except Exception as second:
                error.evidence.append(f"after the failure: {as_host_error(second).message}")

    def record_bad(self, error: HostError) -> None:
        if not isinstance(error, Interrupted):
            why = self.context.report.redactor.clean(error.message)
            record = Record.load(self.context.paths)
            record.judged(self.plan.release, self.plan.revision, "stage", why).save(self.context.paths)


def make_plan(context: Context, bundle: Bundle, request: StageRequest) -> Plan:
    """Names the state after all of its inputs."""
    secret_files = tuple(file for file, _ in request.secret_files)
    files = (*bundle.description.files, *secret_files)
    inputs = ["staged", bundle.digest, request.release, [file.to_json() for file in secret_files], request.secrets]
    key = fingerprint(context.paths, inputs, KEY_DIGITS)
    revision = revisions.identify(context, request.release, files, request.secrets) if request.release else None
    folder: Path = context.paths.staged / key
    return Plan(key, request.release, revision, bundle.description, bundle.json, secret_files, folder, request.author)
