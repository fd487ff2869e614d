"""What has to happen after files changed, in an order in which nothing acts on a half-told state."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import evidence, nginx_check, systemd
from .context import Context
from .errors import HostError, fault
from .file_change import FileChange
from .plan import UNIT_EFFECTS
from .processes import run
from .unit_check import judge_sshd

# Units of the application are started and enabled slot by slot, not with the others.
SLOT_UNITS = "portico-app"
SSH_UNIT = "ssh.service"
SYSCTL = "/usr/lib/systemd/systemd-sysctl"
WORKER = b"nginx: worker process"
WORKER_SECONDS = 10


@dataclass
class Done:
    """Units that were started, restarted or reloaded."""

    restarted: list[str] = field(default_factory=list)
    reloaded: list[str] = field(default_factory=list)


def apply_system(context: Context, change: FileChange, done: Done) -> None:
    """Kernel settings, temporary files, SSH."""
    if "tmpfiles" in change.effects:
        run(["systemd-tmpfiles", "--create", *_paths(context, change, "tmpfiles")])
    if "sysctl" in change.effects:
        run([SYSCTL, *_paths(context, change, "sysctl")])
    if "sshd" in change.effects:
        judge_sshd()
        # A host whose sshd is started for each connection has nothing to reload.
        if systemd.is_active(SSH_UNIT):
            systemd.reload(SSH_UNIT)
            done.reloaded.append(SSH_UNIT)


def apply_units(context: Context, change: FileChange, masked: tuple[str, ...]) -> None:
    """Unit files: read anew, the distribution's units out of the way, ours at boot."""
    if change.effects & UNIT_EFFECTS:
        context.step("reloading the units")
        systemd.reload_units()
    own = _own_units(change)
    at_boot = systemd.boot_states(*masked, *own)
    for unit in (each for each in masked if at_boot[each] != "masked"):
        context.step(f"masking {unit}")
        systemd.mask(unit)
    for unit in (each for each in own if at_boot[each] not in systemd.ENABLED):
        systemd.enable(unit)
    # Before the switch: one of them ends a switch that nobody confirms.
    for unit in own:
        if unit.endswith(".timer") and not systemd.is_active(unit):
            systemd.start(unit)


def refresh_nginx(context: Context, change: FileChange, done: Done) -> None:
    """Reloads or restarts a running Nginx, whichever is the least that is needed."""
    unit = nginx_check.UNIT
    needed = change.effects & {"nginx", "nginxUnit"}
    if unit not in change.units or not needed or not systemd.is_active(unit):
        return
    nginx_check.check_live(context)
    if "nginxUnit" in needed:
        context.step("restarting Nginx")
        _with_evidence(context, unit, systemd.restart)
        done.restarted.append(unit)
    else:
        context.step("reloading Nginx")
        _with_evidence(context, unit, _reload_nginx)
        done.reloaded.append(unit)


def start_services(context: Context, change: FileChange, done: Done) -> None:
    """Starts what does not run. Last of all: nobody is to be let in before the application is there."""
    running = systemd.states(*_own_units(change))
    for unit in (each for each, state in running.items() if state != "active"):
        context.step(f"starting {unit}")
        if unit == nginx_check.UNIT:
            nginx_check.check_live(context)
        _with_evidence(context, unit, systemd.restart)
        done.restarted.append(unit)


def _own_units(change: FileChange) -> list[str]:
    """Those that start by themselves; the application's are started and enabled slot by slot."""
    return [unit for unit in change.units if not unit.startswith(SLOT_UNITS)]


def _with_evidence(context: Context, unit: str, act: Callable[[str], None]) -> None:
    try:
        act(unit)
    except HostError as error:
        raise HostError(error.message, [*error.evidence, *evidence.of_unit(context, unit)]) from None


def _reload_nginx(unit: str) -> None:
    """A reload reports success whatever Nginx makes of it: the proof is that only new workers accept connections."""
    before = _workers(unit)
    systemd.reload(unit)
    limit = time.monotonic() + WORKER_SECONDS
    while not _replaced(before, _workers(unit)) or not systemd.is_active(unit):
        if time.monotonic() > limit:
            got, allowed = "workers with the old settings", f"only new ones within {WORKER_SECONDS} s"
            raise HostError(fault(f"reload of {unit}", got, allowed, "see its log"))
        time.sleep(0.05)


def _replaced(before: set[int], now: set[int]) -> bool:
    return bool(now) and not now & before


def _workers(unit: str) -> set[int]:
    """The workers that accept connections; those that only end what they began have another title."""
    group = systemd.show(unit, "ControlGroup").get("ControlGroup", "")
    try:
        numbers = [int(line) for line in Path(f"/sys/fs/cgroup{group}/cgroup.procs").read_text().split()]
    except OSError:
        return set()
    return {number for number in numbers if _title(number) == WORKER}


def _title(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().rstrip(b"\0 ")
    except OSError:
        return b""


def _paths(context: Context, change: FileChange, effect: str) -> list[str]:
    return [str(context.paths.live(file.path)) for file in change.files.values() if file.effect == effect]
