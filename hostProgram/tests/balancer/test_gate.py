import contextlib
import threading
from pathlib import Path
from typing import Any
from unittest import mock

from bundles import APP, description
from certificates import issue, make_authority, serving
from fake_systemd import FakeSystemd
from portico_host.balancer import gate
from portico_host.base.errors import HostError, UsageError
from portico_host.bundle.description import Description
from portico_host.health_check import check_state, drain
from portico_host.health_check.check_state import State
from portico_host.health_check.standing import Standing
from portico_host.probes import host_probe, probe
from portico_host.state.plan import Plan
from portico_host.units import evidence
from support import FakeClock, HostCase, printed

NGINX = "portico-nginx.service"
WEB = "web.portico.internal"
CERTIFICATE = "/etc/portico/tls/site.crt"
HEALTHY = {f"{probe.HEALTH_HOST}{probe.HEALTH_PATH}": 200}


class FrontCase(HostCase):
    """A balancer in a temporary folder. It has what `install` put there, and `stage` what it is to have."""

    def setUp(self) -> None:
        super().setUp()
        self.systemd = FakeSystemd()
        for manager in (
            self.systemd.in_charge(),
            printed(),
            mock.patch.object(evidence, "of_unit", lambda context, unit: [f"log of {unit}"]),
        ):
            manager.__enter__()
            self.addCleanup(manager.__exit__, None, None, None)

    def write(self, root: Path, names: str, *authorities: Path) -> None:
        (root / "etc/portico/nginx/sites").mkdir(parents=True)
        (root / "etc/portico/tls").mkdir(parents=True)
        text = f"server {{\n    server_name _;\n}}\nserver {{\n    server_name {names};\n}}\n"
        (root / "etc/portico/nginx/sites/edge.conf").write_text(text)
        (root / "etc/portico/tls/ca.crt").write_text("".join(authority.read_text() for authority in authorities))

    def install(self, names: str, site: Path, *authorities: Path) -> None:
        self.write(self.root, names, *authorities)
        self.paths.live(CERTIFICATE).write_bytes(site.read_bytes())
        self.systemd.active.add(NGINX)

    def stage(self, names: str, *authorities: Path, port: int = 443, path: str = "/healthz") -> Plan:
        site = {
            "url": f"https://127.0.0.1:{port}{path}",
            "serverName": names.split()[0],
            "expect": 200,
            "certificate": CERTIFICATE,
        }
        value: Any = description({}, None, role="edge", site=site)
        plan = Plan("0123456789", None, None, Description.read(value), value, (), self.paths.staged / "0123456789")
        plan.folder.mkdir(parents=True)
        plan.save()
        self.write(plan.tree, names, *authorities)
        return plan


class Unsteady(dict[str, int]):
    """Every second answer is good, beginning with the first."""

    answers = 0

    def get(self, key: str, default: Any = None) -> Any:
        self.answers += 1
        return 200 if self.answers % 2 else 502


