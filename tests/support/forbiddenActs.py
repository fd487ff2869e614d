"""Tries, in a worker of the application, what its sandbox forbids, and answers what came of each act."""

import ctypes
import errno
import json
import os
import socket
import subprocess
import uuid

CALLS = (
    "acct", "add_key", "bpf", "chroot", "clock_settime", "delete_module", "fanotify_init", "fsopen", "init_module", "io_setup",
    "io_uring_setup", "ioprio_set", "kexec_load", "keyctl", "mbind", "mount", "move_pages", "open_by_handle_at", "open_tree", "perf_event_open",
    "pidfd_getfd", "pivot_root", "process_vm_readv", "process_vm_writev", "ptrace", "quotactl", "reboot", "request_key",
    "sched_setaffinity", "set_mempolicy", "sethostname", "setns", "setresuid", "setuid", "swapon", "syslog", "umount2",
    "userfaultfd", "vhangup",
)  # fmt: skip
NEW_NAMESPACES = {"user": 0x10000000, "process": 0x20000000, "network": 0x40000000, "mount": 0x00020000}
FAMILIES = {"netlink": 16, "packet": 17, "alg": 38, "vsock": 40}
WRITABLE = ("/tmp", "/var/tmp", "/dev/shm", os.environ["RUNTIME_DIRECTORY"])
READ_ONLY = (
    "/run",
    "/run/lock",
    "/run/portico",
    "/etc",
    "/opt/portico",
    "/var/lib",
    "/var/log",
    "/usr/local/bin",
    "/home",
    "/root",
)
HIDDEN = (
    "/etc/shadow",
    "/etc/portico/tls/server.key",
    "/proc/1/environ",
    "/proc/kcore",
    "/home",
    "/root",
    "/proc/meminfo",
)

libc = ctypes.CDLL(None, use_errno=True)
resolve = ctypes.CDLL("libseccomp.so.2").seccomp_syscall_resolve_name


def call(name: str, *arguments: int) -> None:
    number = resolve(name.encode())
    assert number >= 0, name
    if libc.syscall(ctypes.c_long(number), *(ctypes.c_long(value) for value in (*arguments, 0, 0, 0, 0, 0)[:6])) == -1:
        raise OSError(ctypes.get_errno(), name)


def run_from(folder: str) -> None:
    program = f"{folder}/{uuid.uuid4().hex}"
    with open(program, "w") as file:
        file.write("#!/bin/sh\n")
    os.chmod(program, 0o700)
    try:
        subprocess.run([program], check=True)
    finally:
        os.unlink(program)


def write_to(folder: str) -> None:
    with open(f"{folder}/{uuid.uuid4().hex}", "w"):
        pass


def read(path: str) -> None:
    if os.path.isdir(path):
        os.listdir(path)
    else:
        with open(path, "rb") as file:
            file.read(1)


def metadata() -> None:
    socket.create_connection(("169.254.169.254", 80), 1).close()


def set_user() -> None:
    with open("/tmp/setuid", "w"):
        os.chmod("/tmp/setuid", 0o4755)


def acts():  # type: ignore[no-untyped-def]
    for name in CALLS:
        yield f"call {name}", lambda name=name: call(name)
    for name, flag in NEW_NAMESPACES.items():
        yield f"new {name} namespace", lambda flag=flag: call("unshare", flag)
    for name, family in FAMILIES.items():
        yield (
            f"socket {name}",
            lambda family=family: socket.socket(
                family, socket.SOCK_SEQPACKET if family == 38 else socket.SOCK_RAW
            ).close(),
        )
    yield "socket raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close()
    yield "memory to write and run", lambda: __import__("mmap").mmap(-1, 4096, prot=7)
    yield "personality", lambda: call("personality", 0x0040000)
    yield "real-time priority", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    yield "file with the rights of its owner", set_user
    yield "metadata service", metadata
    for folder in WRITABLE:
        yield f"run from {folder}", lambda folder=folder: run_from(folder)
    for folder in READ_ONLY:
        yield f"write to {folder}", lambda folder=folder: write_to(folder)
    for path in HIDDEN:
        yield f"read {path}", lambda path=path: read(path)


def result(act) -> str:  # type: ignore[no-untyped-def]
    try:
        act()
    except TimeoutError:
        return "no answer"
    except OSError as error:
        return errno.errorcode[error.errno]
    return "allowed"


def view() -> str:
    return json.dumps({name: result(act) for name, act in acts()})


def fill() -> str:
    """How much fits into each place that can be written, in MiB, which is emptied again."""
    sizes = {}
    for folder in WRITABLE:
        place = f"{folder}/{uuid.uuid4().hex}"
        try:
            with open(place, "wb", buffering=0) as file:
                while True:
                    file.write(bytes(1 << 20))
        except OSError as error:
            sizes[folder] = [os.path.getsize(place) >> 20, errno.errorcode[error.errno]]
        os.unlink(place)
    return json.dumps(sizes)
