"""Certificates that are about to end, or have ended, and orders of the site's own that fail."""

from collections.abc import Iterator

from ..acme.attempts import Attempts
from ..acme.order import Order
from ..base.context import Context
from ..base.contract import PATHS
from ..bundle.managed_file import AGENT, ManagedFile
from ..nginx import certificates
from ..nginx.certificates import DAY, Certificate
from ..state.plan import Plan
from .difference import Difference

# Of one that an update makes anew: how long before says a setting.
OWN_DAYS = 7
# Of any other: of 90 days 21, and of shorter lives as much less. One by ACME is renewed when a third is left.
OTHER_DAYS = 21
OTHER_PART = 7 / 30
AUTHORITY = PATHS["authorityCertificate"]
OF_THE_STACK = "bin/up makes it anew"
OF_ACME = "journalctl --unit=portico-certify.service says why it is not renewed"
OF_OTHERS = "it is yours to renew: site.givenCertificate"


def find(context: Context, plan: Plan) -> Iterator[Difference]:
    own = {each.subject for file in plan.secret_files if file.path == AUTHORITY for each in _read(context, plan, file)}
    for file in plan.secret_files:
        if file.path.endswith((".crt", ".pem")):
            for certificate in _read(context, plan, file):
                yield from _ends(file, certificate, certificate.issuer in {*own, certificate.subject})
    yield from _orders(context)


def _ends(file: ManagedFile, certificate: Certificate, own: bool) -> Iterator[Difference]:
    soon = OWN_DAYS if own else min(OTHER_DAYS, certificate.life / DAY * OTHER_PART)
    days = certificate.days_left
    if days < soon:
        found = "ended" if days < 0 else f"ends in {days:.1f} days"
        advice = OF_THE_STACK if own else OF_ACME if file.effect == AGENT else OF_OTHERS
        yield Difference(file.path, found, f"good for {soon:.3g} days or more", "nobody", advice)


def _orders(context: Context) -> Iterator[Difference]:
    order = Order.load(context.paths)
    if order is None:
        return
    attempts = Attempts.load(context.paths, order)
    if attempts.failures > 0:
        found = f"{attempts.failures} orders failed, the last one with: {attempts.why}"
        yield Difference(f"certificate for {', '.join(order.names)}", found, "issued", "nobody", OF_ACME)


def _read(context: Context, plan: Plan, file: ManagedFile) -> list[Certificate]:
    """What is there, of a file that this host itself goes on writing."""
    live = context.paths.live(file.path)
    written_here = file.effect == AGENT and live.is_file()
    content = live.read_bytes() if written_here else plan.content(file)
    return [certificates.parse(pem) for pem in certificates.split(content.decode())]
