"""Whether packages ask for a reboot, and whether one is being installed just now."""

import fcntl
import time
from typing import IO

from ..base.errors import HostError, fault
from ..base.paths import Paths

# Written by packages, on Debian by unattended-upgrades for a new kernel.
ASKED = "/run/reboot-required"
PACKAGES = "/run/reboot-required.pkgs"
PACKAGE_LOCK = "/var/lib/dpkg/lock-frontend"
# An update of many packages takes minutes.
PACKAGE_SECONDS = 300
PAUSE_SECONDS = 0.5


def asked_by(paths: Paths) -> str | None:
    """The packages that ask for a reboot; None where none does."""
    if not paths.live(ASKED).exists():
        return None
    try:
        names = paths.live(PACKAGES).read_text().split()
    except OSError:
        names = []
    return ", ".join(dict.fromkeys(names)) or "a package"


def hold_packages(paths: Paths) -> IO[bytes]:
    """Takes dpkg's lock, so that no package is left half installed. Raises `HostError` while somebody else has it for long."""
    limit = time.monotonic() + PACKAGE_SECONDS
    place = paths.live(PACKAGE_LOCK)
    place.parent.mkdir(parents=True, exist_ok=True)
    file = place.open("ab")
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except OSError:
            if time.monotonic() >= limit:
                file.close()
                got, allowed = "packages that are being installed", f"the end of it within {PACKAGE_SECONDS} s"
                raise HostError(fault("reboot", got, allowed, "wait for it, then again")) from None
        time.sleep(PAUSE_SECONDS)
