"""Tests of what holds root of a real machine off this computer."""

import json
import os
import subprocess
from pathlib import Path

from ..base.processes import child_of
from . import reach_out
from .machines import NETWORK, MachineTest

NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")
# What a kernel says that forbids it, and one that has no modules at all.
REFUSED = {"EACCES", "EPERM", "EROFS", "ENOSYS"}
# The hardest words of the units that Portico writes on a host.
SANDBOX = """User=daemon PrivateUsers=yes PrivateDevices=yes PrivateTmp=yes PrivateNetwork=yes ProtectSystem=strict
    ProtectHome=yes ProtectProc=invisible ProcSubset=pid ProtectKernelTunables=yes ProtectKernelModules=yes
    ProtectKernelLogs=yes ProtectControlGroups=yes ProtectClock=yes ProtectHostname=yes RestrictNamespaces=yes
    NoNewPrivileges=yes CapabilityBoundingSet= SystemCallFilter=@system-service MemoryMax=64M TasksMax=16
    SetCredential=key:word""".split()


class Walls(MachineTest):
    """Root of a machine is nobody on this computer."""

    def disk_of_this_computer(self) -> Path:
        """A block device of this computer."""
        backing = self.folder / "backing"
        backing.write_bytes(bytes(1 << 20))
        device = subprocess.check_output(["losetup", "--find", "--show", backing], text=True).strip()
        self.addCleanup(subprocess.run, ["losetup", "--detach", device], check=True)
        return Path(device)

    def test_root_reaches_nothing_of_this_computer(self) -> None:
        self.up()
        self.up("web-2")
        disk = self.disk_of_this_computer()
        number = disk.stat().st_rdev
        # One that root of the machine made before it had a user namespace.
        left = self.folder / "state/machines/web-1/root/root/left-device"
        os.mknod(left, disk.stat().st_mode, number)
        words = (
            f"{os.major(number)}:{os.minor(number)} {reach_out.handle_of(self.folder / 'state/machines/web-2/root')}"
        )
        answer = self.ssh(f"sudo python3 - {words}", text=Path(reach_out.__file__).read_text())
        outcomes = json.loads(answer)
        self.assertEqual(len(outcomes), 14)
        self.assertEqual({name: got for name, got in outcomes.items() if got not in REFUSED}, {})

    def test_shares_no_namespace_with_this_computer_or_another_machine(self) -> None:
        leaders = [child_of(self.up(name).process.pid) for name in ("web-1", "web-2")]
        for kind in NAMESPACES:
            seen = {os.readlink(f"/proc/{pid}/ns/{kind}") for pid in ("self", *leaders)}
            self.assertEqual((kind, len(seen)), (kind, 3))
        users = {Path(f"/proc/{leader}/uid_map").read_text().split()[1] for leader in leaders}
        self.assertEqual(len(users - {"0"}), 2)

    def test_sandboxed_units_start(self) -> None:
        self.up()
        words = " ".join(f"--property={word}" for word in SANDBOX)
        answer = self.ssh(
            f"sudo systemd-run --quiet --pipe --wait {words} sh -c 'id -un; cat $CREDENTIALS_DIRECTORY/key'"
        )
        self.assertEqual(answer, "daemon\nword")

    def test_files_get_its_owners_once_where_the_file_system_cannot_show_them_so(self) -> None:
        layers = self.folder / "layers"
        for name in ("lower", "upper", "work"):
            (layers / name).mkdir(parents=True)
        folder = self.folder / "state/machines/web-1"
        folder.mkdir(parents=True)
        # An overlay is such a file system.
        options = f"lowerdir={layers}/lower,upperdir={layers}/upper,workdir={layers}/work"
        subprocess.run(["mount", "-t", "overlay", "-o", options, "overlay", folder], check=True)
        self.up()
        self.ssh("echo kept > kept; sudo touch /root/kept")
        root = folder / "root"
        base = root.stat().st_uid
        self.assertGreater(base, 65535)
        self.up(address=f"{NETWORK}.13")
        found = self.ssh("cat kept; sudo stat --format=%U /root/kept /home/admin/kept", f"{NETWORK}.13")
        self.assertEqual(found, "kept\nroot\nadmin")
        self.assertEqual((root / "home/admin/.ssh/authorized_keys").stat().st_uid, base + 1000)
