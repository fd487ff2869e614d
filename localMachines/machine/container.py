"""The command line with which systemd-nspawn runs a machine."""

import os
import shutil
from pathlib import Path

from ..base.faults import Fault
from ..base.folders import remove_tree
from ..base.specs import MachineSpec
from ..network.links import remove_link
from .disk import first_user

# The machine gets the unified tree of control groups, also where this computer has the old ones.
ENVIRONMENT = {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
RUN = Path("/run/systemd/nspawn")
# No device node on the disk can be opened. Root of a machine can make none, but its disk may be older than that.
WITHOUT_DEVICES = 'mount --bind -o nodev -- "$0" "$0" && exec "$@"'


def nspawn_arguments(spec: MachineSpec, identifier: str) -> list[str]:
    """The command that runs the machine in the foreground until it is off."""
    program = shutil.which("systemd-nspawn")
    if program is None:
        raise Fault(
            "systemd-nspawn", "no such program", "systemd-nspawn on PATH", "install the package systemd-container"
        )
    root = spec.folder / "root"
    return [
        *("unshare", "--mount", "--propagation=slave", "sh", "-c", WITHOUT_DEVICES, str(root)),
        program,
        "--quiet",
        "--boot",
        # Root of the machine is nobody here. Its disk is shown to it with its own numbers; where the file system
        # cannot do that, the files get new owners, once.
        "--private-users=pick",
        f"--private-users-ownership={'chown' if first_user(root) else 'auto'}",
        "--register=no",
        "--keep-unit",  # whoever starts it has made its control group
        f"--directory={root}",
        f"--machine={identifier}",
        f"--hostname={spec.name}",
        f"--network-bridge={spec.bridge}",
        "--resolv-conf=off",
        "--timezone=off",
        "--link-journal=no",
    ]


def interface_of(identifier: str) -> str:
    """This computer's end of the machine's cable, as systemd-nspawn names it."""
    return f"vb-{identifier}"


def choose_cpus(spec: MachineSpec, available: set[int] | None = None) -> set[int]:
    """The processors of the machine: as many as requested, neighbours in address on different ones."""
    numbers = sorted(os.sched_getaffinity(0) if available is None else available)
    if spec.cpus > len(numbers):
        raise Fault(
            f"{spec.sizeSetting}.cpus",
            spec.cpus,
            f"1 to {len(numbers)}, which is what this computer has",
            f"lower it, as in `pulumi config set --path {spec.sizeSetting}.cpus {len(numbers)}`",
        )
    first = int(spec.address.rpartition(".")[2]) * spec.cpus
    return {numbers[(first + step) % len(numbers)] for step in range(spec.cpus)}


def console_tail(folder: Path, lines: int = 25) -> str:
    """The last lines that the machine wrote on its console."""
    try:
        text = (folder / "console.log").read_text(errors="replace")
    except OSError:
        return "(no console log)"
    return "\n".join(text.splitlines()[-lines:])


def remove_leftovers(folder: Path, identifier: str) -> None:
    """Remove what systemd-nspawn leaves outside the root folder when it is killed."""
    (folder / ".#root.lck").unlink(missing_ok=True)
    if (root := folder / "root").is_dir():
        status = root.stat()
        (RUN / "locks" / f"inode-{status.st_dev}:{status.st_ino}").unlink(missing_ok=True)
    for name in ("propagate", "unix-export"):
        remove_tree(RUN / name / identifier)
    remove_link(interface_of(identifier))
