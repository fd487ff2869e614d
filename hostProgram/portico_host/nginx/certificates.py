"""Certificates in files, PEM."""

import calendar
import re
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
DAY = 24 * 3600
VERSION, UTC_TIME = 0xA0, 0x17


def split(text: str) -> tuple[str, ...]:
    """The certificates in a text, in their order."""
    return tuple(CERTIFICATE.findall(text))


def read(file: Path) -> tuple[str, ...]:
    return split(file.read_text("ascii"))


def days_left(pem: str) -> float:
    """Less than 0 for one that has ended."""
    return (not_after(ssl.PEM_cert_to_DER_cert(pem)) - time.time()) / DAY


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
