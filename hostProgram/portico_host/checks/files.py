"""Managed files: content, owner, mode, those with secrets too, by their hash."""

from collections.abc import Iterator

from ..base.context import Context
from ..bundle.managed_file import difference
from ..state.manifest import Manifest
from ..state.plan import Plan
from ..system.installed_program import WRAPPER
from .difference import Difference

PROGRAM_MODES = (("program", 0o644), ("command", 0o755))


def find(context: Context, plan: Plan) -> Iterator[Difference]:
    manifest = Manifest.load(context.paths)
    if manifest.pending:
        yield Difference("an earlier call", f"ended before {', '.join(sorted(manifest.pending))}", "all of it done")
    for path, file in plan.files.items():
        found = difference(context.paths, file)
        if found is not None:
            yield Difference(path, found.found, found.wanted)
    for path in sorted(manifest.files.keys() - plan.files.keys()):
        if context.paths.live(path).exists():
            yield Difference(path, "there", "removed, as the present state has no such file")
    yield from _own_program(context)


def _own_program(context: Context) -> Iterator[Difference]:
    """The timer of the lease runs it; its content is that of the bundle which was activated last."""
    paths = context.paths
    for name, mode in PROGRAM_MODES:
        place = getattr(paths, name)
        if not place.is_file():
            yield Difference(str(place), "missing", f"a file with mode {mode:04o}")
        elif place.stat().st_mode & 0o7777 != mode:
            yield Difference(str(place), f"mode {place.stat().st_mode & 0o7777:04o}", f"mode {mode:04o}")
        elif place == paths.command and place.read_text(errors="replace") != WRAPPER.format(program=paths.program):
            yield Difference(str(place), "changed content", f"what starts {paths.program}")
