"""What has to happen after files changed, in an order in which no service acts on half of the change."""

from collections.abc import Container
from dataclasses import dataclass, field

from ..base.context import Context
from ..base.contract import NAMES
from ..base.durable import remove_file
from ..base.processes import run
from ..health_check import servers
from ..nginx import nginx_reload, nginx_unit, nginx_upgrade
from ..preflight import nginx_check
from ..preflight.sshd_check import validate_sshd
from ..state.plan import UNIT_EFFECTS
from ..system import firewall, kernel_settings, replaced_files
from ..units import evidence, own_units, systemd
from .file_change import FileChange

SSH_UNIT = NAMES["sshUnit"]
JOURNAL_UNIT = "systemd-journald.service"
SYSCTL = "/usr/lib/systemd/systemd-sysctl"
HEALTH_CHECK_UNIT = NAMES["healthCheckUnit"]


@dataclass
class Done:
    """Units that were started, restarted or reloaded."""

    restarted: list[str] = field(default_factory=list)
    reloaded: list[str] = field(default_factory=list)


def apply_system(context: Context, change: FileChange, done: Done) -> None:
    """Kernel settings and rules of the firewall, also those that somebody changed; temporary files, journal, SSH."""
    if "tmpfiles" in change.effects:
        run(["systemd-tmpfiles", "--create", *_paths(context, change, "tmpfiles")])
    if "sysctl" in change.effects or (
        change.plan is not None and any(kernel_settings.deviations(context, change.plan))
    ):
        run([SYSCTL, *_paths(context, change, "sysctl")])
    if "journal" in change.effects:
        systemd.restart(JOURNAL_UNIT)
        done.restarted.append(JOURNAL_UNIT)
    if "sshd" in change.effects:
        validate_sshd()
        # A host whose sshd is started for each connection has nothing to reload.
        if systemd.is_active(SSH_UNIT):
            systemd.reload(SSH_UNIT)
            done.reloaded.append(SSH_UNIT)
    if _has_other_rules(context, change):
        context.step("loading the rules of the firewall")
        evidence.with_evidence(context, firewall.UNIT, systemd.reload)
        done.reloaded.append(firewall.UNIT)


def _has_other_rules(context: Context, change: FileChange) -> bool:
    """Of a firewall that runs; one that is new is started with the services."""
    if firewall.UNIT not in change.units or not systemd.is_active(firewall.UNIT):
        return False
    return firewall.EFFECT in change.effects or (
        change.plan is not None and not firewall.is_loaded(context, change.plan)
    )


def apply_units(
    context: Context, change: FileChange, masked: tuple[str, ...], waiting: Container[str] = frozenset()
) -> None:
    """Unit files: read anew, also when somebody changed them, the distribution's units out of the way, ours at boot.

    Those of `waiting` have their time later.
    """
    own = [each for each in own_units.without_slots(change.units) if each not in waiting]
    at_boot = systemd.boot_states(*masked, *own)
    for unit in (each for each in masked if at_boot[each] != "masked"):
        context.step(f"masking {unit}")
        systemd.mask(unit)
    missing = [each for each in own if at_boot[each] not in systemd.ENABLED]
    for unit in missing:
        systemd.enable(unit)
    # After that, or the manager reports all loaded units as outdated.
    if change.effects & UNIT_EFFECTS or missing or (change.plan is not None and own_units.stale_units(change.plan)):
        context.step("reloading the units")
        systemd.reload_units()
    # Before the switch: one of them ends a switch that nobody confirms.
    for unit in own:
        if unit.endswith(".timer") and not systemd.is_active(unit):
            systemd.start(unit)


def refresh_nginx(context: Context, change: FileChange, done: Done, upgrades: bool = False) -> None:
    """Reloads or restarts a running Nginx, whichever is the least that is needed; with `upgrades` also for a package's update."""
    try:
        _refresh_nginx(context, change, done, upgrades and nginx_upgrade.is_outdated(context.paths))
    finally:
        # A killed call may have left it.
        remove_file(context.paths.live(nginx_reload.CLOSING))
        nginx_reload.turn.end()


def _refresh_nginx(context: Context, change: FileChange, done: Done, outdated: bool) -> None:
    unit = nginx_unit.UNIT
    needed = change.effects & {"nginx", "nginxUnit", "nginxLimits"}
    upgrades = outdated and nginx_upgrade.can_upgrade(context.paths)
    if unit not in change.units or not (needed or upgrades) or not systemd.is_active(unit):
        return
    _validate_nginx(context)
    if "nginxUnit" in needed:
        context.step("restarting Nginx")
        evidence.with_evidence(context, unit, systemd.restart)
        done.restarted.append(unit)
    else:
        if "nginxLimits" in needed and not systemd.apply_file_limit(unit):
            context.step("the limit of open files counts from the next start of Nginx")
        if upgrades:
            context.step("having a new Nginx take over: the one that runs has files that were replaced")
            change.take_turn()
            evidence.with_evidence(context, unit, lambda _: nginx_upgrade.upgrade(context.paths))
        else:
            context.step("reloading Nginx")
            evidence.with_evidence(context, unit, lambda _: nginx_reload.reload_nginx(context.paths))
        done.reloaded.append(unit)


def start_services(context: Context, change: FileChange, done: Done, waiting: Container[str] = frozenset()) -> None:
    """Starts what does not run, or runs as before. Last of all: nobody is let in before the application is there."""
    running = systemd.states(*(each for each in own_units.without_slots(change.units) if each not in waiting))
    replaced = replaced_files.by_service(context.paths)
    for unit in (
        each for each, state in running.items() if state != "active" or _runs_as_before(change, each, replaced)
    ):
        context.step(f"starting {unit}")
        if unit == nginx_unit.UNIT:
            _validate_nginx(context)
        evidence.with_evidence(context, unit, systemd.restart)
        done.restarted.append(unit)


def _runs_as_before(change: FileChange, unit: str, replaced: Container[str]) -> bool:
    """Whether the service that stays has another unit file now, or a library that was replaced; Nginx had its turn."""
    return unit == HEALTH_CHECK_UNIT and (f"/etc/systemd/system/{unit}" in change.paths or unit in replaced)


def _validate_nginx(context: Context) -> None:
    servers.refresh(context.paths)
    nginx_check.check_live(context)


def _paths(context: Context, change: FileChange, effect: str) -> list[str]:
    return [str(context.paths.live(file.path)) for file in change.files.values() if file.effect == effect]
