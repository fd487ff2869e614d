"""`gate`: whether application hosts answer, judged from where their users' requests will come from."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from . import evidence, nginx_check, probe, systemd
from .bundle import Health
from .context import Context
from .errors import HostError, UsageError, fault
from .plan import Plan, read_key
from .probe import Ask
from .values import NAME, Fields

# The name that all application hosts share in the private authority's certificates.
WEB_NAME = "web.portico.internal"
AUTHORITY = "etc/portico/tls/ca.crt"
SECONDS = 15
PROBES = 3
MOST_PROBES = 100


@dataclass(frozen=True)
class Gate:
    """The questions of one call: which hosts, how often in a row."""

    context: Context
    plan: Plan
    site: Health
    hosts: tuple[tuple[str, str], ...]
    probes: int

    def pass_host(self, name: str, address: str) -> None:
        """As Nginx will ask it, with the authority that was staged: the balancer may not have its files yet."""
        path, name_of_site = urlsplit(self.site.url).path or "/", self.site.server_name
        authority = self.plan.tree / AUTHORITY
        ask = partial(probe.ask_web_host, address, WEB_NAME, path, name_of_site, authority)
        self._demand(f"gate: host {name} ({address})", ask, [])

    def pass_site(self) -> bool:
        """The whole way through the balancer; False when none runs here yet, which is no failure."""
        certificate = self.context.paths.live(self.site.certificate)
        if not systemd.is_active(nginx_check.UNIT) or not certificate.exists():
            return False
        ask = partial(probe.ask_nginx, self.site, certificate)
        self._demand(f"gate: the site {self.site.server_name}", ask, [nginx_check.UNIT])
        return True

    def _demand(self, what: str, ask: Ask, units: list[str]) -> None:
        self.context.step(f"asking {what.removeprefix('gate: ')}")
        expect = self.site.expect
        good, answer = probe.until(ask, expect, self.probes, SECONDS)
        if not good:
            wanted = probe.wanted(expect, self.probes, SECONDS)
            message = fault(what, answer.status or "no answer", wanted, "see the answer below and the log of that host")
            logs = [line for unit in units for line in evidence.of_unit(self.context, unit)]
            raise HostError(message, [*evidence.of_answer(answer), *logs])


def gate(context: Context, value: dict[str, Any]) -> dict[str, Any]:
    """Raises `HostError`, which names the host, what was asked and what came back, for the first one that fails."""
    judge = read_gate(context, value)
    for name, address in judge.hosts:
        judge.pass_host(name, address)
    site = judge.pass_site()
    return {"gated": [name for name, _ in judge.hosts], "probes": judge.probes, "site": site}


def read_gate(context: Context, value: dict[str, Any]) -> Gate:
    plan = Plan.load(context.paths, read_key(value))
    site = plan.description.site
    if site is None:
        raise UsageError(fault("gate", f"role {plan.description.role}", "a balancer", "run it there"))
    fields = Fields("input", value)
    hosts = [Fields("input.hosts", each) for each in fields.items("hosts")]
    probes = fields.optional_number("probes", 1, MOST_PROBES) or PROBES
    return Gate(context, plan, site, tuple((host.text("name", NAME), host.text("address")) for host in hosts), probes)
