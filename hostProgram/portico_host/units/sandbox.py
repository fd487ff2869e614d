"""The sandbox of what reads a release while it is prepared, its installer and its compiler: never root, and no network."""

import os
import pwd
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..base.context import Context
from ..base.contract import PATHS
from ..base.errors import HostError, fault
from ..base.processes import run
from . import evidence, systemd

UNIT = "portico-install.service"
OPEN = 0o755
SECONDS = 300
# systemd ends it first and says more about it: its limit, ten seconds to end by itself, and some to report it.
MARGIN_SECONDS = 15
# As the slot's unit has them (man 5 systemd.exec), less what a server needs: no credentials, no network.
PROPERTIES = (
    "Type=oneshot",
    f"TimeoutStartSec={SECONDS}",
    "TimeoutStopSec=10",
    # Requests come first, and the memory of what serves.
    "Nice=10",
    "MemoryMax=50%",
    "TasksMax=512",
    "Environment=LC_ALL=C.UTF-8",
    "ProtectSystem=strict",
    "ReadOnlyPaths=/run",
    *(
        f"TemporaryFileSystem={place}:size=64M,mode=1777,nosuid,nodev,noexec"
        for place in ("/tmp", "/var/tmp", "/dev/shm")
    ),
    f"InaccessiblePaths=-{PATHS['configuration']} -{PATHS['application']}/revisions -{PATHS['state']} -{PATHS['runtime']} "
    f"-{PATHS['data']}",
    "ProtectHome=yes",
    "PrivateDevices=yes",
    "DevicePolicy=closed",
    "PrivateIPC=yes",
    "PrivateMounts=yes",
    "PrivateNetwork=yes",
    "ProtectProc=invisible",
    "ProcSubset=pid",
    "UMask=0022",
    "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelLogs=yes",
    "ProtectControlGroups=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "PrivateUsers=yes",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "RestrictAddressFamilies=AF_UNIX",
    "KeyringMode=private",
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources @aio memfd_create process_vm_readv process_vm_writev",
    "SystemCallErrorNumber=EPERM",
)


@dataclass(frozen=True)
class Sandbox:
    """`user` is that of the application: what of a release would run here runs later with no less."""

    context: Context
    user: str

    def run(self, command: Sequence[str], folder: Path, *properties: str) -> None:
        """Lets `command` make files in `folder`, whose folders are the user's meanwhile. All in it is root's afterwards.

        Raises `HostError` with the log when it fails or does not end in its time.
        """
        self.end()
        give(folder, pwd.getpwnam(self.user))
        try:
            self.start(command, folder, *properties)
        finally:
            self.end()
            take_back(folder)

    def start(self, command: Sequence[str], folder: Path, *properties: str) -> None:
        wanted = (*PROPERTIES, f"User={self.user}", f"Group={self.user}", f"ReadWritePaths={folder}", *properties)
        unit = ["systemd-run", "--quiet", f"--unit={UNIT}", *(f"--property={each}" for each in wanted)]
        done = run([*unit, "--", *command], seconds=SECONDS + MARGIN_SECONDS, check=False)
        if done.returncode != 0:
            message = fault(UNIT, evidence.outcome(UNIT), "exit code 0", "see its log below")
            raise HostError(message, [*done.stderr.splitlines()[-1:], *evidence.of_unit(self.context, UNIT)])

    def end(self) -> None:
        """Also what a killed call left. Nothing of it can write any more."""
        if systemd.states(UNIT)[UNIT] != "inactive":
            systemd.kill(UNIT)
            systemd.stop(UNIT)


def give(folder: Path, account: pwd.struct_passwd) -> None:
    """Files and links that are there stay root's."""
    if folder.is_symlink():
        raise _refused(folder)
    for place, _, _ in os.walk(folder):
        os.chown(place, account.pw_uid, account.pw_gid)


def take_back(folder: Path) -> None:
    """Everything root's, for nobody else to write. Quick where it is so.

    No installer makes a link; one of the user's would lead root elsewhere.
    """
    root = (os.geteuid(), os.getegid())
    for place, folders, names in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in (*folders, *names))):
            facts = os.lstat(path)
            if (facts.st_uid, facts.st_gid) != root:
                if not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):
                    raise _refused(path)
                os.lchown(path, *root)
            if not stat.S_ISLNK(facts.st_mode) and facts.st_mode & ~OPEN & 0o7777:
                os.chmod(path, facts.st_mode & OPEN)


def _refused(path: object) -> HostError:
    return HostError(fault(str(path), "a link, a pipe, a socket or a device", "files and folders", "see who made it"))
