"""What a stack left on this computer, found without its state: by what runs here, and by what lies in its folder."""

from dataclasses import dataclass
from pathlib import Path

from ..base import records
from ..base.folders import remove_tree
from ..base.processes import Process, identify
from ..base.progress import Progress
from ..network.links import INTERFACES, link_alias, link_exists, remove_link
from ..network.network import RECORD, alias_of
from .container import interface_of, remove_leftovers
from .machine import identifier_of, machine_remove
from .runners import runner_for

# The names that a stack of target local gives its machines.
NAMES = ("balancer", *(f"web-{number}" for number in range(1, 9)))


@dataclass(frozen=True)
class Orphan:
    """A machine below the folder of a stack: one that runs, or one of which only the folder is there."""

    name: str
    folder: Path
    identifier: str
    process: Process | None


def find_orphans(owner: Path) -> list[Orphan]:
    """The machines of the stack whose folder `owner` is or was, by name; those of other stacks are never among them."""
    below = owner / "machines"
    found = {orphan.folder: orphan for orphan in _running() if orphan.folder.parent == below}
    for folder in (below / name for name in NAMES):
        # Its systemd-nspawn may have been killed and the machine itself not.
        if folder not in found and link_exists(interface_of(identifier_of(folder))):
            found[folder] = Orphan(folder.name, folder, identifier_of(folder), None)
    for folder in records.machine_folders(below):
        record = records.load(folder)
        identifier = record.identifier if record else identifier_of(folder)
        found.setdefault(folder, Orphan(folder.name, folder, identifier, None))
    return sorted(found.values(), key=lambda orphan: orphan.name)


def find_bridges(owner: Path) -> list[str]:
    """The bridges that are marked as this stack's."""
    return sorted(path.name for path in INTERFACES.iterdir() if link_alias(path.name) == alias_of(owner))


def remove_orphans(owner: Path, progress: Progress) -> list[str]:
    """Ends the machines, removes their disks, interfaces and control groups, and the bridge with its addresses."""
    removed = []
    for orphan in find_orphans(owner):
        runner_for(orphan.identifier).clear()
        remove_leftovers(orphan.folder, orphan.identifier)
        machine_remove(orphan.folder, Progress(f"machine {orphan.name}"))
        removed.append(orphan.name)
    for bridge in find_bridges(owner):
        remove_link(bridge)
        progress.say(f"{bridge} is gone")
        removed.append(bridge)
    remove_tree(owner / RECORD)
    return removed


def _running() -> list[Orphan]:
    """Every machine that systemd-nspawn runs here for a stack of this project."""
    found = []
    for entry in Path("/proc").iterdir():
        orphan = _read(int(entry.name)) if entry.name.isdigit() else None
        if orphan is not None:
            found.append(orphan)
    return found


def _read(pid: int) -> Orphan | None:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except (OSError, ValueError):
        return None
    if Path(words[0]).name != "systemd-nspawn":
        return None
    values = dict(word.removeprefix("--").split("=", 1) for word in words if word.startswith("--") and "=" in word)
    root, identifier = Path(values.get("directory", "")), values.get("machine", "")
    process = identify(pid)
    if process is None or root.name != "root" or not identifier:
        return None
    return Orphan(root.parent.name, root.parent, identifier, process)
