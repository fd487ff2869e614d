"""The metrics that the host takes of itself."""

import os
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..base.context import Context
from ..base.contract import METRICS
from ..base.errors import as_host_error
from ..base.processes import run
from ..state.record import Record

DAY = 86400
MEMORY = Path("/proc/meminfo")


@dataclass(frozen=True)
class Metric:
    """One value under a name that CloudWatch gives it."""

    name: str
    unit: str
    value: float


def collect(context: Context, credentials: Path) -> list[Metric]:
    """All values that can be had; one that cannot is reported and left out, as its absence must not hide the others."""
    sources: dict[str, tuple[str, Callable[[], float]]] = {
        METRICS["heartbeat"]: ("Count", lambda: 1),
        METRICS["disk"]: ("Percent", lambda: disk_percent(context.paths.root)),
        METRICS["memory"]: ("Percent", lambda: memory_percent(MEMORY.read_text())),
        METRICS["releaseFailed"]: ("Count", lambda: int(Record.load_from(credentials / "record.json").ended_badly())),
        METRICS["certificateDays"]: ("None", lambda: certificate_days(credentials / "server.crt", time.time())),
    }
    found = []
    for name, (unit, read) in sources.items():
        try:
            found.append(Metric(name, unit, read()))
        except Exception as error:
            context.step(f"{name} cannot be measured: {as_host_error(error).message}")
    return found


def disk_percent(folder: Path) -> float:
    """As `df` shows it, for blocks or inodes, whichever is nearer to its end: without either no file is made."""
    facts = os.statvfs(folder)
    blocks = _percent(facts.f_blocks - facts.f_bfree, facts.f_bavail)
    return max(blocks, _percent(facts.f_files - facts.f_ffree, facts.f_favail))


def memory_percent(text: str) -> float:
    """What programs hold; the kernel gives the rest away on demand."""
    sizes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in text.splitlines())}
    return _percent(sizes["MemTotal"] - sizes["MemAvailable"], sizes["MemAvailable"])


def certificate_days(path: Path, now: float) -> float:
    """Negative when it has expired."""
    answer = run(["openssl", "x509", "-noout", "-enddate", "-in", str(path)]).stdout
    return (ssl.cert_time_to_seconds(answer.strip().removeprefix("notAfter=")) - now) / DAY


def _percent(used: int, free: int) -> float:
    return 100 * used / (used + free) if used + free else 0
