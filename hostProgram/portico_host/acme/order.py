"""What certificate is wanted here, as the settings say."""

import hashlib
import json
from dataclasses import dataclass

from ..base.contract import PATHS
from ..base.paths import Paths
from ..base.values import Fields

PLACE = PATHS["certificateOrder"]
KEY_DIGITS = 16


@dataclass(frozen=True)
class Order:
    """`directory` is the address of the authority; the first of `names` is that of the site."""

    directory: str
    names: tuple[str, ...]

    @property
    def key(self) -> str:
        """What was issued for one order is good for no other."""
        return hashlib.sha256(json.dumps([self.directory, sorted(self.names)]).encode()).hexdigest()[:KEY_DIGITS]

    @staticmethod
    def load(paths: Paths) -> "Order | None":
        """None on a host whose certificate comes from elsewhere."""
        try:
            fields = Fields(PLACE, json.loads(paths.live(PLACE).read_bytes()))
        except FileNotFoundError:
            return None
        return Order(fields.text("directory"), tuple(fields.items("names")))
