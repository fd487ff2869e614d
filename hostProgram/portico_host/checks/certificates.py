"""Certificates that are about to end, or have ended."""

from collections.abc import Iterator

from ..base.context import Context
from ..nginx import certificates
from ..state.plan import Plan
from .difference import Difference

SOON_DAYS = 7
ADVICE = "bin/up renews one of the stack's own authority in time; another one is yours to renew"


def find(_context: Context, plan: Plan) -> Iterator[Difference]:
    for file in plan.secret_files:
        if file.path.endswith((".crt", ".pem")):
            for pem in certificates.split(plan.content(file).decode()):
                days = certificates.days_left(pem)
                if days < SOON_DAYS:
                    found = "ended" if days < 0 else f"ends in {days:.1f} days"
                    yield Difference(file.path, found, f"good for {SOON_DAYS} days or more", "nobody", ADVICE)
