"""Tests of the bridge, in a network namespace that is thrown away."""

import json
import os
import shutil
import subprocess
import sys
import unittest

from .support import AS_ROOT, PROGRAM, FolderTest

# /sys shows the interfaces of the namespace that it was mounted in.
IN_NAMESPACE = ["unshare", "--net", "--mount", "sh", "-eu", "-c", 'mount -t sysfs sysfs /sys; eval "$1"', "sh"]
RANGE = "10.9.8.0/24"


@AS_ROOT
@unittest.skipUnless(shutil.which("unshare") and shutil.which("ip"), "needs unshare and ip")
class Network(FolderTest):
    """Making, taking over and removing the bridge."""

    def setUp(self) -> None:
        super().setUp()
        self.owner = self.folder / "state/dev"
        self.neighbour = self.folder / "state/neighbour"
        self.neighbour.mkdir(parents=True)

    def up(self, command: str = "network-up", **changes: str) -> str:
        """The shell words that run a command of bin/machine."""
        asked = {"bridge": "test-br0", "addressRange": RANGE, "owner": str(self.owner), "incarnation": "n1", **changes}
        text = self.write(f"asked-{len(list(self.folder.glob('asked-*')))}", json.dumps(asked))
        return f"{sys.executable} {PROGRAM} {command} < {text}"

    def run_all(self, *steps: str) -> subprocess.CompletedProcess:
        """Run shell steps in one new namespace; the first that fails ends them."""
        return subprocess.run(
            [*IN_NAMESPACE, "\n".join(steps)],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=60,
            check=False,
        )

    def shown(self, done: subprocess.CompletedProcess) -> dict[str, dict]:
        """The interfaces that the last step, `ip -json address`, told of."""
        self.assertEqual(done.returncode, 0, done.stderr)
        return {link["ifname"]: link for link in json.loads(done.stdout.splitlines()[-1])}

    def addresses(self, link: dict) -> list[str]:
        return [f"{entry['local']}/{entry['prefixlen']}" for entry in link["addr_info"] if entry["family"] == "inet"]

    def test_makes_a_bridge_that_is_marked_as_the_stacks(self) -> None:
        links = self.shown(self.run_all(self.up(), self.up(), "ip -json -d address"))
        self.assertEqual(self.addresses(links["test-br0"]), ["10.9.8.1/24"])
        self.assertEqual(links["test-br0"]["ifalias"], f"portico:{self.owner}")
        self.assertIn("UP", links["test-br0"]["flags"])
        record = json.loads((self.owner / "network.json").read_text())
        self.assertEqual((record["incarnation"], record["index"]), ("n1", links["test-br0"]["ifindex"]))

    def test_a_new_range_takes_the_place_of_the_old(self) -> None:
        links = self.shown(self.run_all(self.up(), self.up(addressRange="10.9.7.0/28"), "ip -json address"))
        self.assertEqual(self.addresses(links["test-br0"]), ["10.9.7.1/28"])

    def test_a_new_name_takes_the_place_of_the_old(self) -> None:
        links = self.shown(self.run_all(self.up(), self.up(bridge="test-br1"), "ip -json address"))
        self.assertEqual(self.addresses(links["test-br1"]), ["10.9.8.1/24"])
        self.assertNotIn("test-br0", links)

    def test_refuses_the_bridge_of_another_stack_and_leaves_it_alone(self) -> None:
        done = self.run_all(
            self.up(owner=str(self.neighbour)),
            f"{self.up(addressRange='10.9.7.0/24')} || code=$?",
            "ip -json address",
            "exit $code",
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"bridge: got test-br0, which belongs to {self.neighbour}; allowed:", done.stderr)
        self.assertIn("10.9.8.1", done.stdout)

    def test_refuses_the_bridge_of_another_program(self) -> None:
        done = self.run_all("ip link add test-br0 type bridge", self.up())
        self.assertIn("belongs to another program", done.stderr)
        self.assertEqual(done.returncode, 1)

    def test_refuses_a_range_that_is_routed_elsewhere_and_makes_nothing(self) -> None:
        for held in ("10.9.8.5/32", "10.9.0.0/16"):
            with self.subTest(held):
                done = self.run_all(
                    "ip link add other type veth peer name plug",
                    f"ip address add {held} dev other",
                    "ip link set plug up",
                    "ip link set other up",
                    f"ip route replace {held} dev other" if "/32" in held else "true",
                    f"{self.up()} || code=$?",
                    "ip -o link",
                    "exit $code",
                )
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(done.stderr, f"portico:local.addressRange: got {RANGE}, which is routed to other")
                self.assertNotIn("test-br0", done.stdout)

    def test_takes_over_what_a_stack_whose_folder_is_gone_left(self) -> None:
        gone = str(self.folder / "moved/dev")
        links = self.shown(
            self.run_all(
                self.up(owner=gone), f"rm -r {self.folder}/moved", self.up(bridge="test-br1"), "ip -json -d address"
            )
        )
        self.assertNotIn("test-br0", links)
        self.assertEqual(links["test-br1"]["ifalias"], f"portico:{self.owner}")

    def test_removes_the_bridge_and_its_traces_also_twice(self) -> None:
        remove = self.up("network-remove")
        links = self.shown(self.run_all(self.up(), remove, remove, "ip -json address"))
        self.assertEqual(list(links), ["lo"])
        self.assertFalse(self.owner.exists())

    def test_leaves_a_bridge_alone_that_has_another_owner_by_now(self) -> None:
        links = self.shown(
            self.run_all(self.up(owner=str(self.neighbour)), self.up("network-remove"), "ip -json address")
        )
        self.assertIn("test-br0", links)

    def test_heals_what_a_killed_call_left(self) -> None:
        links = self.shown(self.run_all("ip link add test-br0~ type bridge", self.up(), "ip -json address"))
        self.assertEqual(sorted(links), ["lo", "test-br0"])
