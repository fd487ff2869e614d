"""Certificates that are about to end, or have ended."""

import calendar
import ssl
import time
from collections.abc import Iterator

from ..base.context import Context
from ..probes.probe import PEM_END
from ..state.plan import Plan
from .difference import Difference

SOON_DAYS = 7
DAY = 24 * 3600
SEQUENCE, VERSION, UTC_TIME = 0x30, 0xA0, 0x17
ADVICE = "bin/up renews one of the stack's own authority in time; another one is yours to renew"


def find(_context: Context, plan: Plan) -> Iterator[Difference]:
    for file in plan.secret_files:
        if file.path.endswith(".crt"):
            text = plan.content(file).decode()
            for pem in (part + PEM_END for part in text.split(PEM_END)[:-1]):
                days = (not_after(ssl.PEM_cert_to_DER_cert(pem.strip())) - time.time()) / DAY
                if days < SOON_DAYS:
                    found = "ended" if days < 0 else f"ends in {days:.1f} days"
                    yield Difference(file.path, found, f"good for {SOON_DAYS} days or more", "nobody", ADVICE)


def not_after(certificate: bytes) -> int:
    """When a certificate ends, in seconds since 1970. https://www.rfc-editor.org/rfc/rfc5280#section-4.1"""
    body = _value(_value(certificate))
    fields = list(_elements(body))
    # The version is optional; then serial number, signature, issuer, validity.
    first = 1 if fields[0][0] == VERSION else 0
    _, validity = fields[first + 3]
    kind, text = list(_elements(validity))[1]
    form = "%y%m%d%H%M%SZ" if kind == UTC_TIME else "%Y%m%d%H%M%SZ"
    return calendar.timegm(time.strptime(text.decode(), form))


def _value(data: bytes) -> bytes:
    return next(_elements(data))[1]


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and value of each element of a DER value."""
    while data:
        tag, length, start = data[0], data[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(data[2:start], "big")
        yield tag, data[start : start + length]
        data = data[start + length :]
