from unittest import mock

from portico_host.base.errors import HostError
from portico_host.staging import rehearsal
from portico_host.units import evidence
from support import HostCase


class WorkersTest(HostCase):
    def prove(self, *log: str) -> None:
        with (
            mock.patch.object(evidence, "log_lines", lambda context, unit, limit: list(log)),
            mock.patch.object(evidence, "of_unit", lambda context, unit: [f"log of {unit}"]),
        ):
            rehearsal.prove_workers_stay(self.context)

    def test_workers_that_stay_or_are_recycled_are_fine(self) -> None:
        self.prove()
        self.prove(
            "[INFO] Booting worker with pid: 11",
            "[INFO] Autorestarting worker after current request.",
            "[INFO] Worker exiting (pid: 11)",
            "[INFO] Worker (pid:11) was sent SIGTERM!",
        )

    def test_workers_that_fall_over_are_found_though_others_answered(self) -> None:
        for line in (
            "Worker (pid:11) was sent SIGSEGV!",
            "Worker (pid:11) was sent SIGKILL! Perhaps out of memory?",
            "Worker (pid:11) exited with code 1.",
        ):
            with self.assertRaises(HostError) as caught:
                self.prove("[INFO] Booting worker with pid: 11", f"[WARNING] {line}", f"[WARNING] {line}")
            self.assertRegex(
                caught.exception.message,
                r"slot rehearsal: got 'Worker \(pid:11\) .+', 2 times; allowed: workers that stay",
            )
            self.assertEqual(caught.exception.evidence, ["log of portico-app@rehearsal.service"])
