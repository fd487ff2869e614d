"""Tests of the life of real machines."""

import os
import signal
import subprocess
import sys
import time

from ..base.records import load
from .machines import NETWORK, MachineTest
from .support import PROGRAM, run_program


class Life(MachineTest):
    """Machines that boot, die, heal and go."""

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
