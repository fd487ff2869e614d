"""Certificates that were issued, with their keys: kept, so that nothing is ordered twice, whatever is shown meanwhile."""

import time
from dataclasses import dataclass
from pathlib import Path

from ..base.durable import make_folder, remove_file, write_file
from ..base.paths import Paths
from ..nginx import certificates
from .order import Order

FOLDER = "acme"
KEY_END = "-----END PRIVATE KEY-----\n"
# The authorities' own advice: it leaves time for whatever keeps a renewal away.
RENEWED_AT = 1 / 3


@dataclass(frozen=True)
class Issued:
    """`chain` is the certificate and its intermediates, as Nginx sends them."""

    key: str
    chain: str

    @property
    def parts(self) -> list[str]:
        return [f"{pem}\n" for pem in certificates.split(self.chain)]

    def is_due(self, now: float) -> bool:
        leaf = certificates.parse(self.parts[0])
        return leaf.not_after - now < leaf.life * RENEWED_AT

    def ended(self, now: float) -> bool:
        return certificates.parse(self.parts[0]).not_after <= now


def load(paths: Paths, order: Order) -> Issued | None:
    """What was issued for this order and is still good."""
    found = _read(_place(paths, order))
    return None if found is None or found.ended(time.time()) else found


def keep(paths: Paths, order: Order, issued: Issued) -> None:
    """Beside those of other orders, for a way back; what has ended goes."""
    folder = paths.state / FOLDER
    make_folder(folder, 0o700)
    write_file(_place(paths, order), (issued.key + issued.chain).encode("ascii"), 0o600)
    for place in folder.glob("*.pem"):
        found = _read(place)
        if found is None or found.ended(time.time()):
            remove_file(place)


def _place(paths: Paths, order: Order) -> Path:
    """One file, so that key and certificate are of one piece."""
    return paths.state / FOLDER / f"{order.key}.pem"


def _read(place: Path) -> Issued | None:
    try:
        key, end, chain = place.read_text("ascii").partition(KEY_END)
    except FileNotFoundError:
        return None
    return Issued(key + end, chain) if certificates.split(chain) else None
