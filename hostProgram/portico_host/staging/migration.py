"""`migrate`: the release's own command, once, before any host switches to it."""

import shlex
import time
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.contract import PATHS
from ..base.errors import HostError, Interrupted, clean_each, cleaned_up, fault
from ..base.processes import TimeLimitError
from ..base.steps import perform, reach
from ..bundle.description import Migration
from ..release.secret_redaction import redact_secrets
from ..state import rollback_ban
from ..state.history import Transaction
from ..state.plan import Plan, read_key
from ..state.record import Record
from ..state.trigger import Trigger
from ..units import evidence, instance, slots, systemd

UNIT = slots.service(slots.MIGRATION)
DROP_IN = f"{PATHS['units']}/{UNIT}.d/50-migration.conf"
# systemd ends it first and says more about it: its limit, ten seconds to end by itself, and some to report it.
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
        rollback_ban.refuse_banned(context, plan)
        migration = plan.description.app.migration if plan.description.app else None
        if migration is None or plan.release in Record.load(context.paths).migrated:
            remove_leftover(context)
            return {"migrated": False, "seconds": 0}
        redact_secrets(context, plan)
        run = MigrationRun(context, plan, migration)
        with cleaned_up(run.fail):
            run.run()
        return {"migrated": True, "seconds": round(time.time() - context.began, 1)}


def remove_leftover(context: Context) -> None:
    """Removes what a killed call left; a migration that still runs is let end."""
    if instance.exists(context, slots.MIGRATION) and systemd.is_stopped(UNIT):
        instance.remove(context, slots.MIGRATION)


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
            result = evidence.NO_END if isinstance(error, TimeLimitError) else evidence.outcome(UNIT)
            longer = "; raise app.migration.seconds if it needs longer" if result == evidence.NO_END else ""
            message = fault("migration", result, allowed, f"see its log below; nothing was switched{longer}")
            raise HostError(message, [f"command: {command}", *evidence.of_unit(self.context, UNIT)]) from None

    def record_migrated(self) -> None:
        assert self.plan.release is not None
        Record.load(self.context.paths).migrated_now(self.plan.release).save(self.context.paths)

    def fail(self, failure: HostError) -> None:
        """Leaves nothing, and records why."""
        clean_each(failure, (self.end, lambda: self.record_failed(failure)))

    def end(self) -> None:
        systemd.stop(UNIT, seconds=MARGIN_SECONDS)
        remove_leftover(self.context)

    def record_failed(self, failure: HostError) -> None:
        why = self.context.report.redactor.clean(failure.message)
        attempt = Transaction.ended(self.context, self.plan, Trigger("migrate", self.plan.author), "failed", why)
        record = Record.load(self.context.paths).logged(attempt)
        if not isinstance(failure, Interrupted):
            # No word about the revision: where it serves already, it goes on doing so.
            record = record.with_verdict(self.plan.release, None, "migrate", why)
        record.save(self.context.paths)
