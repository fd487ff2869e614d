"""The rules of a state, loaded by the real nft in networks of their own."""

import os
import shutil
import subprocess
import unittest
from unittest import mock

from bundles import description
from portico_host.base.errors import HostError
from portico_host.bundle.description import Description
from portico_host.preflight.firewall_check import check_firewall
from portico_host.state.plan import Plan
from portico_host.system import firewall
from support import HostCase
from transactions import RULES

GOOD = """table inet portico
delete table inet portico
table inet portico {
    chain input {
        type filter hook input priority filter; policy drop
        iif lo accept
        tcp dport { 443, 80 } accept
    }
}
"""


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("nft"), "networks of their own need root, and nftables")
class RulesTest(HostCase):
    """A process with a network of its own stands for the host."""

    def setUp(self) -> None:
        super().setUp()
        self.paths.live(firewall.FOLDER).mkdir(parents=True)
        host = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo ready; exec sleep 600"], stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(host.communicate)
        self.addCleanup(host.kill)
        assert host.stdout is not None
        host.stdout.readline()
        self.enter_host = ["nsenter", f"--net=/proc/{host.pid}/ns/net"]
        self.enterContext(mock.patch.object(firewall, "loaded", lambda: self.on_host(*firewall.TABLE)))

    def on_host(self, *command: str, given: str = "") -> str:
        done = subprocess.run([*self.enter_host, *command], input=given, capture_output=True, text=True, check=False)
        return done.stdout

    def staged(self, rules: str) -> Plan:
        value = description({RULES: rules})
        folder = self.paths.staged / "00000001"
        place = folder / "tree" / RULES.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(rules)
        return Plan("00000001", None, None, Description.read(value), value, (), folder)

    def is_loaded(self) -> bool:
        return firewall.is_loaded(self.context, self.staged(GOOD))

    def test_rules_that_were_loaded_are_those_of_the_state_until_somebody_changes_them(self) -> None:
        self.assertFalse(self.is_loaded())
        self.on_host("nft", "--file", "-", given=GOOD)
        self.assertTrue(self.is_loaded())
        self.on_host("nft", "insert rule inet portico input tcp dport 25 accept")
        self.assertFalse(self.is_loaded())
        self.on_host("nft", "--file", "-", given=GOOD)
        self.assertTrue(self.is_loaded())
        self.on_host("nft", "flush ruleset")
        self.assertFalse(self.is_loaded())

    def test_tables_of_others_are_none_of_it(self) -> None:
        self.on_host("nft", "--file", "-", given=GOOD)
        self.on_host("nft", "add table inet others")
        self.assertTrue(self.is_loaded())

    def test_a_file_that_somebody_changed_is_not_what_is_compared(self) -> None:
        self.on_host("nft", "--file", "-", given=GOOD)
        self.paths.live(RULES).write_text("nonsense")
        self.assertTrue(self.is_loaded())

    def test_rules_are_judged_before_they_are_those_of_the_host(self) -> None:
        check_firewall(self.context, self.staged(GOOD))
        with self.assertRaisesRegex(HostError, "nft --file: got exit code 1") as caught:
            check_firewall(self.context, self.staged(GOOD.replace("443", "no-such-service")))
        self.assertIn("no-such-service", " ".join(caught.exception.evidence))
        self.assertEqual(firewall.loaded(), "")


class NoFirewallTest(HostCase):
    def test_a_state_without_one_is_not_looked_at(self) -> None:
        plan = mock.Mock(files={})
        with mock.patch.object(firewall, "try_rules", side_effect=AssertionError):
            check_firewall(self.context, plan)

    def test_without_nft_nothing_is_loaded(self) -> None:
        with mock.patch.object(firewall, "run", side_effect=HostError("nft: not there")):
            self.assertEqual(firewall.loaded(), "")
