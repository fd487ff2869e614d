"""Brings the managed files from whatever is on the disk to one wanted set."""

from collections.abc import Callable

from . import systemd
from .context import Context
from .managed_file import ManagedFile, difference, install, remove
from .manifest import Manifest
from .plan import Plan


class FileChange:
    """The difference between the disk and the wanted files, and the effects that it has.

    Effects that an earlier call left pending are among them.
    """

    def __init__(self, context: Context, plan: Plan | None) -> None:
        self.context = context
        self.files = plan.files if plan else {}
        self.units = plan.description.enabled_units if plan else ()
        self._content: Callable[[ManagedFile], bytes] | None = plan.content if plan else None
        self.before = Manifest.load(context.paths)
        self.changed = [file for file in self.files.values() if difference(context.paths, file) is not None]
        self.leaving = [file for path, file in self.before.files.items() if path not in self.files]
        self.effects = self.before.pending | {file.effect for file in (*self.changed, *self.leaving)} - {"none"}

    @property
    def paths(self) -> list[str]:
        """All paths that are written or removed."""
        return sorted(file.path for file in (*self.changed, *self.leaving))

    def mark(self, *further: str) -> None:
        """Notes what is going to change, so that a killed call is not forgotten; `further` effects are the caller's."""
        effects = frozenset({*self.effects, *further})
        self.before.begun(self.files, self.units, effects).save(self.context.paths)

    def install(self) -> None:
        for file in self.changed:
            assert self._content is not None
            install(self.context.paths, file, self._content(file))

    def remove(self) -> None:
        """Removes files that left, after stopping the units that left with them."""
        for unit in sorted(set(self.before.enabled_units) - set(self.units)):
            self.context.step(f"stopping {unit}, which is no longer wanted")
            systemd.disable(unit)
            systemd.stop(unit)
        for file in self.leaving:
            remove(self.context.paths, file.path)

    def settle(self) -> None:
        """Declares the wanted files the managed ones, and all effects done."""
        Manifest(self.files, self.units, frozenset()).save(self.context.paths)
