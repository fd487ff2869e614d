import subprocess
import unittest
from typing import Any
from unittest import mock

import support  # noqa: F401
from portico_host.units import refused_calls

AUDIT = (
    "SECCOMP auid=4294967295 uid=995 gid=995 ses=4294967295 subj=unconfined pid=812 "
    'comm="python" exe="/usr/bin/python3.13" sig=31 arch=c000003e syscall=237 compat=0 ip=0x7f2a code=0x80000000'
)
KERNEL = "audit: type=1326 " + AUDIT.removeprefix("SECCOMP ").replace("237", "425").replace('python"', 'gunicorn"')


class RefusedCallTest(unittest.TestCase):
    def describe(self, log: str) -> str:
        def run(arguments: list[str], **_options: Any) -> subprocess.CompletedProcess[str]:
            return subprocess.CompletedProcess(arguments, 0, log, "")

        with mock.patch.object(refused_calls, "run", run):
            return refused_calls.describe(1000.0)

    def test_is_named_as_the_kernel_logged_it_each_once(self) -> None:
        text = self.describe(f"{AUDIT}\n{KERNEL}\n{AUDIT}\n")
        self.assertRegex(text, r'processes for: io_uring_setup of "gunicorn", mbind of "python"$')

    def test_one_that_did_not_end_a_process_is_none(self) -> None:
        self.assertNotIn("mbind", self.describe(AUDIT.replace("sig=31", "sig=0")))

    def test_without_a_record_the_report_says_where_to_look(self) -> None:
        self.assertIn(refused_calls.COMMAND, self.describe("eth0: link up\n"))

    def test_an_unknown_call_keeps_its_number(self) -> None:
        self.assertEqual(refused_calls.name(9999, 0xC000003E), "call 9999")
        with mock.patch("ctypes.CDLL", side_effect=OSError):
            self.assertEqual(refused_calls.name(237, 0xC000003E), "call 237")
