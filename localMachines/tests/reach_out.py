"""Run as root of a machine: tries to reach the computer that it runs on, and prints what came of each try.

    python3 - MAJOR:MINOR KIND:HANDLE < reach_out.py

The first names a block device of the computer, which is also at /root/left-device; the second a folder of
another machine. Where a try works it changes nothing: it opens, or writes what was there.
"""

import contextlib
import ctypes
import errno
import json
import os
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)
SYSTEM_CALLS = (
    {"init_module": 175, "swapon": 167} if os.uname().machine == "x86_64" else {"init_module": 105, "swapon": 224}
)
BIND, REMOUNT = 4096, 32


def checked(result: int) -> int:
    """The result of a call of the C library; an OSError when it failed."""
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def mount(source: str, target: Path, kind: str, flags: int = 0, options: str = "") -> None:
    """What the program mount does."""
    words = [word.encode() for word in (source, str(target), kind)]
    checked(libc.mount(*words, ctypes.c_ulong(flags), options.encode()))


def write_to(path: str) -> None:
    """Open a file for writing, its file system made writable first where that is allowed."""
    for top in ("/proc/sys", "/sys", "/sys/block", "/sys/dev", "/sys/devices"):
        with contextlib.suppress(OSError):
            mount("none", Path(top), "none", BIND | REMOUNT)
    os.close(os.open(path, os.O_WRONLY))


def read_device(path: Path) -> None:
    """Open a device node and read from it, on a file system that was made to allow it where that can be."""
    with contextlib.suppress(OSError):
        mount("none", Path("/"), "none", BIND | REMOUNT)
    with path.open("rb", buffering=0) as device:
        device.read(16)


def make_device(kind: int, number: int) -> None:
    """Make a device node and read from it."""
    path = Path(tempfile.mkdtemp(dir="/root")) / "device"
    os.mknod(path, kind | 0o600, number)
    read_device(path)


def mount_kind(kind: str, file: str = "", options: str = "") -> None:
    """Mount a file system of the kernel's, and open a file of it for writing when one is named."""
    place = Path(tempfile.mkdtemp(dir="/run"))
    mount(kind, place, kind, options=options)
    if file:
        os.close(os.open(place / file, os.O_WRONLY))


class Handle(ctypes.Structure):
    """What a file system calls a file."""

    _fields_ = (("size", ctypes.c_uint), ("kind", ctypes.c_int), ("text", ctypes.c_ubyte * 128))


def handle_of(path: Path) -> str:
    """The handle of a file of this computer, as the second word."""
    handle, number = Handle(size=128), ctypes.c_int()
    checked(libc.name_to_handle_at(-100, bytes(path), ctypes.byref(handle), ctypes.byref(number), 0))
    return f"{handle.kind}:{bytes(handle.text[: handle.size]).hex()}"


def open_handle(kind: int, text: bytes) -> None:
    """Open a folder by its handle: no path has to lead to it."""
    wanted = Handle(len(text), kind, (ctypes.c_ubyte * 128)(*text))
    top = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    os.listdir(checked(libc.open_by_handle_at(top, ctypes.byref(wanted), os.O_RDONLY)))


def tries(device: int, kind: int, handle: bytes) -> dict[str, Callable[[], object]]:
    """All tries by name."""
    call, event = libc.syscall, f"dev/block/{os.major(device)}:{os.minor(device)}/uevent"
    return {
        "make a node of a disk": lambda: make_device(stat.S_IFBLK, device),
        "make a node of the memory": lambda: make_device(stat.S_IFCHR, os.makedev(1, 1)),
        "read a node that was left": lambda: read_device(Path("/root/left-device")),
        "mount a disk": lambda: mount("/root/left-device", Path("/mnt"), "ext4"),
        "mount devtmpfs": lambda: mount_kind("devtmpfs"),
        "mount debugfs": lambda: mount_kind("debugfs"),
        "mount the old tree of control groups": lambda: mount_kind("cgroup", "memory.limit_in_bytes", "memory"),
        "write to /proc/sys": lambda: write_to("/proc/sys/kernel/core_pattern"),
        "write to /sys": lambda: write_to(f"/sys/{event}"),
        "write to a sysfs of its own": lambda: mount_kind("sysfs", event),
        "load a module": lambda: checked(call(SYSTEM_CALLS["init_module"], None, 0, b"")),
        "use a disk as memory": lambda: checked(call(SYSTEM_CALLS["swapon"], b"/root/left-device", 0)),
        "set the clock": lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
        "open the disk of another machine": lambda: open_handle(kind, handle),
    }


def outcome(act: Callable[[], object]) -> str:
    """What the kernel said: `done`, or the name of the error."""
    try:
        act()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"


if __name__ == "__main__":
    major, minor = map(int, sys.argv[1].split(":"))
    kind, text = sys.argv[2].split(":")
    acts = tries(os.makedev(major, minor), int(kind), bytes.fromhex(text))
    print(json.dumps({name: outcome(act) for name, act in acts.items()}))
