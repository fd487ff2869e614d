"""Tests of the machine's disk."""

import json
import os
import stat
import subprocess
from pathlib import Path
from unittest import mock

from ..base.faults import Fault
from ..base.locks import locked
from ..base.specs import read_machine
from ..machine.disk import (
    LOGIN_USER,
    ROOT_USER,
    USERS,
    DiskFile,
    make_root,
    personal_files,
    personalise,
    write_inside,
)
from .support import AS_ROOT, KEY, PRIVATE_KEY, FolderTest, machine_json, mode_of


class PersonalFiles(FolderTest):
    """What tells one machine from another."""

    def setUp(self) -> None:
        super().setUp()
        self.files = {file.path: file for file in personal_files(read_machine(machine_json()))}

    def test_the_address_is_static_and_sorts_before_the_default(self) -> None:
        network = self.files["/etc/systemd/network/10-host0.network"].text
        self.assertIn("Address=10.9.8.11/24\nGateway=10.9.8.1\nDHCP=no\n", network)
        self.assertIn("Name=host0\n", network)

    def test_the_host_key_is_for_root_alone_and_its_file_is_of_its_kind(self) -> None:
        path = "/etc/ssh/ssh_host_ed25519_key"
        self.assertEqual(self.files[path], DiskFile(path, PRIVATE_KEY, 0o600))
        self.assertEqual(self.files[f"{path}.pub"].text, f"{KEY}\n")
        ecdsa = personal_files(read_machine(machine_json(hostPublicKey="ecdsa-sha2-nistp256 AAAA")))
        self.assertIn("/etc/ssh/ssh_host_ecdsa_key", [file.path for file in ecdsa])

    def test_refuses_a_host_key_of_an_unknown_kind(self) -> None:
        with self.assertRaisesRegex(Fault, "^hostPublicKey: got a key of kind ssh-dss"):
            personal_files(read_machine(machine_json(hostPublicKey="ssh-dss AAAA")))

    def test_the_login_key_belongs_to_the_user(self) -> None:
        self.assertEqual(
            self.files["/home/admin/.ssh/authorized_keys"],
            DiskFile("/home/admin/.ssh/authorized_keys", f"{KEY}\n", 0o600, LOGIN_USER),
        )

    def test_user_data_comes_with_all_that_cloud_init_asks_for_and_with_no_key(self) -> None:
        nothing = dict.fromkeys(("user", "authorizedKey", "hostPrivateKey", "hostPublicKey"))
        files = {
            file.path: file
            for file in personal_files(read_machine(machine_json(userData="#cloud-config\n", **nothing)))
        }
        user_data = "/var/lib/cloud/seed/nocloud/user-data"
        self.assertEqual(files[user_data], DiskFile(user_data, "#cloud-config\n", 0o600))
        meta_data = json.loads(files["/var/lib/cloud/seed/nocloud/meta-data"].text)
        self.assertEqual(meta_data, {"instance-id": "t1", "local-hostname": "web-1"})
        self.assertIn("Address=10.9.8.11/24\n", files["/etc/systemd/network/10-host0.network"].text)
        self.assertEqual([path for path in files if "ssh" in path], [])
        self.assertEqual([path for path in self.files if "cloud" in path], [])

    def test_the_name_resolves_without_a_network(self) -> None:
        self.assertEqual(self.files["/etc/hostname"].text, "web-1\n")
        self.assertIn("127.0.1.1 web-1\n", self.files["/etc/hosts"].text)


