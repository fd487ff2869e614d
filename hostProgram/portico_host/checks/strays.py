"""Files that are not ours where ours are read: drop-ins of our units, anything below /etc/portico."""

from collections.abc import Iterator
from pathlib import Path

from ..base.context import Context
from ..base.contract import NAMES, PATHS
from ..state.manifest import Manifest
from ..state.plan import Plan
from ..units import slots
from .difference import Difference

# Where systemd reads units, all of which count for ours.
UNIT_FOLDERS = (
    "/etc/systemd/system.control",
    PATHS["runtimeUnits"],
    "/run/systemd/transient",
    PATHS["units"],
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
)
# Drop-ins for all units of a kind; those below /usr/lib came with the distribution.
EVERY_UNIT = ("service.d", "socket.d", "timer.d")
CONFIGURATION = PATHS["configuration"]
# Made at each start by the container that the host runs in.
OF_CONTAINERS = frozenset({"zzz-lxc-service.conf"})
# The end of a name by which an operator says that a drop-in is meant to stay.
DELIBERATE = "local.conf"


def find(context: Context, plan: Plan) -> Iterator[Difference]:
    known = {*plan.files, *Manifest.load(context.paths).files}
    for path in [*configuration(context), *units(context)]:
        if path not in known and not path.endswith(DELIBERATE):
            kind = "a file" if path.startswith(CONFIGURATION) else "a unit or drop-in"
            yield Difference(path, f"{kind} that is not the stack's", "no such file", "nobody", _advice(path))


def deliberate(context: Context) -> list[str]:
    """Drop-ins of an operator that are meant to stay."""
    return [path for path in units(context) if path.endswith(DELIBERATE)]


def configuration(context: Context) -> list[str]:
    return _files_below(context, context.paths.live(CONFIGURATION))


def units(context: Context) -> list[str]:
    """Unit files and drop-ins with a name of ours, or for every unit, but those that the host program itself writes."""
    found: list[str] = []
    for folder in UNIT_FOLDERS:
        place = context.paths.live(folder)
        found += [path for entry in sorted(place.glob("portico-*")) for path in _files_below(context, entry)]
        if folder != "/usr/lib/systemd/system":
            found += [path for name in EVERY_UNIT for path in _files_below(context, place / name)]
    return [path for path in found if not _own(context, path) and Path(path).name not in OF_CONTAINERS]


def _own(context: Context, path: str) -> bool:
    instances = tuple(
        f"{PATHS['runtimeUnits']}/{unit}" for slot in (slots.REHEARSAL, slots.MIGRATION) for unit in slots.units(slot)
    )
    return context.paths.live(path) == slots.choice(context.paths) or path.startswith(instances)


def _files_below(context: Context, place: Path) -> list[str]:
    """The place itself when it is a file; a link counts as what it is called."""
    if place.is_symlink() or place.is_file():
        return [f"/{place.relative_to(context.paths.root)}"]
    return (
        [path for entry in sorted(place.iterdir()) for path in _files_below(context, entry)] if place.is_dir() else []
    )


def _advice(path: str) -> str:
    if path.startswith(CONFIGURATION):
        return f"look what it is for, then rm {path} && systemctl reload {NAMES['nginxUnit']}"
    return f"meant to stay: give it a name that ends in {DELIBERATE}; otherwise rm {path} && systemctl daemon-reload"
