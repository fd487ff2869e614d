"""Has Nginx show an issued certificate, or what it showed before when it does not."""

from ..base.context import Context
from ..base.contract import PATHS
from ..base.durable import write_file
from ..base.errors import HostError, clean_each, cleaned_up, fault
from ..bundle.description import Health
from ..bundle.managed_file import AGENT, ManagedFile, owner_of
from ..health_check import servers
from ..nginx import nginx_reload, nginx_unit
from ..preflight import nginx_check
from ..probes import probe
from ..state.manifest import Manifest
from ..units import evidence
from .issued import Issued
from .order import Order

CERTIFICATE, KEY = PATHS["siteCertificate"], PATHS["siteKey"]
TURN_SECONDS = 20
PROBE_SECONDS = 10


def is_shown(context: Context, issued: Issued) -> bool:
    return _present(context) == {KEY: issued.key.encode(), CERTIFICATE: issued.chain.encode()}


def show(context: Context, order: Order, issued: Issued) -> None:
    """Raises `HostError` when Nginx does not take it, or does not show it; then the former one is shown. Under the lock."""
    files = _own_files(context)
    nginx_reload.turn.take(context.paths.live(servers.FOLDER), TURN_SECONDS)
    before = _present(context)
    try:
        with cleaned_up(lambda failure: clean_each(failure, [lambda: _put(context, order, files, before)])):
            _put(context, order, files, {KEY: issued.key.encode(), CERTIFICATE: issued.chain.encode()})
    finally:
        nginx_reload.turn.end()
    context.step(f"shown: a certificate for {', '.join(order.names)}")


def _put(context: Context, order: Order, files: list[ManagedFile], content: dict[str, bytes]) -> None:
    for file in files:
        write_file(context.paths.live(file.path), content[file.path], int(file.mode, 8), *owner_of(file))
    nginx_check.check_live(context)
    evidence.with_evidence(context, nginx_unit.UNIT, lambda _: nginx_reload.reload_nginx(context.paths))
    door = Health(f"https://127.0.0.1{probe.HEALTH_PATH}", order.names[0], 200, CERTIFICATE, probe.HEALTH_HOST)
    good, answer = probe.until(
        lambda: probe.request_nginx(door, context.paths.live(CERTIFICATE)), probe.REACHED, 1, PROBE_SECONDS
    )
    if not good:
        got, remedy = "another certificate, or no answer", "what was shown before is put back"
        raise HostError(fault("Nginx", got, "the new one", remedy), answer.evidence())


def _own_files(context: Context) -> list[ManagedFile]:
    """A release may have come meanwhile, with another word for the certificate."""
    managed = Manifest.load(context.paths).files
    found = [managed[path] for path in (KEY, CERTIFICATE) if path in managed and managed[path].effect == AGENT]
    if len(found) < 2:
        remedy = "nothing; what was issued is kept for a way back"
        raise HostError(fault(CERTIFICATE, "a file of the stack", "one that this host orders itself", remedy))
    return found


def _present(context: Context) -> dict[str, bytes]:
    """Empty where they are missing."""
    places = {path: context.paths.live(path) for path in (KEY, CERTIFICATE)}
    return {path: place.read_bytes() if place.is_file() else b"" for path, place in places.items()}
