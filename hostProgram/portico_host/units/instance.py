"""Instances of the application's units out of a staged plan, beside those that are installed."""

import os
from pathlib import Path

from ..base.context import Context
from ..base.contract import NAMES, PATHS
from ..base.durable import link, make_folder, make_parents, remove_file, remove_folder, write_file
from ..state.plan import Plan
from . import slots, systemd

UNITS = f"{PATHS['units']}/"
SERVICE, PROBE = NAMES["appService"], NAMES["probeSocket"]
# What a unit is linked to that must not be there: nothing of a file with that name counts, wherever it is.
NOTHING = "/dev/null"


def install(context: Context, plan: Plan, name: str, *, probe: bool) -> None:
    """Makes the instance `name` just what the plan says, whatever the installed templates say; not at boot.

    Its folder outranks that of the installed units, and vanishes at a reboot. Without `probe` the instance
    has no socket of its own.
    """
    folder = context.paths.runtime_units
    make_folder(folder)
    wanted = _files(plan, name)
    for place, path in wanted.items():
        make_parents(folder / place)
        write_file(folder / place, plan.content(plan.files[path]))
    for place in _strange_drop_ins(context, name) - set(wanted):
        make_parents(folder / place)
        link(folder / place, NOTHING)
    if not probe:
        remove_file(folder / f"{PROBE}{name}.socket")
        link(folder / f"{PROBE}{name}.socket", NOTHING)
    systemd.reload_units()


def exists(context: Context, name: str) -> bool:
    """Whether anything of the instance is there. It runs with nothing less than its units, which go after it ended."""
    return (context.paths.slots / name).is_symlink() or bool(_unit_files(context, name))


def remove(context: Context, name: str) -> None:
    """Leaves nothing of the instance; quick when there is nothing.

    The manager forgets units that are stopped by itself: to read all of them anew would take it longer than to start one.
    """
    remove_file(slots.probe_socket(context.paths, name))
    remove_file(context.paths.slots / name)
    for path in _unit_files(context, name):
        (remove_folder if path.is_dir() and not path.is_symlink() else remove_file)(path)


def _unit_files(context: Context, name: str) -> list[Path]:
    return [path for stem in (SERVICE, PROBE) for path in context.paths.runtime_units.glob(f"{stem}{name}.*")]


def _files(plan: Plan, name: str) -> dict[str, str]:
    """The path in the plan of each file of the instance, by where it goes."""
    found: dict[str, str] = {}
    for path in sorted(plan.files):
        place = path.removeprefix(UNITS)
        for stem in (SERVICE, PROBE):
            if path.startswith(f"{UNITS}{stem}.") or path.startswith(f"{UNITS}{stem}{name}."):
                found[place.replace("@.", f"@{name}.", 1)] = path
    return found


def _strange_drop_ins(context: Context, name: str) -> set[str]:
    """Installed drop-ins that would count for the instance too, as the folder of it that they are masked in."""
    folders = [context.paths.units / f"{SERVICE}{part}.service.d" for part in ("", name)]
    names = {entry for folder in folders if folder.is_dir() for entry in os.listdir(folder) if entry.endswith(".conf")}
    return {str(Path(f"{SERVICE}{name}.service.d") / entry) for entry in names}
