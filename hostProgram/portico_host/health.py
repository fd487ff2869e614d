"""Whether the host as a whole answers, the way the balancer sees it; on the balancer, the way clients do."""

from . import evidence, nginx_check, probe, slots
from .bundle import Health
from .context import Context
from .errors import HostError, fault
from .plan import Plan

EDGE_PROBES = 3
EDGE_SECONDS = 20


def prove_host(context: Context, plan: Plan, slot: str | None) -> None:
    """Raises `HostError` with the evidence of Nginx and of the slot when the host is not healthy."""
    app = plan.description.app
    times, seconds = (app.probes, app.ready_seconds) if app else (EDGE_PROBES, EDGE_SECONDS)
    _prove(context, plan.description.health, times, seconds, slot)
    site = plan.description.site
    if site is not None and site != plan.description.health:
        _prove(context, site, EDGE_PROBES, EDGE_SECONDS, slot)


def _prove(context: Context, health: Health, times: int, seconds: float, slot: str | None) -> None:
    certificate = context.paths.live(health.certificate)
    good, answer = probe.until(lambda: probe.ask_nginx(health, certificate), health.expect, times, seconds)
    if good:
        return
    allowed = probe.wanted(health.expect, times, seconds)
    message = fault(f"health {health.url}", answer.status or "no answer", allowed, "see the answer and the logs below")
    lines = [*evidence.of_answer(answer), *evidence.of_unit(context, nginx_check.UNIT)]
    if slot is not None:
        lines += evidence.of_unit(context, slots.service(slot))
    raise HostError(message, lines)
