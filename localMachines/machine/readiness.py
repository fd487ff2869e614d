"""When a machine may be called ready: its SSH server answers and lets users in."""

import socket
import time
from pathlib import Path

from ..base.faults import Fault
from ..base.processes import Process, child_of, is_alive
from ..base.specs import MachineSpec
from .container import console_tail

BOOT_SECONDS = 60
# cloud-init makes users and keys before the SSH server starts.
CLOUD_BOOT_SECONDS = 180
# What systemd of a machine says, and the setting of this computer that it ran out of.
OUT_OF_INOTIFY = "inotify object: Too many open files"
INOTIFY = "fs.inotify.max_user_instances"


def wait_ready(spec: MachineSpec, process: Process) -> None:
    """Wait until the machine takes SSH logins; a Fault with the end of its console when it takes too long."""
    seconds = CLOUD_BOOT_SECONDS if spec.userData else BOOT_SECONDS
    limit = time.monotonic() + seconds
    # In this order: a server refuses a client for a while that often connects without a login.
    while not (_admits_users(process) and _sends_banner(spec.address)):
        if not is_alive(process):
            raise _fault(spec, "an end while it booted")
        if time.monotonic() > limit:
            raise _fault(spec, f"no SSH server at {spec.address} port 22 within {seconds} s")
        time.sleep(0.05)


def _sends_banner(address: str) -> bool:
    try:
        with socket.create_connection((address, 22), timeout=1) as connection:
            return connection.recv(8).startswith(b"SSH-2.0-")
    except OSError:
        return False


def _admits_users(process: Process) -> bool:
    """While /run/nologin is there, SSH refuses everyone but root, and counts it against the caller."""
    leader = child_of(process.pid)
    return leader is not None and not Path(f"/proc/{leader}/root/run/nologin").exists()


def _fault(spec: MachineSpec, got: str) -> Fault:
    console = console_tail(spec.folder)
    remedy = "see the end of its console below, then run again"
    if OUT_OF_INOTIFY in console:
        # All machines of a computer share the number that its kernel allows root.
        remedy = f"allow more inotify instances (`sysctl -w {INOTIFY}=1024`), then run again"
    return Fault(f"machine {spec.name}", got, "a machine that takes SSH logins", remedy, console)
