"""Whether a certificate is the one that was ordered: names, key, chain and dates, before anybody is shown it."""

import ssl
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..base.errors import HostError, fault
from ..base.processes import run, tail
from .issued import Issued
from .order import Order

REMEDY = "what was shown before stays; look at the authority, and at site.acme.directory"


def judge(issued: Issued, order: Order) -> None:
    """Raises `HostError` with what OpenSSL says against it.

    Each certificate that is sent has to be signed by the next one. Whether browsers know the last one is not judged: they do
    not know those of a staging or a private authority.
    """
    if not issued.parts:
        raise HostError(fault("certificate", "none", "one in PEM", REMEDY))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [folder / f"{place}.pem" for place in range(len(issued.parts))]
        for file, part in zip(files, issued.parts, strict=True):
            file.write_text(part)
        _check_key(issued, folder)
        for wanted in order.names:
            _verify(files[:2], f"for {wanted}", "-purpose", "sslserver", "-verify_hostname", wanted)
        for place in range(1, len(files) - 1):
            _verify(files[place : place + 2], f"number {place + 1} of the chain, signed by the next one")


def _check_key(issued: Issued, folder: Path) -> None:
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_text(issued.chain)
    key.write_text(issued.key)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key)
    except ssl.SSLError as error:
        raise HostError(fault("certificate", error.reason or error, "one for the key of the request", REMEDY)) from None


def _verify(files: Sequence[Path], wanted: str, *words: str) -> None:
    """By the next certificate of the chain; one that is alone by what the host trusts."""
    trusted = ["-partial_chain", "-trusted", str(files[1])] if len(files) > 1 else []
    done = run(["openssl", "verify", *trusted, *words, str(files[0])], check=False)
    if done.returncode != 0:
        said = tail(done.stderr)
        why = next((line for line in said if line.startswith("error ")), "what OpenSSL refuses")
        raise HostError(fault("certificate", why, f"one that is good, {wanted}", REMEDY), said)
