"""Has a certificate issued: makes key and request, and certbot orders it in a sandbox that never sees the key."""

import itertools
import tempfile
from pathlib import Path

from ..base.context import Context
from ..base.contract import NAMES, PATHS
from ..base.durable import make_folder, remove_file, write_file
from ..base.errors import HostError, Interrupted, fault
from ..base.processes import run
from ..units import evidence, systemd
from .issued import Issued
from .order import Order

UNIT = NAMES["certbotUnit"]
REQUEST = PATHS["certificateRequest"]
ANSWER = f"{PATHS['certbotState']}/issued/fullchain.pem"
ANSWER_BYTES = 256 * 1024
# Longer than the unit's own limit.
SECONDS = 300
NEW_KEY = ("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
REMEDY = "what was shown before stays; the log below says why: names that lead here, port 80 open, the limits of the authority"


def issue(context: Context, order: Order) -> Issued:
    """Raises `HostError` with the log of certbot."""
    context.step(f"ordering a certificate for {', '.join(order.names)} from {order.directory}")
    key = run(NEW_KEY).stdout
    request = context.paths.live(REQUEST)
    make_folder(request.parent)
    try:
        write_file(request, _request(key, order))
        systemd.start(UNIT, seconds=SECONDS)
    except Interrupted:
        raise
    except HostError:
        lines = evidence.of_unit(context, UNIT)
        raise HostError(fault(f"order at {order.directory}", _reason(lines), "a certificate", REMEDY), lines) from None
    finally:
        remove_file(request)
    return Issued(key, _answer(context))


def _request(key: str, order: Order) -> bytes:
    names = ",".join(f"DNS:{name}" for name in order.names)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "key.pem"
        write_file(file, key.encode("ascii"), 0o600)
        words = ["openssl", "req", "-new", "-key", str(file), "-subj", "/", "-addext", f"subjectAltName={names}"]
        return run(words).stdout.encode("ascii")


def _reason(lines: list[str]) -> str:
    """The line by which certbot says what the authority made of it."""
    said = (line.partition("Detail:")[2] for line in lines)
    unexpected = (after for line, after in itertools.pairwise(lines) if "An unexpected error occurred" in line)
    return next((found.strip() for found in (*said, *unexpected) if found.strip()), "none")


def _answer(context: Context) -> str:
    """It was written in a sandbox: as a text, and not without end."""
    with context.paths.live(ANSWER).open("rb") as stream:
        return stream.read(ANSWER_BYTES).decode("ascii", "replace")
