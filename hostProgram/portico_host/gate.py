"""`gate`: whether application hosts answer, judged from where their users' requests will come from."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from . import evidence, nginx_check, probe, systemd
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
    hosts: tuple[tuple[str, str], ...]
    probes: int

    def pass_host(self, name: str, address: str) -> None:
        """As Nginx will ask it, with the authority that was staged: the balancer may not have its files yet."""
        health = self.plan.description.health
        path, site, authority = urlsplit(health.url).path or "/", health.server_name, self.plan.tree / AUTHORITY
        ask = partial(probe.ask_web_host, address, WEB_NAME, path, site, authority)
        self._demand(f"gate: host {name} ({address})", ask, [])

    def pass_site(self) -> bool:
        """The whole way through the balancer; False when it does not run yet, which is no failure."""
        if not systemd.is_active(nginx_check.UNIT):
            return False
        health, authority = self.plan.description.health, self.context.paths.authority
        self._demand(
            f"gate: the site {health.server_name}", partial(probe.ask_nginx, health, authority), [nginx_check.UNIT]
        )
        return True

    def _demand(self, what: str, ask: Ask, units: list[str]) -> None:
        self.context.step(f"asking {what.removeprefix('gate: ')}")
        expect = self.plan.description.health.expect
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
    if plan.description.role != "edge":
        raise UsageError(fault("gate", f"role {plan.description.role}", "a balancer", "run it there"))
    fields = Fields("input", value)
    hosts = [Fields("input.hosts", each) for each in fields.items("hosts")]
    probes = fields.optional_number("probes", 1, MOST_PROBES) or PROBES
    return Gate(context, plan, tuple((host.text("name", NAME), host.text("address")) for host in hosts), probes)