@AS_ROOT
class WriteInside(FolderTest):
    """Writing below a root folder that a machine has had its hands on."""

    def setUp(self) -> None:
        super().setUp()
        self.root = self.folder / "root"
        self.root.mkdir()
        self.outside = self.write("outside/file", "kept")

    def test_makes_missing_folders_and_sets_owner_and_mode(self) -> None:
        write_inside(self.root, DiskFile("/home/admin/.ssh/authorized_keys", "key\n", 0o600, LOGIN_USER))
        path = self.root / "home/admin/.ssh/authorized_keys"
        self.assertEqual((path.read_text(), mode_of(path), path.stat().st_uid), ("key\n", 0o600, LOGIN_USER))
        self.assertEqual((mode_of(path.parent), path.parent.stat().st_uid), (0o700, LOGIN_USER))

    def test_files_are_the_machines_own_where_its_users_have_other_numbers_here(self) -> None:
        os.chown(self.root, 3 * USERS + 7, 0)  # the last digits are what a machine has made of it
        for path, owner in (("/etc/hostname", ROOT_USER), ("/home/admin/.ssh/authorized_keys", LOGIN_USER)):
            write_inside(self.root, DiskFile(path, "x\n", 0o600, owner))
            written = self.root / path[1:]
            self.assertEqual({written.stat().st_uid, written.parent.stat().st_uid}, {3 * USERS + owner})

    def test_nobody_reads_a_key_before_it_has_its_owner_and_mode(self) -> None:
        modes: list[int] = []
        real = os.fchown

        def look(descriptor: int, owner: int, group: int) -> None:
            facts = os.fstat(descriptor)
            modes.extend([facts.st_mode & 0o777] if stat.S_ISREG(facts.st_mode) else [])
            real(descriptor, owner, group)

        former = os.umask(0)
        try:
            with mock.patch.object(os, "fchown", look):
                write_inside(self.root, DiskFile("/etc/ssh/key", "key\n", 0o640))
        finally:
            os.umask(former)
        self.assertEqual((modes, mode_of(self.root / "etc/ssh/key")), ([0o600], 0o640))

    def test_replaces_a_link_instead_of_following_it(self) -> None:
        (self.root / "etc").mkdir()
        (self.root / "etc/hostname").symlink_to(self.outside)
        (self.root / "etc/.hostname.new").symlink_to(self.outside)
        write_inside(self.root, DiskFile("/etc/hostname", "web-1\n"))
        self.assertEqual(self.outside.read_text(), "kept")
        self.assertEqual((self.root / "etc/hostname").read_text(), "web-1\n")
        self.assertFalse((self.root / "etc/hostname").is_symlink())

    def test_refuses_a_folder_that_is_a_link(self) -> None:
        (self.root / "etc").symlink_to(self.outside.parent)
        with self.assertRaisesRegex(Fault, "remove the machine and make it anew"):
            write_inside(self.root, DiskFile("/etc/file", "changed"))
        self.assertEqual(self.outside.read_text(), "kept")
        self.assertEqual(os.listdir(self.outside.parent), ["file"])

    def test_leaves_no_descriptor_open(self) -> None:
        before = len(os.listdir("/proc/self/fd"))
        write_inside(self.root, DiskFile("/a/b/c", ""))
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)


@AS_ROOT
class MakeRoot(FolderTest):
    """Unpacking the image. `chroot`, which needs a whole Debian, is played by a script that notes its words."""

    def setUp(self) -> None:
        super().setUp()
        for name in ("etc/mark", "dev/zero"):
            self.write(f"source/{name}", "image")
        (self.folder / "source/etc/sudoers.d").mkdir()
        self.image = self.folder / "image.tar"
        subprocess.run(
            ["tar", "--create", "--file", self.image, "--directory", self.folder / "source", "."], check=True
        )
        self.play_chroot('echo "$@" > "$1/etc/called"')
        self.machine = self.folder / "machine"
        self.machine.mkdir()

    def play_chroot(self, script: str) -> None:
        self.write("bin/chroot", f"#!/bin/sh\n{script}\n", 0o755)
        patched = mock.patch.dict(os.environ, PATH=f"{self.folder}/bin:{os.environ['PATH']}")
        patched.start()
        self.addCleanup(patched.stop)

    def make(self, user: str = "admin") -> Path:
        with locked(self.machine / "lock") as lock:
            make_root(self.machine, self.image, user, lock)
        return self.machine / "root"

    def test_makes_a_root_with_the_user_and_an_id_of_its_own(self) -> None:
        root = self.make()
        self.assertEqual((root / "etc/mark").read_text(), "image")
        self.assertIn(
            "useradd --create-home --shell /bin/bash --user-group --uid 1000 admin", (root / "etc/called").read_text()
        )
        sudoers = root / "etc/sudoers.d/90-portico"
        self.assertEqual((sudoers.read_text(), mode_of(sudoers)), ("admin ALL=(ALL:ALL) NOPASSWD: ALL\n", 0o440))
        first = (root / "etc/machine-id").read_text()
        self.assertRegex(first, r"^[0-9a-f]{32}\n$")
        self.assertNotEqual((self.make() / "etc/machine-id").read_text(), first)

    def test_without_a_name_there_is_no_user(self) -> None:
        root = self.make("")
        self.assertFalse((root / "etc/called").exists())
        self.assertEqual(list((root / "etc/sudoers.d").iterdir()), [])

    def test_leaves_devices_out(self) -> None:
        self.assertFalse((self.make() / "dev/zero").exists())

    def test_replaces_what_was_there_and_what_was_half_made(self) -> None:
        self.write("machine/root/etc/old", "")
        self.write("machine/root.partial/etc/half", "")
        root = self.make()
        self.assertFalse((root / "etc/old").exists())
        self.assertFalse((root / "etc/half").exists())
        self.assertFalse((self.machine / "root.partial").exists())

    def test_a_failure_leaves_no_root_and_tells_why(self) -> None:
        self.play_chroot("echo 'useradd: no' >&2; exit 9")
        with self.assertRaisesRegex(Fault, "^chroot: got exit code 9") as caught:
            self.make()
        self.assertIn("useradd: no", caught.exception.evidence)
        self.assertFalse((self.machine / "root").exists())

    def test_personalise_writes_every_personal_file(self) -> None:
        spec = read_machine(machine_json())
        root = self.make()
        personalise(root, spec)
        for file in personal_files(spec):
            self.assertEqual((root / file.path[1:]).read_text(), file.text)
