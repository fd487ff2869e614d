"""Brings the managed files from whatever is on the disk to one wanted set."""

from collections.abc import Callable
from pathlib import Path

from ..base.context import Context
from ..bundle.managed_file import AGENT, ManagedFile, difference, install, remove
from ..health_check import servers
from ..nginx import nginx_reload
from ..state.manifest import Manifest
from ..state.plan import Plan
from ..units import processes, systemd
from . import drift

# The health check's longest turn is a reload.
TURN_SECONDS = 20

OWN_UNITS = "portico-"
NO_EFFECTS = frozenset({"none", AGENT})

# What a running service manager and a running Nginx can take over without a restart.
LIMITS = (b"LimitNOFILE=", b"TimeoutStopSec=", b"ExecReload=")
# How Nginx is started, as units of before had it and as they have it now: it counts from the next start.
STARTS = ((b"Type=exec", b"Type=forking"), (b"PIDFile=/run/portico-nginx/nginx.pid", b""), (b" daemon off;", b""))


class FileChange:
    """The difference between the disk and the wanted files, and the effects that it has.

    Effects that an earlier call left pending are among them.
    """

    def __init__(self, context: Context, plan: Plan | None) -> None:
        self.context, self.plan = context, plan
        self.files = plan.files if plan else {}
        self.units = plan.description.enabled_units if plan else ()
        self._content: Callable[[ManagedFile], bytes] | None = plan.content if plan else None
        self.before = Manifest.load(context.paths)
        found = {path: difference(context.paths, file) for path, file in self.files.items()}
        self.changed = [self.files[path] for path, each in found.items() if each is not None]
        self.leaving = [file for path, file in self.before.files.items() if path not in self.files]
        # Whoever read the file has its content: another owner or mode alone has no effect.
        rewritten = [self.files[path] for path, each in found.items() if each is not None and each.of_content]
        effects = {self._effect(file) for file in rewritten} | {file.effect for file in self.leaving}
        self.effects = self.before.pending | effects - NO_EFFECTS

    @property
    def paths(self) -> list[str]:
        """All paths that are written or removed."""
        return sorted(file.path for file in (*self.changed, *self.leaving))

    def _effect(self, file: ManagedFile) -> str:
        """That of its kind; limits and comments need no restart, which would close the door to visitors for a moment."""
        live = self.context.paths.live(file.path)
        if file.effect != "nginxUnit" or self._content is None or not live.is_file():
            return file.effect
        return "nginxLimits" if _fixed(live.read_bytes()) == _fixed(self._content(file)) else file.effect

    def mark(self, *further: str) -> None:
        """Notes what is going to change, so that a killed call is not forgotten; `further` effects are the caller's."""
        effects = frozenset({*self.effects, *further})
        self.before.begun(self.files, self.units, effects).save(self.context.paths)

    def take_turn(self) -> None:
        """From here until Nginx has read its files, the balancer's health check writes none."""
        if not nginx_reload.turn.take(self.context.paths.live(servers.FOLDER), TURN_SECONDS):
            self.context.step("the health check does not give way; going on without it")

    def install(self) -> None:
        if self.paths:
            self.take_turn()
        if self.plan is not None:
            drift.repair_settings(self.context, self.plan)
        for file in self.changed:
            assert self._content is not None
            install(self.context.paths, file, self._content(file))

    def remove(self) -> None:
        """Removes files that left, after stopping the units that left with them."""
        left = set(self.before.enabled_units) - set(self.units)
        # Those of the distribution were there before, and others use them.
        for unit in sorted(each for each in left if each.startswith(OWN_UNITS)):
            self.context.step(f"stopping {unit}, which is no longer wanted")
            systemd.disable(unit)
            systemd.stop(unit)
        self._end_processes()
        for file in self.leaving:
            remove(self.context.paths, file.path)

    def _end_processes(self) -> None:
        """Those whose unit leaves: without it systemd would not know how they are to end."""
        left = [Path(file.path).name for file in self.leaving]
        started = processes.of_templates(left, processes.at_boot(self.context))
        if started:
            systemd.disable(*started)
        processes.stop(self.context, processes.of_templates(left, processes.running(self.context)))

    def settle(self) -> None:
        """Declares the wanted files the managed ones, and all effects done."""
        Manifest(self.files, self.units, frozenset()).save(self.context.paths)


def _fixed(unit: bytes) -> list[bytes]:
    """What of a unit counts from its next start only, and has to count now."""
    for before, now in STARTS:
        unit = unit.replace(before, now)
    return [line for line in unit.splitlines() if line.strip() and not line.startswith((b"#", b";", *LIMITS))]
