"""Facts about this host, compared with those that the bundle was rendered for."""

import platform
import re
import shutil
import ssl
from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path

from ..base.context import Context
from ..base.contract import PATHS
from ..base.errors import HostError, fault
from ..base.processes import run
from ..bundle.description import Description

FREE_BYTES = 200 * 1024 * 1024
# What a release writes to; each may lie on a disk of its own.
WRITTEN = ("/", PATHS["configuration"], PATHS["application"], PATHS["state"], PATHS["data"])


def check(context: Context, description: Description) -> None:
    """Raises `HostError` with every difference at once: a file for another version may silently mean less."""
    found = read_facts()
    faults = [
        fault(f"platform.{key}", found.get(key, "unknown"), str(wanted), "set the platform to what the hosts run")
        for key, wanted in sorted(description.platform.items())
        if found.get(key) != str(wanted)
    ]
    missing = missing_packages(description.packages)
    if missing:
        remedy = f"apt-get install {' '.join(missing)}"
        faults.append(fault("packages", f"no {', '.join(missing)}", "all of the role's packages", remedy))
    room = missing_room(context)
    if room is not None:
        faults.append(fault("disk", room, f"{FREE_BYTES >> 20} MB or more", "free some space"))
    if faults:
        raise HostError(faults[0], faults[1:])


def read_facts() -> dict[str, str]:
    """What runs here, in the form of the bundle's platform; a program that is missing has no entry."""
    release = platform.freedesktop_os_release()
    return {
        "id": f"{release.get('ID', '')}-{release.get('VERSION_ID', '')}",
        "python": ".".join(platform.python_version_tuple()[:2]),
        "openssl": ".".join(str(part) for part in ssl.OPENSSL_VERSION_INFO[:2]),
        "nginx": _version(["nginx", "-v"], r"nginx/(\d+\.\d+)"),
        "systemd": _version(["systemctl", "--version"], r"^systemd (\d+)"),
    }


def missing_room(context: Context) -> str | None:
    """What is free on the fullest of the disks that a release writes to; None when that is enough."""
    free = ((path, shutil.disk_usage(_existing(context.paths.live(path))).free) for path in WRITTEN)
    path, least = min(free, key=itemgetter(1))
    if least >= FREE_BYTES:
        return None
    return f"{least >> 20} MB free" + ("" if path == "/" else f" below {path}")


def _existing(place: Path) -> Path:
    """The folder, or where it will be made."""
    return place if place.exists() else _existing(place.parent)


def missing_packages(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    query = ["dpkg-query", "--show", "--showformat", "${db:Status-Abbrev}${Package}\n", *names]
    lines = run(query, check=False).stdout.splitlines()
    installed = {line[3:] for line in lines if line.startswith("ii")}
    return sorted(set(names) - installed)


def _version(command: list[str], pattern: str) -> str:
    try:
        done = run(command, check=False)
    except HostError:
        return "not installed"
    found = re.search(pattern, done.stdout + done.stderr, re.MULTILINE)
    return found[1] if found else "unknown"
