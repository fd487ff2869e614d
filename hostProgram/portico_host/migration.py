"""`migrate`: the release's own command, once, before any host switches to it."""

import shlex
import time
from typing import Any

from . import evidence, instance, lock, slots, systemd
from .bundle import Migration
from .cause import Cause
from .context import Context
from .errors import HostError, Interrupted, as_host_error, fault
from .history import Transaction
from .plan import Plan, read_key
from .processes import TimeLimitError
from .record import Record
from .secrecy import hide_secrets
from .steps import perform, reach

UNIT = slots.service(slots.MIGRATION)
DROP_IN = f"/etc/systemd/system/{UNIT}.d/50-migration.conf"
# systemd ends it first and says more about it: its limit, ten seconds to end by itself, and some to tell.
MARGIN_SECONDS = 15
PAUSE_SECONDS = 0.5


def migrate(context: Context, value: dict[str, Any]) -> dict[str, Any]:
    """`value` is the line that `stage` printed. Runs nothing for a release that was migrated on this host before.

    Raises `HostError` with exit code and log when it fails or does not end in its time; nothing of it is left then.
    """
    key = read_key(value)
    reach("migrate", "lock")
    with lock.held(context):
        plan = Plan.load(context.paths, key)
        migration = plan.description.app.migration if plan.description.app else None
        if migration is None or plan.release in Record.load(context.paths).migrated:
            remove_leftover(context)
            return {"migrated": False, "seconds": 0}
        hide_secrets(context, plan)
        run = MigrationRun(context, plan, migration)
        try:
            run.run()
        except Exception as error:
            failure = as_host_error(error)
            run.fail(failure)
            raise failure from error
        return {"migrated": True, "seconds": round(time.time() - context.began, 1)}


def remove_leftover(context: Context) -> None:
    """Removes what a killed call left; a migration that still runs is let end."""
    if instance.exists(context, slots.MIGRATION) and systemd.is_stopped(UNIT):
        instance.remove(context, slots.MIGRATION)


def _result(error: HostError) -> str:
    facts = systemd.show(UNIT, "Result", "ExecMainStatus")
    result, status = facts.get("Result", ""), facts.get("ExecMainStatus", "")
    if isinstance(error, TimeLimitError) or result == "timeout":
        return "no end of it"
    return {"exit-code": f"exit code {status}", "signal": f"signal {status}"}.get(result, result or "no start of it")


class MigrationRun:
    """Instance `migration` of the staged slot unit: the sandbox, settings and secrets that the release will have."""

    def __init__(self, context: Context, plan: Plan, migration: Migration) -> None:
        self.context, self.plan, self.migration = context, plan, migration
        self.limit = migration.seconds + MARGIN_SECONDS

    def run(self) -> None:
        perform(
            "migrate",
            {
                "await-leftover": self.await_leftover,
                "install-units": self.install_units,
                "run": self.run_command,
                "record": self.record_migrated,
                "remove-units": lambda: remove_leftover(self.context),
            },
        )

    def await_leftover(self) -> None:
        """A killed call may have left one running: half a change of a database is worse than a wait."""
        limit = time.monotonic() + self.limit
        while not systemd.is_stopped(UNIT):
            if time.monotonic() > limit:
                got = "one that an earlier call left and that still runs"
                raise HostError(fault("migration", got, "none", f"see journalctl --unit={UNIT}"))
            time.sleep(PAUSE_SECONDS)
        remove_leftover(self.context)

    def install_units(self) -> None:
        assert self.plan.revision is not None
        if DROP_IN not in self.plan.files:
            raise HostError(fault("bundle", f"no {DROP_IN}", "a bundle with the migration's unit", "build it anew"))
        slots.assign(self.context.paths, slots.MIGRATION, self.plan.revision)
        instance.install(self.context, self.plan, slots.MIGRATION, probe=False)

    def run_command(self) -> None:
        command = shlex.join(self.migration.command)
        self.context.step(f"running {command} for at most {self.migration.seconds} s")
        try:
            systemd.start(UNIT, seconds=self.limit)
        except HostError as error:
            allowed = f"exit code 0 within {self.migration.seconds} s"
            message = fault("migration", _result(error), allowed, "see its log below; nothing was switched")
            raise HostError(message, [f"asked: {command}", *evidence.of_unit(self.context, UNIT)]) from None

    def record_migrated(self) -> None:
        assert self.plan.release is not None
        Record.load(self.context.paths).migrated_now(self.plan.release).save(self.context.paths)

    def fail(self, failure: HostError) -> None:
        """Leaves nothing, and remembers why."""
        for act in (self.end, lambda: self.record_failed(failure)):
            try:
                act()
            except Exception as second:
                failure.evidence.append(f"after the failure: {as_host_error(second).message}")

    def end(self) -> None:
        systemd.stop(UNIT, seconds=MARGIN_SECONDS)
        remove_leftover(self.context)

    def record_failed(self, failure: HostError) -> None:
        why = self.context.report.redactor.clean(failure.message)
        attempt = Transaction.ended(self.context, self.plan, Cause("migrate", self.plan.author), "failed", why)
        record = Record.load(self.context.paths).logged(attempt)
        if not isinstance(failure, Interrupted):
            # No word about the revision: where it serves already, it goes on doing so.
            record = record.judged(self.plan.release, None, "migrate", why)
        record.save(self.context.paths)
