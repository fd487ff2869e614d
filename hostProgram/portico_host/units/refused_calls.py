"""System calls that ended a process (SIGSYS), as the kernel logs them."""

import re

from ..base.processes import run

LOG_SECONDS = 15
# SECCOMP is what journald makes of type=1326; machines in a name space have no kernel log.
RECORD = re.compile(r"(?:SECCOMP|type=1326)\b.* comm=(\S+).* sig=31 arch=([0-9a-f]+) syscall=(\d+)")
COMMAND = "journalctl _TRANSPORT=audit + _TRANSPORT=kernel | grep sig=31"


def describe(began: float) -> str:
    """One sentence for the report: which call of which program it was, or where that is found."""
    query = [
        "--output=cat",
        "--no-pager",
        "--quiet",
        f"--since=@{began:.3f}",
        "_TRANSPORT=audit",
        "+",
        "_TRANSPORT=kernel",
    ]
    log = run(["journalctl", *query], seconds=LOG_SECONDS, check=False).stdout
    calls = sorted(
        {f"{name(int(number), int(arch, 16))} of {program}" for program, arch, number in RECORD.findall(log)}
    )
    if calls:
        return f"SIGSYS: a system call that the kernel ends processes for: {', '.join(calls)}"
    return (
        "SIGSYS: a system call that the kernel ends processes for, as those of programs for other processors; "
        f"where the kernel logs its number: {COMMAND}, then scmp_sys_resolver NUMBER"
    )


def name(number: int, arch: int) -> str:
    """Its name by the library that systemd filters calls with; the number where that is not known."""
    # Only here: nearly no call of this program has to say it.
    import ctypes

    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return f"call {number}"
    resolve = library.seccomp_syscall_resolve_num_arch
    resolve.restype, resolve.argtypes = ctypes.c_void_p, [ctypes.c_uint32, ctypes.c_int]
    found = resolve(arch, number)
    return ctypes.string_at(found).decode() if found else f"call {number}"
