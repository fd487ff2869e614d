"""Where metrics and logs go; the file is rendered with the others of the host."""

import json
from dataclasses import dataclass
from pathlib import Path

from ..base.contract import PATHS
from ..base.errors import UsageError, fault
from ..base.values import Fields

PLACE = PATHS["telemetry"]


@dataclass(frozen=True)
class Destination:
    """`stack` is a dimension of each metric and distinguishes stacks of one account."""

    region: str
    namespace: str
    log_group: str
    stack: str

    @staticmethod
    def load(path: Path) -> "Destination":
        try:
            value = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise UsageError(fault(str(path), str(error), "a JSON file of the host's", "deploy again")) from None
        fields = Fields(path.name, value)
        return Destination(*(fields.text(key) for key in ("region", "namespace", "logGroup", "stack")))
