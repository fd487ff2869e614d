from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from bundles import APP, description
from portico_host.base.errors import HostError
from portico_host.bundle.description import Description, Health
from portico_host.probes import host_probe, probe
from portico_host.probes.probe import Answer
from portico_host.state.plan import Plan
from portico_host.units import evidence
from support import HostCase

OWN = {
    "url": "https://127.0.0.1:8443/healthz",
    "serverName": "web.portico.internal",
    "expect": 200,
    "certificate": "/own.crt",
}
SITE = {"url": "https://127.0.0.1/healthz", "serverName": "portico.internal", "expect": 200, "certificate": "/site.crt"}


class HealthTest(HostCase):
    """`answers` has a status by server name, or by Host header with path; all others are 200."""

    def setUp(self) -> None:
        super().setUp()
        self.answers: dict[str, int] = {}
        self.asked: list[tuple[str, Path]] = []
        self.hosts: list[str] = []
        for manager in (
            mock.patch.object(probe, "request_nginx", self.ask),
            mock.patch.object(probe, "PAUSE_SECONDS", 0.01),
            mock.patch.object(probe, "PAUSE_WHEN_GOOD_SECONDS", 0),
            mock.patch.object(host_probe, "EDGE_SECONDS", 0.05),
            mock.patch.object(host_probe, "VISIT_SECONDS", 0.05),
            mock.patch.object(evidence, "of_unit", lambda context, unit: [f"log of {unit}"]),
        ):
            manager.__enter__()
            self.addCleanup(manager.__exit__, None, None, None)

    def ask(self, question: Health, certificate: Path, _patience: float) -> Answer:
        self.asked.append((question.server_name, certificate))
        self.hosts.append(f"{question.host}{urlsplit(question.url).path}")
        status = self.answers.get(self.hosts[-1], self.answers.get(question.server_name, 200))
        return Answer(f"GET {question.url}", status, "text", 0.01)

    def plan(self, app: Any, **changes: Any) -> Plan:
        value = description({}, app, **changes)
        return Plan("0123456789", None, None, Description.read(value), value, (), self.root)

    def prove(self, app: Any, **changes: Any) -> None:
        host_probe.prove_host(self.context, self.plan(app, **changes), None)

    def prove_way(self, app: Any, **changes: Any) -> None:
        host_probe.prove_way(self.context, self.plan(app, **changes), "blue")

    def test_an_application_host_is_asked_itself_and_no_site(self) -> None:
        self.prove(APP, health=OWN)
        self.assertEqual(set(self.asked), {("web.portico.internal", self.paths.live("/own.crt"))})

    def test_a_host_that_is_both_is_not_to_blame_for_what_stands_behind_its_balancer(self) -> None:
        """In the middle of a roll, and on the way back, there are hosts with another health path and other names."""
        self.answers["portico.internal"] = 502
        self.prove(APP, health=OWN, site=SITE)
        self.prove(None, health={**SITE, "host": "health.portico.internal", "serverName": "shop"}, site=SITE)
        with self.assertRaisesRegex(
            HostError, r"site https://127\.0\.0\.1/healthz \(name portico\.internal\): got 502"
        ):
            self.prove_way(APP, health=OWN, site=SITE)

    def test_behind_a_balancer_any_answer_of_an_application_will_do(self) -> None:
        for status in (200, 302, 404, 429):
            self.answers["portico.internal"] = status
            self.prove_way(None, health=OWN, site=SITE)
        for status in (0, 421, 500, 502, 504):
            self.answers["portico.internal"] = status
            with self.subTest(status), self.assertRaises(HostError):
                self.prove_way(None, health=OWN, site=SITE)

    def test_a_state_of_a_balancer_that_had_no_path_of_its_own_is_asked_for_the_site(self) -> None:
        self.answers["portico.internal"] = 404
        self.prove(None, health=SITE, site=SITE)
        self.answers["portico.internal"] = 502
        with self.assertRaisesRegex(HostError, r"health https://127\.0\.0\.1/healthz: got 502"):
            self.prove(None, health=SITE, site=SITE)

    def test_an_application_host_is_visited_for_what_is_ready_and_for_its_home_page(self) -> None:
        self.prove_way({**APP, "homePath": "/start"}, health=OWN)
        self.assertEqual(self.hosts, ["portico.internal/readyz", "portico.internal/start"])

    def test_a_home_page_may_answer_anything_but_a_failure(self) -> None:
        app = {**APP, "homePath": "/"}
        for status in (200, 301, 400, 401, 404):
            self.answers["portico.internal/"] = status
            self.prove_way(app, health=OWN)
        self.answers["portico.internal/"] = 500
        with self.assertRaisesRegex(
            HostError, r"visitor's GET / \(Host: portico.internal\): got 500; .*app\.homePath"
        ) as caught:
            self.prove_way(app, health=OWN)
        self.assertIn("log of portico-app@blue.service", caught.exception.evidence)

    def test_no_home_page_is_asked_where_none_is_named_and_in_states_of_before(self) -> None:
        for app in (APP, {**APP, "homePath": None}):
            self.hosts.clear()
            self.prove_way(app, health=OWN)
            self.assertEqual(self.hosts, ["portico.internal/readyz"])

    def test_what_is_not_ready_for_visitors_is_a_failure(self) -> None:
        self.answers["portico.internal/readyz"] = 404
        with self.assertRaisesRegex(HostError, r"visitor's GET /readyz .*: got 404; allowed: 200"):
            self.prove_way(APP, health=OWN)

    def test_a_state_that_names_no_certificate_is_asked_with_the_one_of_then(self) -> None:
        self.prove(APP, health={key: value for key, value in OWN.items() if key != "certificate"})
        self.assertEqual(self.asked[0][1], self.paths.live("/etc/portico/tls/server.crt"))
