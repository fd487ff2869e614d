from pathlib import Path
from typing import Any
from unittest import mock

from bundles import APP, description
from support import HostCase

from portico_host import evidence, health, probe
from portico_host.bundle import Description, Health
from portico_host.errors import HostError
from portico_host.plan import Plan
from portico_host.probe import Answer

OWN = {"url": "https://127.0.0.1:8443/healthz", "serverName": "web.portico.internal", "expect": 200, "certificate": "/own.crt"}
SITE = {"url": "https://127.0.0.1/healthz", "serverName": "portico.internal", "expect": 200, "certificate": "/site.crt"}


class HealthTest(HostCase):
    """`answers` has a status by server name; all others are 200."""

    def setUp(self) -> None:
        super().setUp()
        self.answers: dict[str, int] = {}
        self.asked: list[tuple[str, Path]] = []
        for manager in (
            mock.patch.object(probe, "ask_nginx", self.ask),
            mock.patch.object(probe, "PAUSE_SECONDS", 0.01),
            mock.patch.object(probe, "PAUSE_WHEN_GOOD_SECONDS", 0),
            mock.patch.object(health, "EDGE_SECONDS", 0.05),
            mock.patch.object(evidence, "of_unit", lambda context, unit: [f"log of {unit}"]),
        ):
            manager.__enter__()
            self.addCleanup(manager.__exit__, None, None, None)

    def ask(self, question: Health, certificate: Path) -> Answer:
        self.asked.append((question.server_name, certificate))
        return Answer(f"GET {question.url}", self.answers.get(question.server_name, 200), "text", 0.01)

    def prove(self, app: Any, **changes: Any) -> None:
        value = description({}, app, **changes)
        health.prove_host(self.context, Plan("0123456789", None, None, Description.read(value), value, (), self.root), None)

    def test_an_application_host_is_asked_itself_and_no_site(self) -> None:
        self.prove(APP, health=OWN)
        self.assertEqual(set(self.asked), {("web.portico.internal", self.paths.live("/own.crt"))})

    def test_a_balancer_is_asked_for_the_site_once(self) -> None:
        self.prove(None, health=SITE, site=SITE)
        self.assertEqual(self.asked, [("portico.internal", self.paths.live("/site.crt"))] * health.EDGE_PROBES)

    def test_a_host_that_is_both_has_to_answer_for_itself_and_for_the_site(self) -> None:
        self.prove(APP, health=OWN, site=SITE)
        self.assertEqual({name for name, _ in self.asked}, {"web.portico.internal", "portico.internal"})
        self.answers["portico.internal"] = 502
        with self.assertRaisesRegex(HostError, r"health https://127\.0\.0\.1/healthz: got 502"):
            self.prove(APP, health=OWN, site=SITE)

    def test_a_state_that_names_no_certificate_is_asked_with_the_one_of_then(self) -> None:
        self.prove(APP, health={key: value for key, value in OWN.items() if key != "certificate"})
        self.assertEqual(self.asked[0][1], self.paths.live("/etc/portico/tls/server.crt"))
