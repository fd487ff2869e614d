"""`gate`: whether visitors get to application hosts, checked by requests that go the way theirs go at this moment."""

import threading
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..base.context import Context
from ..base.errors import HostError, UsageError, fault
from ..base.values import NAME, Fields
from ..bundle.description import Health
from ..health_check import drain
from ..nginx import certificates, nginx_unit
from ..nginx.front import Front
from ..probes import host_probe, probe
from ..probes.probe import HEALTH_HOST, HEALTH_PATH, REACHED, Expected, Send
from ..state.plan import Plan, read_key
from ..units import evidence

SECONDS = 15
PROBES = 3
MOST_PROBES = 100
VISITORS = "visitors would get no answer from it: the update stops here, and what has switched goes back"


@dataclass(frozen=True)
class Gate:
    """The checks of one call: which hosts, how often in a row.

    `live` is what the balancer has now, None while none runs here: hosts that have switched are checked with that, since
    the balancer may not have what was staged for it for a long time yet.
    """

    context: Context
    plan: Plan
    site: Health
    hosts: tuple[tuple[str, str], ...]
    probes: int
    live: Front | None

    @property
    def now(self) -> Front:
        return self.live or Front.staged(self.plan)

    @property
    def client(self) -> Path:
        """What the balancer shows hosts now; where that has ended, and no host answers it, what is to take its place."""
        client = self.now.client
        return Front.staged(self.plan).client if client.exists() and _has_ended(client) else client

    @property
    def shared_name(self) -> str | None:
        """A name that the balancer passes on now, and that hosts which have switched serve too; the site's first if it can be."""
        known = Front.staged(self.plan).names
        return next((name for name in self.now.names if name in known), None)

    def pass_hosts(self) -> None:
        """All at once, so that a batch of many hosts waits no longer than one of a single host. Raises what the first one that fails says."""
        failures: dict[str, Exception] = {}

        def attempt(name: str, address: str) -> None:
            try:
                self.pass_host(name, address)
            except Exception as error:
                failures[name] = error

        # They end with the call, also where a signal ends it.
        threads = [threading.Thread(target=attempt, args=host, daemon=True) for host in self.hosts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name, _ in self.hosts:
            if name in failures:
                raise failures[name]

    def pass_host(self, name: str, address: str) -> None:
        """As the balancer requests it now, by the authority and with the certificate of now: its health, then the site."""
        send = partial(self._request_host, address, HEALTH_PATH, HEALTH_HOST)
        self._demand(f"gate: host {name} ({address})", send, self.site.expect, [])
        if self.shared_name is not None:
            send = partial(self._request_host, address, self._path, self.shared_name)
            self._demand(f"gate: host {name} ({address}) as {self.shared_name}", send, REACHED, [])

    def pass_site(self) -> bool:
        """Through the balancer, to any host; False when none runs here yet, or visitors are to use other names soon.

        Nor where the site's certificate has ended: it is what the update may bring another one for.
        """
        certificate = self.context.paths.live(self.site.certificate)
        if self.live is None or self.shared_name is None or _has_ended(certificate):
            return False
        door = replace(self.site, server_name=self.live.names[0], host=self.shared_name)
        send = partial(probe.request_nginx, door, certificate)
        self._demand(f"gate: the site {self.shared_name}", send, REACHED, [nginx_unit.UNIT])
        return True

    @property
    def _path(self) -> str:
        return urlsplit(self.site.url).path or "/"

    def _request_host(self, address: str, path: str, host: str) -> probe.Answer:
        return probe.request_web_host(address, path, host, self.now.authority, self.client)

    def _demand(self, what: str, send: Send, expect: int | Expected, units: list[str]) -> None:
        self.context.step(f"checking {what.removeprefix('gate: ')}")
        good, answer = probe.until(send, expect, self.probes, SECONDS)
        if not good:
            wanted = probe.wanted(expect, self.probes, SECONDS)
            message = fault(what, answer.status or "no answer", wanted, VISITORS)
            logs = [line for unit in units for line in evidence.of_unit(self.context, unit)]
            raise HostError(message, [*answer.evidence(), *logs])


def _has_ended(file: Path) -> bool:
    return certificates.days_left(certificates.read(file)[0]) < 0


def gate(context: Context, value: dict[str, Any]) -> dict[str, Any]:
    """Raises `HostError`, which names the host, the request and the answer, for the first host in the list that fails."""
    wanted = read_gate(context, value)
    wanted.pass_hosts()
    # A new machine in the place of one that died is out until the health check has seen it answer, too.
    for name in drain.await_return(context, [name for name, _ in wanted.hosts]):
        context.step(f"{name} gets no requests yet: `portico-host status` says for how long it has to answer first")
    site = wanted.pass_site()
    return {"gated": [name for name, _ in wanted.hosts], "probes": wanted.probes, "site": site}


def visit(context: Context, value: dict[str, Any]) -> dict[str, Any]:
    """When all have switched: requests the first name of the site as a visitor does. `value` has `paths`, ready and home."""
    plan, site = read_site(context, value)
    paths = Fields("input", value).object("paths")
    ready, home = paths.text("ready"), paths.optional_text("home")
    context.step(f"requesting {site.server_name} as a visitor")
    answers = host_probe.prove_visit(context, site, ready, home)
    return {
        "visited": [
            {"asked": each.request, "status": each.status, "seconds": round(each.seconds, 3)} for each in answers
        ]
    }


def read_gate(context: Context, value: dict[str, Any]) -> Gate:
    plan, site = read_site(context, value)
    fields = Fields("input", value)
    hosts = [Fields("input.hosts", each) for each in fields.items("hosts")]
    probes = fields.optional_number("probes", 1, MOST_PROBES) or PROBES
    named = tuple((host.text("name", NAME), host.text("address")) for host in hosts)
    return Gate(context, plan, site, named, probes, Front.live(context, site.certificate))


def read_site(context: Context, value: dict[str, Any]) -> tuple[Plan, Health]:
    """What was staged for the balancer that this is to be."""
    plan = Plan.load(context.paths, read_key(value))
    site = plan.description.site
    if site is None:
        raise UsageError(fault("gate", f"role {plan.description.role}", "a balancer", "run it there"))
    return plan, site
