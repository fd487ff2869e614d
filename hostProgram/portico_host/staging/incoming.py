"""The incoming files of a state: they lie in a folder of the login user's home, to which the deployer copies them."""

import time
from collections.abc import Iterable
from pathlib import Path

from ..base.context import Context
from ..base.errors import HostError
from ..state.delivery import Delivery
from ..state.plan import Plan
from ..state.record import Record


def describe_delivery(context: Context, incoming: Iterable[Path]) -> Delivery:
    """What came for the state that is staged now; an archive that it had no use for may be gone."""
    files = {path.name: path.stat().st_size for path in incoming if path.is_file()}
    return Delivery.after(_files_before(context), files, time.time() - context.began)


def _files_before(context: Context) -> dict[str, int]:
    """Those of the current state; none where an earlier version staged it, under other names."""
    current = Record.load(context.paths).current
    try:
        plan = Plan.load(context.paths, current.key) if current else None
    except HostError:
        return {}
    return plan.delivery.files if plan and plan.delivery else {}
