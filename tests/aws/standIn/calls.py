"""Which operation of which service a request is for, read from the request as it arrives."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, parse_qsl

CREDENTIAL = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
S3_CONTROL_PATH = "/v20180820/"


@dataclass(frozen=True)
class Request:
    """The parts of a request that tell its operation."""

    method: str
    path: str
    query: str
    authorization: str
    target: str = ""
    body: str = ""
    # Label that stands before the server's own name: a bucket, or an account.
    label: str = ""


@dataclass(frozen=True)
class RestOperation:
    """An operation that is told by method, path and query."""

    name: str
    method: str
    path: re.Pattern[str]
    query: tuple[tuple[str, str], ...]

    def fits(self, request: Request) -> bool:
        """True when the request may be for this operation."""
        given = dict(parse_qsl(request.query, keep_blank_values=True))
        asked = all(given.get(name) is not None and value in ("", given[name]) for name, value in self.query)
        return (
            asked and self.method == request.method and self.path.fullmatch(request.path.rstrip("/") or "/") is not None
        )


def rest_operations(described: Iterable[tuple[str, str, str]]) -> list[RestOperation]:
    """Operations from name, method and address as the service's model says them, the most particular first."""
    read = [_read_operation(*entry) for entry in described]
    # Some differ in their headers alone; the plain one has the shortest name (PutObject, CopyObject).
    return sorted(
        read, key=lambda operation: (-len(operation.query), -operation.path.pattern.count("/"), len(operation.name))
    )


def operation_of(request: Request, rest: dict[str, list[RestOperation]]) -> tuple[str, str] | None:
    """Service, as requests are signed for it, and operation; None when the request is for nothing known."""
    signed = CREDENTIAL.search(request.authorization)
    if signed is None:
        return None
    service = signed[1]
    if service == "s3" and request.path.startswith(S3_CONTROL_PATH):
        service = "s3control"
    elif service == "s3" and request.label:
        request = replace(request, path=f"/{request.label}{request.path}")
    if request.target:
        return service, request.target.rpartition(".")[2]
    if action := parse_qs(request.body).get("Action"):
        return service, action[0]
    for operation in rest.get(service, []):
        if operation.fits(request):
            return service, operation.name
    return None


def _read_operation(name: str, method: str, address: str) -> RestOperation:
    path, _, query = address.partition("?")
    pattern = re.sub(
        r"\\\{[^}]*\\\}",
        lambda part: ".+" if part[0].endswith(r"\+\}") else "[^/]+",
        re.escape(path.rstrip("/") or "/"),
    )
    return RestOperation(name, method, re.compile(pattern), tuple(parse_qsl(query, keep_blank_values=True)))
