"""The machine's disk: a root folder made from the image, with its identity written before it boots."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..base.faults import Fault
from ..base.folders import remove_tree
from ..base.specs import MachineSpec

# A machine has this many users; the numbers that it gets here start at a multiple of it.
USERS = 65536
ROOT_USER = 0
LOGIN_USER = 1000
HOST_KEY_FILES = {
    "ssh-ed25519": "ssh_host_ed25519_key",
    "ssh-rsa": "ssh_host_rsa_key",
    "ecdsa-sha2-nistp256": "ssh_host_ecdsa_key",
    "ecdsa-sha2-nistp384": "ssh_host_ecdsa_key",
    "ecdsa-sha2-nistp521": "ssh_host_ecdsa_key",
}


@dataclass(frozen=True)
class DiskFile:
    """A file below the machine's root folder."""

    path: str
    text: str
    mode: int = 0o644
    owner: int = ROOT_USER


def make_root(folder: Path, image: Path, user: str, lock: int) -> None:
    """Make `folder`/root from the image, with the login user if one is named; a half-made one is replaced.

    `lock` is handed to tar, so that the tar of a killed call is waited for.
    """
    partial, root = folder / "root.partial", folder / "root"
    remove_tree(partial)
    remove_tree(root)
    partial.mkdir(mode=0o755)
    # Files of /dev are made by systemd-nspawn; making device nodes is not allowed everywhere.
    _run(
        [
            "tar",
            "--extract",
            "--file",
            str(image),
            "--directory",
            str(partial),
            "--numeric-owner",
            "--same-permissions",
            "--xattrs",
            "--xattrs-include=*",
            "--exclude=./dev/*",
        ],
        lock,
    )
    if user:
        _run(
            [
                "chroot",
                str(partial),
                "useradd",
                "--create-home",
                "--shell",
                "/bin/bash",
                "--user-group",
                "--uid",
                str(LOGIN_USER),
                user,
            ],
            lock,
        )
        write_inside(partial, DiskFile("/etc/sudoers.d/90-portico", f"{user} ALL=(ALL:ALL) NOPASSWD: ALL\n", 0o440))
    machine_id = Path("/proc/sys/kernel/random/uuid").read_text().replace("-", "")
    write_inside(partial, DiskFile("/etc/machine-id", machine_id, 0o444))
    partial.rename(root)


def personalise(root: Path, spec: MachineSpec) -> None:
    """Write the files that name the machine: host name, address, and its keys or its user data."""
    for file in personal_files(spec):
        write_inside(root, file)


def personal_files(spec: MachineSpec) -> list[DiskFile]:
    """The files that `personalise` writes."""
    return [*_network_files(spec), *(_seed_files(spec) if spec.userData else _key_files(spec))]


def _network_files(spec: MachineSpec) -> list[DiskFile]:
    network = (
        "[Match]\nName=host0\nVirtualization=container\n\n"
        f"[Network]\nAddress={spec.address}/{spec.prefixLength}\nGateway={spec.gateway}\n"
        "DHCP=no\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n"
    )
    return [
        DiskFile("/etc/hostname", f"{spec.name}\n"),
        DiskFile("/etc/hosts", f"127.0.0.1 localhost\n127.0.1.1 {spec.name}\n::1 localhost ip6-localhost\n"),
        # Sorts before systemd's 80-container-host0.network, which would request an address by DHCP.
        DiskFile("/etc/systemd/network/10-host0.network", network),
    ]


def _key_files(spec: MachineSpec) -> list[DiskFile]:
    kind = spec.hostPublicKey.split()[0]
    if kind not in HOST_KEY_FILES:
        raise Fault(
            "hostPublicKey", f"a key of kind {kind}", ", ".join(HOST_KEY_FILES), "make the host key of another kind"
        )
    key = f"/etc/ssh/{HOST_KEY_FILES[kind]}"
    home = f"/home/{spec.user}"
    return [
        DiskFile(key, f"{spec.hostPrivateKey.strip()}\n", 0o600),
        DiskFile(f"{key}.pub", f"{spec.hostPublicKey.strip()}\n"),
        DiskFile(f"{home}/.ssh/authorized_keys", f"{spec.authorizedKey.strip()}\n", 0o600, LOGIN_USER),
    ]


def _seed_files(spec: MachineSpec) -> list[DiskFile]:
    """What cloud-init takes for the cloud it runs in. It leaves the network alone: there is no metadata service."""
    seed = "/var/lib/cloud/seed/nocloud"
    meta_data = {"instance-id": spec.incarnation, "local-hostname": spec.name}
    return [
        DiskFile("/etc/cloud/cloud.cfg.d/95-portico.cfg", "network: {config: disabled}\n"),
        DiskFile(f"{seed}/meta-data", f"{json.dumps(meta_data)}\n"),
        DiskFile(f"{seed}/user-data", spec.userData, 0o600),
    ]


def first_user(root: Path) -> int:
    """The number that this computer has for the machine's user 0: another than 0 where its files got new owners."""
    owner = root.stat().st_uid
    return owner - owner % USERS


def write_inside(root: Path, file: DiskFile) -> None:
    """Replace one file below `root` in one step.

    No symbolic link is followed on the way: what ran on the machine could have
    put one there that leads to this computer's own files.
    """
    path, owner = PurePosixPath(file.path), first_user(root) + file.owner
    try:
        folder = _open_folder(root, path.parent.parts[1:], owner, 0o755 if file.owner == ROOT_USER else 0o700)
    except OSError as error:
        raise Fault(
            f"{root}{path.parent}", error.strerror, "a folder", "remove the machine and make it anew"
        ) from error
    aside = f".{path.name}.new"
    try:
        if aside in os.listdir(folder):
            os.unlink(aside, dir_fd=folder)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder)
        with os.fdopen(descriptor, "w") as output:
            output.write(file.text)
            os.fchown(descriptor, owner, owner)
            os.fchmod(descriptor, file.mode)
        os.rename(aside, path.name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.close(folder)


def _open_folder(root: Path, parts: tuple[str, ...], owner: int, mode: int) -> int:
    """Open a folder step by step; missing ones are made."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    folder = os.open(root, flags)
    for part in parts:
        try:
            inner = os.open(part, flags, dir_fd=folder)
        except FileNotFoundError:
            os.mkdir(part, mode, dir_fd=folder)
            inner = os.open(part, flags, dir_fd=folder)
            os.fchown(inner, owner, owner)
        finally:
            os.close(folder)
        folder = inner
    return folder


def _run(arguments: list[str], lock: int) -> None:
    program = shutil.which(arguments[0])
    if program is None:
        raise Fault(arguments[0], "no such program", "a program on PATH", "install it")
    done = subprocess.run(
        [program, *arguments[1:]],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        pass_fds=[lock],
        check=False,
    )
    if done.returncode != 0:
        raise Fault(arguments[0], f"exit code {done.returncode}", "exit code 0", "see its output below", done.stderr)