class GateTest(FrontCase):
    """Hosts and site are real TLS servers; one port stands for 8443 of all hosts."""

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(mock.patch.object(probe, "CLOCK", FakeClock().for_probes()))
        self.enterContext(mock.patch.object(gate, "SECONDS", 0.2))
        self.enterContext(mock.patch.object(host_probe, "VISIT_SECONDS", 0.2))
        self.old, self.new = make_authority(self.root, "old"), make_authority(self.root, "new")

    def show(self, root: Path, authority: str, days: str = "2") -> None:
        """What the balancer below `root` shows hosts."""
        made = issue(self.root, authority, "client", "balancer.portico.internal", days)
        content = made.read_text() + made.with_suffix(".key").read_text()
        (root / "etc/portico/tls/client.pem").write_text(content)

    def certificate(self, authority: str, host: str) -> Path:
        return issue(self.root, authority, f"{authority}-{host}", host, address="127.0.0.1")

    def serve(self, certificate: Path, statuses: dict[str, int] | None = None, clients: Path | None = None) -> int:
        return self.enterContext(serving(certificate, statuses, clients))

    def ask(self, plan: Plan, port: int, **changes: Any) -> dict[str, Any]:
        with mock.patch.object(probe, "WEB_PORT", port):
            hosts = [{"name": "web-1", "address": "127.0.0.1"}]
            return gate.gate(self.context, {**plan.result(), "hosts": hosts, "probes": 2, **changes})

    def test_where_no_balancer_runs_hosts_are_asked_with_what_was_staged_for_it(self) -> None:
        port = self.serve(self.certificate("new", WEB), {**HEALTHY, "shop.example/healthz": 200})
        plan = self.stage("shop.example", self.new)
        self.assertEqual(self.ask(plan, port), {"gated": ["web-1"], "probes": 2, "site": False})

    def test_a_host_that_the_balancer_of_now_does_not_believe_is_refused_whatever_was_staged(self) -> None:
        port = self.serve(self.certificate("new", WEB), {**HEALTHY, "shop.example/healthz": 200})
        self.install("shop.example", self.certificate("old", "shop.example"), self.old)
        plan = self.stage("shop.example", self.new)
        with self.assertRaisesRegex(
            HostError, r"gate: host web-1 \(127\.0\.0\.1\): got no answer; .*visitors would get no answer"
        ) as caught:
            self.ask(plan, port)
        self.assertIn("certificate verify failed", "".join(caught.exception.evidence))

    def test_it_is_let_through_once_the_balancer_believes_both(self) -> None:
        port = self.serve(self.certificate("new", WEB), {**HEALTHY, "shop.example/healthz": 200})
        site = self.certificate("old", "shop.example")
        self.install("shop.example", site, self.old, self.new)
        plan = self.stage("shop.example", self.new, port=self.serve(site))
        self.assertEqual(self.ask(plan, port)["site"], True)

    def test_a_certificate_of_the_site_that_has_ended_does_not_keep_its_successor_away(self) -> None:
        port = self.serve(self.certificate("old", WEB), {**HEALTHY, "shop.example/healthz": 200})
        site = issue(self.root, "old", "site", "shop.example", "0")
        self.install("shop.example", site, self.old)
        plan = self.stage("shop.example", self.old, port=self.serve(site))
        self.assertEqual(self.ask(plan, port), {"gated": ["web-1"], "probes": 2, "site": False})

    def test_hosts_are_shown_what_the_balancer_has_now_and_what_is_to_come_once_that_has_ended(self) -> None:
        port = self.serve(self.certificate("old", WEB), {**HEALTHY, "shop.example/healthz": 200}, self.new)
        site = self.certificate("old", "shop.example")
        self.install("shop.example", site, self.old)
        plan = self.stage("shop.example", self.old, port=self.serve(site))
        self.show(plan.tree, "new")
        for days, gated in (("2", False), ("0", True)):
            self.show(self.root, "old", days)
            with self.subTest(days=days), contextlib.ExitStack() as stack:
                if not gated:
                    stack.enter_context(self.assertRaisesRegex(HostError, "got no answer"))
                self.assertEqual(self.ask(plan, port)["gated"], ["web-1"])

    def test_another_live_path_another_first_name_and_another_certificate_are_no_matter_of_the_balancer_of_now(
        self,
    ) -> None:
        """The host knows the new path and both names, the site the old path and the old name only."""
        port = self.serve(
            self.certificate("old", WEB), {**HEALTHY, "old.example/new-path": 200, "new.example/new-path": 200}
        )
        site = self.certificate("old", "old.example")
        self.install("old.example other.example", site, self.old)
        plan = self.stage(
            "new.example old.example", self.old, port=self.serve(site, {"old.example/healthz": 200}), path="/new-path"
        )
        self.assertEqual(self.ask(plan, port), {"gated": ["web-1"], "probes": 2, "site": True})

    def test_a_host_that_does_not_serve_the_names_of_now_is_refused(self) -> None:
        port = self.serve(self.certificate("old", WEB), {**HEALTHY, "old.example/healthz": 421})
        self.install("old.example", self.certificate("old", "old.example"), self.old)
        plan = self.stage("old.example", self.old)
        with self.assertRaisesRegex(HostError, r"host web-1 \(127\.0\.0\.1\) as old\.example: got 421"):
            self.ask(plan, port)

    def test_where_all_names_change_hosts_are_asked_by_the_fixed_path_alone(self) -> None:
        port = self.serve(self.certificate("old", WEB), HEALTHY)
        self.install("old.example", self.certificate("old", "old.example"), self.old)
        plan = self.stage("new.example", self.old)
        self.assertEqual(self.ask(plan, port)["site"], False)

    def test_a_host_that_the_health_check_holds_back_passes_and_is_named(self) -> None:
        self.enterContext(mock.patch.object(drain, "RETURN_SECONDS", 0))
        self.paths.live(check_state.FOLDER).mkdir(parents=True)
        standings = {"web-1": Standing(good=False)}
        State(standings, serving=("web-2",), applied=True, asked=check_state.clock()).save(self.paths)
        port = self.serve(self.certificate("new", WEB), {**HEALTHY, "shop.example/healthz": 200})
        with printed() as said:
            self.ask(self.stage("shop.example", self.new), port)
        self.assertIn("web-1 gets no requests yet", said.getvalue())

    def test_all_hosts_are_asked_at_once(self) -> None:
        """None of them is answered before all are asked."""
        together = threading.Barrier(3, timeout=20)
        asked: list[str] = []

        def pass_host(_: gate.Gate, name: str, address: str) -> None:
            together.wait()
            asked.append(f"{name} {address}")

        hosts = [{"name": f"web-{number}", "address": f"10.0.0.{number}"} for number in (1, 2, 3)]
        with mock.patch.object(gate.Gate, "pass_host", pass_host):
            answer = self.ask(self.stage("shop.example", self.new), 1, hosts=hosts)
        self.assertEqual(answer["gated"], ["web-1", "web-2", "web-3"])
        self.assertEqual(sorted(asked), ["web-1 10.0.0.1", "web-2 10.0.0.2", "web-3 10.0.0.3"])

    def test_of_several_hosts_that_fail_the_first_in_the_list_is_named(self) -> None:
        first_may_fail = threading.Event()

        def pass_host(_: gate.Gate, name: str, address: str) -> None:
            if name == "web-2":
                first_may_fail.wait(20)
            if name == "web-3":
                first_may_fail.set()
            if name != "web-1":
                raise HostError(f"gate: host {name}: got 502")

        hosts = [{"name": f"web-{number}", "address": f"10.0.0.{number}"} for number in (1, 2, 3)]
        with mock.patch.object(gate.Gate, "pass_host", pass_host), self.assertRaisesRegex(HostError, "web-2"):
            self.ask(self.stage("shop.example", self.new), 1, hosts=hosts)

    def test_good_answers_count_in_a_row_only(self) -> None:
        port = self.serve(self.certificate("new", WEB), Unsteady())
        with self.assertRaisesRegex(HostError, r"web-1 .*: got 502; allowed: 200, 2 times in a row"):
            self.ask(self.stage("shop.example", self.new), port)

    def test_a_host_that_is_not_healthy_is_named_with_question_and_answer(self) -> None:
        port = self.serve(self.certificate("new", WEB), {f"{probe.HEALTH_HOST}{probe.HEALTH_PATH}": 502})
        plan = self.stage("shop.example", self.new)
        with self.assertRaisesRegex(
            HostError, r"web-1 \(127\.0\.0\.1\): got 502; allowed: 200, 2 times in a row"
        ) as caught:
            self.ask(plan, port)
        self.assertIn(f"/.portico/health (Host: {probe.HEALTH_HOST})", caught.exception.evidence[0])
        self.assertRegex(caught.exception.evidence[1], r"^answer: 502 ")

    def test_a_site_that_does_not_answer_comes_with_the_log_of_the_balancer(self) -> None:
        port = self.serve(self.certificate("old", WEB), {**HEALTHY, "shop.example/healthz": 200})
        site = self.certificate("old", "shop.example")
        self.install("shop.example", site, self.old)
        plan = self.stage("shop.example", self.old, port=self.serve(site, {"shop.example/healthz": 504}))
        with self.assertRaisesRegex(HostError, "gate: the site shop.example: got 504") as caught:
            self.ask(plan, port)
        self.assertIn(f"log of {NGINX}", caught.exception.evidence)

    def test_no_site_is_asked_on_an_application_host_that_is_about_to_become_the_balancer(self) -> None:
        self.systemd.active.add(NGINX)
        port = self.serve(self.certificate("new", WEB), {**HEALTHY, "shop.example/healthz": 200})
        self.assertEqual(self.ask(self.stage("shop.example", self.new), port)["site"], False)

    def test_a_visit_asks_the_first_name_for_what_is_ready_and_for_the_home_page(self) -> None:
        site = self.certificate("new", "shop.example")
        self.install("shop.example", site, self.new)
        plan = self.stage(
            "shop.example", self.new, port=self.serve(site, {"shop.example/readyz": 200, "shop.example/": 404})
        )
        paths = {"ready": "/readyz", "home": "/"}
        visited = gate.visit(self.context, {**plan.result(), "paths": paths})["visited"]
        self.assertEqual([each["status"] for each in visited], [200, 404])
        with self.assertRaisesRegex(HostError, r"a visitor's GET /down \(Host: shop\.example\): got 404; allowed: 200"):
            gate.visit(self.context, {**plan.result(), "paths": {"ready": "/down", "home": None}})

    def test_is_for_balancers(self) -> None:
        value: Any = description({}, APP)
        plan = Plan("0123456789", None, None, Description.read(value), value, (), self.paths.staged / "0123456789")
        plan.folder.mkdir(parents=True)
        plan.save()
        with self.assertRaisesRegex(UsageError, "gate: got role web; allowed: a balancer"):
            self.ask(plan, 1)

    def test_refuses_input_that_is_none(self) -> None:
        plan = self.stage("shop.example", self.new)
        for changes, message in (
            ({"hosts": None}, "input.hosts: got nothing"),
            ({"hosts": ["web-1"]}, "input.hosts: got text"),
            ({"hosts": [{"name": "web-1"}]}, "input.hosts.address: got nothing"),
            ({"probes": 0}, "input.probes: got 0"),
            ({"staged": "fedcba9876"}, "staged: got fedcba9876"),
        ):
            with self.subTest(message), self.assertRaisesRegex(HostError, message):
                self.ask(plan, 1, **changes)
