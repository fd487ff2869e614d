"""Tests with real machines; minutes of a busy computer, so only with PORTICO_MACHINE_TESTS=1."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from ..base.records import Record, load
from ..machine.container import interface_of
from .support import AS_ROOT, PROGRAM, machine_json, run_program

BRIDGE = "portico-test0"
NETWORK = "10.231.9"


@AS_ROOT
@unittest.skipUnless(os.environ.get("PORTICO_MACHINE_TESTS") == "1", "set PORTICO_MACHINE_TESTS=1")
class Life(unittest.TestCase):
    """Machines that boot, die, heal and go."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = cls.only_run()
        cls.remove_all()
        cls.addClassCleanup(cls.remove_all)
        for name in ("login", "host"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", cls.folder / name], check=True)
        cls.network = json.dumps(
            {"bridge": BRIDGE, "addressRange": f"{NETWORK}.0/28", "owner": str(cls.folder / "state")}
        )
        done = run_program("network-up", text=cls.network)
        assert done.returncode == 0, done.stderr

    @classmethod
    def only_run(cls) -> Path:
        """The folder of all runs, held by this one: a run that was killed left its machines and bridge to it."""
        folder = Path(tempfile.gettempdir()).resolve() / "portico-life"
        folder.mkdir(mode=0o700, exist_ok=True)
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        cls.addClassCleanup(os.close, held)
        fcntl.flock(held, fcntl.LOCK_EX)
        return folder

    @classmethod
    def remove_all(cls) -> None:
        """Leave no machine, no bridge and no file of this test on this computer."""
        gone = run_program("remove-orphans", "--owner", str(cls.folder / "state"))
        assert gone.returncode == 0, gone.stderr
        for path in cls.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def setUp(self) -> None:
        self.addCleanup(lambda: [run_program("remove", text=self.asked(name)) for name in ("web-1", "web-2")])

    def asked(self, name: str = "web-1", **changes: object) -> str:
        def key(file: str) -> str:
            return (self.folder / file).read_text()

        given = {
            "name": name,
            "directory": str(self.folder / "state/machines" / name),
            "bridge": BRIDGE,
            "prefixLength": 28,
            "address": f"{NETWORK}.{10 + int(name[-1])}",
            "gateway": f"{NETWORK}.1",
            "memoryMegabytes": 256,
            "authorizedKey": key("login.pub"),
            "hostPrivateKey": key("host"),
            "hostPublicKey": key("host.pub"),
        }
        return machine_json(**{**given, **changes})

    def up(self, name: str = "web-1", **changes: object) -> Record:
        done = run_program("up", text=self.asked(name, **changes))
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual((answer["name"], answer["identity"]), (name, changes.get("incarnation", "t1")))
        return load(self.folder / "state/machines" / name)

    def ssh(self, command: str, address: str = f"{NETWORK}.11") -> str:
        """Log in with the login key, taking no other host key than the given one."""
        known = self.folder / "known_hosts"
        known.write_text(f"{address} {(self.folder / 'host.pub').read_text()}")
        done = subprocess.run(
            [
                "ssh",
                "-F",
                "none",
                "-i",
                self.folder / "login",
                "-o",
                f"UserKnownHostsFile={known}",
                "-o",
                "BatchMode=yes",
                "-o",
                "LogLevel=ERROR",
                f"admin@{address}",
                command,
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return (done.stdout + done.stderr).strip()

    def traces(self, identifier: str) -> list[str]:
        """What is left of a machine on this computer."""
        groups = [str(path) for path in Path("/sys/fs/cgroup").glob(f"**/portico-{identifier}*")]
        nspawn = [str(path) for path in Path("/run/systemd/nspawn").glob(f"*/{identifier}")]
        links = [name for name in os.listdir("/sys/class/net") if name == interface_of(identifier)]
        return groups + nspawn + links

    def test_a_machine_is_a_debian_with_its_name_its_user_and_its_limits(self) -> None:
        self.up()
        facts = self.ssh("systemctl is-system-running --wait; hostname; sudo -n id -un; nproc")
        self.assertEqual(facts, "running\nweb-1\nroot\n1")
        self.assertEqual(
            self.ssh("ls /etc/ssh/ssh_host_*; systemctl is-enabled nginx; cat /etc/machine-id | wc -c"),
            "/etc/ssh/ssh_host_ed25519_key\n/etc/ssh/ssh_host_ed25519_key.pub\ndisabled\n33",
        )
        self.assertIn("Killed", self.ssh("bash -c 'python3 -c \"bytearray(400_000_000)\"; true'"))

    def test_machines_and_this_computer_reach_each_other(self) -> None:
        self.up()
        self.up("web-2")
        banner = "python3 -c \"import socket; print(socket.create_connection(('%s', 22), 5).recv(7))\""
        self.assertEqual(self.ssh(banner % f"{NETWORK}.12"), "b'SSH-2.0'")
        self.assertEqual(self.ssh(banner % f"{NETWORK}.11", f"{NETWORK}.12"), "b'SSH-2.0'")

    def test_what_is_right_is_left_alone_and_a_change_restarts_it(self) -> None:
        first = self.up()
        self.assertEqual(self.up(), first)
        self.ssh("echo kept > kept")
        second = self.up(address=f"{NETWORK}.13", memoryMegabytes=300)
        self.assertNotEqual(second.process, first.process)
        self.assertEqual(self.ssh("cat kept", f"{NETWORK}.13"), "kept")

    def test_a_killed_machine_is_booted_again_from_its_disk(self) -> None:
        first = self.up()
        self.ssh("echo kept > kept; sync")
        os.kill(first.process.pid, signal.SIGKILL)
        self.assertTrue(self.up(incarnation="t2").is_alive())
        self.assertEqual(self.ssh("cat kept"), "kept")

    def test_a_call_killed_at_any_point_is_healed_by_the_next(self) -> None:
        for seconds in (0.2, 0.5, 0.8, 1.2, 1.6, 2.0):
            with self.subTest(seconds):
                killed = subprocess.Popen(
                    [sys.executable, PROGRAM, "up"],
                    stdin=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    text=True,
                    start_new_session=True,
                )
                killed.stdin.write(self.asked())
                killed.stdin.close()
                time.sleep(seconds)
                os.killpg(killed.pid, signal.SIGKILL)
                killed.wait()
                self.up()
                self.assertEqual(self.ssh("sudo -n id -un"), "root")
                if seconds < 1:
                    run_program("remove", text=self.asked())

    def test_a_machine_outlives_the_group_of_its_starter_and_leaves_nothing(self) -> None:
        starter = subprocess.Popen(
            ["sh", "-c", '"$0" "$1" up; sleep 60', sys.executable, PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        starter.stdin.write(self.asked())
        starter.stdin.close()
        starter.stdout.readline()
        os.killpg(starter.pid, signal.SIGKILL)
        starter.stdout.close()
        starter.wait()
        record = load(self.folder / "state/machines/web-1")
        self.assertEqual(self.ssh("hostname"), "web-1")
        self.assertEqual(run_program("remove", text=self.asked()).returncode, 0)
        self.assertFalse(record.is_alive())
        self.assertEqual(self.traces(record.identifier), [])
        self.assertFalse((self.folder / "state/machines").exists())

    def test_removing_a_dead_or_half_gone_machine_leaves_nothing(self) -> None:
        for damage in ("kill", "forget"):
            with self.subTest(damage):
                record = self.up()
                if damage == "kill":
                    os.kill(record.process.pid, signal.SIGKILL)
                else:
                    (self.folder / "state/machines/web-1/machine.json").unlink()
                self.assertEqual(run_program("remove", text=self.asked()).returncode, 0)
                self.assertEqual(self.traces(record.identifier), [])
                self.assertFalse(record.is_alive())
