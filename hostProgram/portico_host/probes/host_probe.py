"""Whether the host as a whole answers, the way the balancer sees it; on the balancer, the way clients do."""

from dataclasses import replace
from urllib.parse import urlsplit

from ..base.context import Context
from ..base.errors import HostError, fault
from ..bundle.description import Health
from ..nginx import nginx_unit
from ..state.plan import Plan
from ..units import evidence, slots
from . import probe
from .probe import REACHED, Answer, Expected

EDGE_PROBES = 3
EDGE_SECONDS = 20
# Beyond the longest silence that Nginx allows an application by default: its own answer says more.
ANSWER_SECONDS = 40
# A release that answers visitors badly is not given much time to go on doing so.
VISIT_SECONDS = 5
# With the limit of one answer about eight seconds for a host that is silent.
BRIEF_SECONDS = 3
LOGS = "see the answer and the logs below"


def prove_host(context: Context, plan: Plan, slot: str | None) -> None:
    """Raises `HostError` with the evidence of Nginx and of the slot when the host itself is not healthy.

    What stands behind a balancer is no matter of it: in the middle of a roll, or on the way back from one, there may be
    hosts with another health path and other names.
    """
    app, health = plan.description.app, plan.description.health
    times, seconds = (app.probes, app.ready_seconds) if app else (EDGE_PROBES, EDGE_SECONDS)
    # A state from before the balancer had a path of its own requests the site.
    expect = REACHED if health == plan.description.site else health.expect
    good, answer = _check(context, health, expect, times, seconds)
    if not good:
        remedy = f"{LOGS}; app.livePath is what is requested, app.readySeconds how long" if app else LOGS
        raise _failure(context, f"health {health.url}", answer, probe.wanted(expect, times, seconds), remedy, slot)


def prove_way(context: Context, plan: Plan, slot: str | None) -> None:
    """Raises `HostError` when visitors would not get through: here to the application, by a balancer to any host."""
    app, health, site = plan.description.app, plan.description.health, plan.description.site
    if app is not None:
        prove_visit(context, replace(health, host=app.host), app.ready_path, app.home_path, slot)
    if site is not None:
        good, answer = _check(context, site, REACHED, EDGE_PROBES, EDGE_SECONDS)
        if not good:
            wanted = probe.wanted(REACHED, EDGE_PROBES, EDGE_SECONDS)
            raise _failure(context, f"site {site.url} (name {site.server_name})", answer, wanted, LOGS, slot)


def prove_visit(
    context: Context, door: Health, ready_path: str, home_path: str | None, slot: str | None = None
) -> list[Answer]:
    """Requests as a visitor does, by `door`: the ready path has to be 200, the home page may be anything but a failure."""
    checks: list[tuple[str, int | Expected, str]] = [(ready_path, 200, "mend what the application says is not ready")]
    if home_path is not None:
        remedy = "mend it; app.homePath names what is requested, null for nothing"
        checks.append((home_path, REACHED, remedy))
    answers = []
    for path, expect, remedy in checks:
        health = replace(door, url=urlsplit(door.url)._replace(path=path).geturl())
        good, answer = _check(context, health, expect, 1, VISIT_SECONDS, ANSWER_SECONDS)
        if not good:
            what = f"a visitor's GET {path} (Host: {health.host or health.server_name})"
            raise _failure(context, what, answer, probe.wanted(expect, 1, VISIT_SECONDS), remedy, slot)
        answers.append(answer)
    return answers


def check_briefly(context: Context, plan: Plan) -> tuple[bool, Answer]:
    """Whether the host answers one request out of those that fit into a few seconds; with the last answer."""
    return _check(context, plan.description.health, plan.description.health.expect, 1, BRIEF_SECONDS)


def _check(
    context: Context,
    health: Health,
    expect: int | Expected,
    times: int,
    seconds: float,
    patience: float = probe.ANSWER_SECONDS,
) -> tuple[bool, Answer]:
    certificate = context.paths.live(health.certificate)
    return probe.until(lambda: probe.request_nginx(health, certificate, patience), expect, times, seconds)


def _failure(context: Context, what: str, answer: Answer, wanted: str, remedy: str, slot: str | None) -> HostError:
    lines = [*answer.evidence(), *evidence.of_unit(context, nginx_unit.UNIT)]
    if slot is not None:
        lines += evidence.of_unit(context, slots.service(slot))
    return HostError(fault(what, answer.status or "no answer", wanted, remedy), lines)
