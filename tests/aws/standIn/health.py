"""Health of a balancer's targets: asked from the machines themselves, as a balancer does. moto calls each one healthy."""

import http.client
import ssl
import threading
from dataclasses import dataclass

TIMEOUT_SECONDS = 3


@dataclass(frozen=True)
class Check:
    """A health check of a target group, for one target."""

    address: str
    port: int
    protocol: str
    path: str
    codes: str


@dataclass(frozen=True)
class Health:
    """What a check found, in the words of the API; reason and description are empty when all is well."""

    state: str
    reason: str = ""
    description: str = ""


INITIAL = Health("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")


@dataclass(frozen=True)
class Patience:
    """How long a target must answer otherwise than its state until that changes, in seconds."""

    until_healthy: float
    until_unhealthy: float


@dataclass
class Course:
    """A target's state, and since when its answers are as the latest one. A new target is healthy with its first good answer."""

    state: Health
    good: bool
    since: float


class Verdicts:
    """State of each target from its answers one after another."""

    def __init__(self) -> None:
        self._courses: dict[tuple[str, str], Course] = {}
        self._lock = threading.Lock()

    def after(self, target: tuple[str, str], answer: Health, patience: Patience, now: float) -> Health:
        """The state of a target, by group and id, after one more answer."""
        with self._lock:
            good = answer.state == "healthy"
            course = self._courses.setdefault(target, Course(INITIAL, good, now))
            if course.good != good:
                course.good, course.since = good, now
            first = good and course.state == INITIAL
            if first or now - course.since >= (patience.until_healthy if good else patience.until_unhealthy):
                course.state = answer
            return course.state

    def forget(self, target: tuple[str, str]) -> None:
        """The target has left its group."""
        with self._lock:
            self._courses.pop(target, None)


def judge(check: Check) -> Health:
    """Ask the target once."""
    try:
        status = _ask(check)
    except TimeoutError:
        return Health("unhealthy", "Target.Timeout", "Request timed out")
    except (OSError, http.client.HTTPException):
        return Health("unhealthy", "Target.FailedHealthChecks", "Health checks failed")
    if code_matches(status, check.codes):
        return Health("healthy")
    return Health("unhealthy", "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]")


def code_matches(status: int, codes: str) -> bool:
    """True when the status is among the codes: `200`, `200,204` or `200-299`."""
    for part in codes.split(","):
        first, _, last = part.partition("-")
        if int(first) <= status <= int(last or first):
            return True
    return False


def _ask(check: Check) -> int:
    if check.protocol == "HTTPS":
        # A balancer of AWS does not verify the certificates of its targets.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(check.address, check.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(check.address, check.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", check.path, headers={"User-Agent": "ELB-HealthChecker/2.0"})
        return connection.getresponse().status
    finally:
        connection.close()
