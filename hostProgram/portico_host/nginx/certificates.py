"""Certificates in files, PEM."""

import calendar
import re
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
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
    return parse(pem).days_left


@dataclass(frozen=True)
class Certificate:
    """What a certificate says of itself: times in seconds since 1970, names as they are encoded, to be compared."""

    issuer: bytes
    not_before: int
    not_after: int
    subject: bytes

    @property
    def life(self) -> int:
        return self.not_after - self.not_before

    @property
    def days_left(self) -> float:
        return (self.not_after - time.time()) / DAY


def parse(pem: str) -> Certificate:
    """https://www.rfc-editor.org/rfc/rfc5280#section-4.1"""
    fields = list(_elements(_value(_value(ssl.PEM_cert_to_DER_cert(pem)))))
    # The version is optional; then serial number, signature, issuer, validity, subject.
    first = 1 if fields[0][0] == VERSION else 0
    issuer, validity, subject = (value for _, value in fields[first + 2 : first + 5])
    begin, end = (_time(tag, value) for tag, value in _elements(validity))
    return Certificate(issuer, begin, end, subject)


def _time(tag: int, value: bytes) -> int:
    form = "%y%m%d%H%M%SZ" if tag == UTC_TIME else "%Y%m%d%H%M%SZ"
    return calendar.timegm(time.strptime(value.decode(), form))


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
