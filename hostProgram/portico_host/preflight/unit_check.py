"""systemd checks the units of a state before these are in place."""

from pathlib import Path

from ..base.context import Context
from ..base.durable import make_folder
from ..base.errors import HostError, fault
from ..base.paths import Paths
from ..base.processes import tail
from ..state.plan import Plan
from ..system.isolation import empty_folder, run_isolated
from ..units import processes, slots
from ..units.instance import UNITS

MIGRATION = slots.service(slots.MIGRATION)
# The version of systemd from which `verify` may pass over faults in units that are not ours.
RECURSIVE_ERRORS_SINCE = 250
SUFFIXES = (".service", ".socket", ".timer", ".path", ".target", ".slice", ".mount")


def check_units(context: Context, plan: Plan) -> None:
    """`HostError` for any complaint about a staged unit: an unknown key is only a warning, and silently weakens."""
    names = [name for file in plan.units() for name in _instances(Path(file.path).name)]
    names += [MIGRATION] if any(file.path.startswith(f"{UNITS}{MIGRATION}.d/") for file in plan.files.values()) else []
    if not names:
        return
    folder = Paths(plan.tree).units
    command = ["env", f"SYSTEMD_UNIT_PATH={folder}:", "systemd-analyze", "verify", "--man=no"]
    if int(plan.description.platform["systemd"]) >= RECURSIVE_ERRORS_SINCE:
        command.append("--recursive-errors=no")
    preparation = [*_slots_in_place(context, plan), *_program_in_place(context)]
    done = run_isolated(preparation, [*command, *(str(folder / name) for name in names)])
    complaints = _about(done.stdout + done.stderr, plan)
    if complaints or done.returncode != 0:
        got = f"exit code {done.returncode}, {len(complaints)} complaints"
        message = fault("systemd-analyze verify", got, "units without complaints", "mend what it names")
        raise HostError(message, complaints or tail(done.stderr))


def _instances(name: str) -> list[str]:
    """A template is checked as the units that are made of it."""
    if not name.endswith(SUFFIXES):
        return []
    if "@." not in name:
        return [name]
    if name.startswith(processes.START):
        return [name.replace("@.", "@1.")]
    return [name.replace("@.", f"@{slot}.") for slot in (*slots.SLOTS, slots.REHEARSAL)]


def _slots_in_place(context: Context, plan: Plan) -> list[list[str]]:
    """All slots lead to the revision, so that the programs that the units name are there."""
    if plan.revision is None:
        return []
    place = context.paths.slots
    make_folder(place)
    target = f"../revisions/{plan.revision}"
    return [
        list(empty_folder(str(place))),
        *(["ln", "-s", target, f"{place}/{slot}"] for slot in (*slots.SLOTS, slots.REHEARSAL, slots.MIGRATION)),
    ]


def _program_in_place(context: Context) -> list[list[str]]:
    """The first activation installs what the lease's unit runs."""
    command = context.paths.command
    return (
        [] if command.exists() else [list(empty_folder(str(command.parent))), ["ln", "-s", "/bin/true", str(command)]]
    )


def _about(output: str, plan: Plan) -> list[str]:
    """The lines about staged files, each once; others are about units of the image that these refer to."""
    known = {Path(file.path).name.split("@.")[0] for file in plan.units()} | {str(plan.tree)}
    return list(dict.fromkeys(line for line in tail(output) if any(name in line for name in known)))
