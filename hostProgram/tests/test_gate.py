from pathlib import Path
from typing import Any
from unittest import mock

from bundles import APP, description
from fake_systemd import FakeSystemd
from support import HostCase, printed

from portico_host import evidence, gate, probe
from portico_host.bundle import Description
from portico_host.errors import HostError, UsageError
from portico_host.plan import Plan
from portico_host.probe import Answer

NGINX = "portico-nginx.service"
HOSTS = [{"name": "web-1", "address": "10.0.0.11"}, {"name": "web-2", "address": "10.0.0.12"}]
CERTIFICATE = "/etc/portico/tls/site.crt"
SITE = {"url": "https://127.0.0.1/healthz", "serverName": "portico.internal", "expect": 200, "certificate": CERTIFICATE}


class GateTest(HostCase):
    """`answers` has a status by host address, and by `site`; all others are 200."""

    def setUp(self) -> None:
        super().setUp()
        self.systemd = FakeSystemd()
        self.answers: dict[str, int] = {}
        self.asked: list[tuple[Any, ...]] = []
        for manager in (
            self.systemd.in_charge(),
            printed(),
            mock.patch.object(probe, "ask_web_host", self.ask_web_host),
            mock.patch.object(probe, "ask_nginx", self.ask_site),
            mock.patch.object(evidence, "of_unit", lambda context, unit: [f"log of {unit}"]),
            mock.patch.object(probe, "PAUSE_SECONDS", 0.01),
            mock.patch.object(probe, "PAUSE_WHEN_GOOD_SECONDS", 0.01),
            mock.patch.object(gate, "SECONDS", 0.05),
        ):
            manager.__enter__()
            self.addCleanup(manager.__exit__, None, None, None)
        self.plan = self.stage("edge", None)

    def stage(self, role: str, app: dict[str, Any] | None) -> Plan:
        value: Any = description({}, app, role=role, site=None if role == "web" else SITE)
        plan = Plan("0123456789", None, None, Description.read(value), value, (), self.paths.staged / "0123456789")
        plan.folder.mkdir(parents=True, exist_ok=True)
        plan.save()
        return plan

    def ask_web_host(self, address: str, name: str, path: str, host: str, authority: Path) -> Answer:
        self.asked.append((address, name, path, host, authority))
        return Answer(f"GET https://{address}:8443{path}", self.answers.get(address, 200), "text", 0.01)

    def ask_site(self, health: Any, authority: Path) -> Answer:
        self.asked.append(("site", health.server_name, authority))
        return Answer("GET the site", self.answers.get("site", 200), "text", 0.01)

    def run_balancer(self) -> None:
        self.systemd.active.add(NGINX)
        self.paths.live(CERTIFICATE).parent.mkdir(parents=True)
        self.paths.live(CERTIFICATE).touch()

    def gate(self, **changes: Any) -> dict[str, Any]:
        return gate.gate(self.context, {**self.plan.result(), "hosts": HOSTS, **changes})

    def test_asks_each_host_as_nginx_will_with_the_staged_authority(self) -> None:
        self.assertEqual(self.gate(), {"gated": ["web-1", "web-2"], "probes": 3, "site": False})
        authority = self.plan.tree / "etc/portico/tls/ca.crt"
        expected = [
            (host["address"], "web.portico.internal", "/healthz", "portico.internal", authority) for host in HOSTS
        ]
        self.assertEqual(self.asked, [each for each in expected for _ in range(3)])

    def test_asks_the_site_too_once_the_balancer_runs(self) -> None:
        self.run_balancer()
        self.assertEqual(self.gate(probes=1), {"gated": ["web-1", "web-2"], "probes": 1, "site": True})
        self.assertEqual(self.asked[-1], ("site", "portico.internal", self.paths.live(CERTIFICATE)))

    def test_asks_no_site_on_an_application_host_that_is_about_to_become_the_balancer(self) -> None:
        self.systemd.active.add(NGINX)
        self.assertEqual(self.gate()["site"], False)
        self.assertNotIn("site", [asked for asked, *_ in self.asked])

    def test_a_host_that_does_not_answer_is_named_with_question_and_answer(self) -> None:
        self.answers["10.0.0.12"] = 502
        with self.assertRaises(HostError) as caught:
            self.gate()
        self.assertIn("gate: host web-2 (10.0.0.12): got 502; allowed: 200, 3 times in a row", caught.exception.message)
        self.assertEqual(caught.exception.evidence[0], "asked: GET https://10.0.0.12:8443/healthz")
        self.assertRegex(caught.exception.evidence[1], r"^answer: 502 text")

    def test_a_site_that_does_not_answer_comes_with_the_log_of_the_balancer(self) -> None:
        self.run_balancer()
        self.answers["site"] = 504
        with self.assertRaises(HostError) as caught:
            self.gate()
        self.assertIn("gate: the site portico.internal: got 504", caught.exception.message)
        self.assertIn(f"log of {NGINX}", caught.exception.evidence)

    def test_is_for_balancers(self) -> None:
        self.plan = self.stage("web", APP)
        with self.assertRaisesRegex(UsageError, "gate: got role web; allowed: a balancer"):
            self.gate()

    def test_refuses_input_that_is_none(self) -> None:
        for changes, message in (
            ({"hosts": None}, "input.hosts: got nothing"),
            ({"hosts": ["web-1"]}, "input.hosts: got str"),
            ({"hosts": [{"name": "web-1"}]}, "input.hosts.address: got nothing"),
            ({"probes": 0}, "input.probes: got 0"),
            ({"staged": "fedcba9876"}, "staged: got fedcba9876"),
        ):
            with self.subTest(message), self.assertRaisesRegex(HostError, message):
                self.gate(**changes)
        self.assertEqual(self.asked, [])
