"""Processes that outlive the call that started them, distinguished from later ones of the same number."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Process:
    """A process: its number, its start in clock ticks, and the boot of this computer it belongs to."""

    pid: int
    start_time: int
    boot_id: str


def identify(pid: int) -> Process | None:
    """What distinguishes the process with this number, or None when there is none."""
    start_time = _start_time(pid)
    return None if start_time is None else Process(pid, start_time, BOOT_ID.read_text().strip())


def is_alive(process: Process | None) -> bool:
    """True when this very process runs, not another one that got its number."""
    return process is not None and identify(process.pid) == process


def child_of(pid: int) -> int | None:
    """The first child of a process: of systemd-nspawn, the machine's process 1."""
    return next(iter(children_of(pid)), None)


def children_of(pid: int) -> list[int]:
    """All children of a process."""
    running = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [each for each in running if (fields := _stat(each)) and int(fields[1]) == pid]


def send(process: Process, number: signal.Signals) -> None:
    """Signal this very process; one that is gone is fine."""
    if is_alive(process):
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            pass


def wait_gone(process: Process, seconds: float) -> bool:
    """Wait until the process is gone; False when it is still there after `seconds`."""
    limit = time.monotonic() + seconds
    while is_alive(process):
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def _start_time(pid: int) -> int | None:
    fields = _stat(pid)
    return None if fields is None or fields[0] in ("Z", "X") else int(fields[19])


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat from the state on; the name before them may hold anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
