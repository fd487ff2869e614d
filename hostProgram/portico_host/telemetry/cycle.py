"""One run of each minute: collect metrics, send, record how far the logs were accepted."""

import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from ..base.context import Context
from ..base.durable import read_json, remove_file, write_json
from ..base.errors import HostError, as_host_error
from ..state.state_file import FORMAT, load
from . import access_log, destination
from .cloud import Cloud
from .events import Event, batches
from .journal import read_journal
from .metrics import collect

# Of one log in one run; what is left is sent by the next one.
MOST_BATCHES = 10
# For all logs of one run, well below the unit's limit.
LOG_SECONDS = 40

Reader = Callable[[Any], Iterable[Event]]


def send_telemetry(context: Context) -> None:
    """Raises `HostError` at the end when something was not accepted; each part is tried whatever came of the others."""
    wanted = destination.Destination.load(context.paths.live(destination.PLACE))
    state, credentials = Path(os.environ["STATE_DIRECTORY"]), Path(os.environ["CREDENTIALS_DIRECTORY"])
    access = context.paths.live(access_log.PLACE)
    readers: dict[str, Reader] = {
        "journal": read_journal,
        "access": lambda position: access_log.read_access_log(access, position),
    }
    send(context, Cloud.connect(wanted), readers, state, credentials)


def send(context: Context, cloud: Cloud, readers: dict[str, Reader], state: Path, credentials: Path) -> None:
    limit = time.monotonic() + LOG_SECONDS
    parts: list[Callable[[], None]] = [lambda: cloud.put_metrics(collect(context, credentials))]
    for kind, read in readers.items():
        parts.append(partial(ship, cloud, kind, read, state / f"{kind}-position.json", limit))
    failures = [failure for failure in map(_attempt, parts) if failure is not None]
    if failures:
        raise HostError(failures[0].message, [*failures[0].evidence, *(each.message for each in failures[1:])])


def ship(cloud: Cloud, kind: str, read: Reader, place: Path, limit: float) -> None:
    """The position is written after each batch that was accepted, so that a line may come twice but is never lost."""
    events = iter(read(read_position(place)))
    try:
        for number, batch in enumerate(batches(events), 1):
            cloud.put_events(kind, batch)
            write_json(place, {"format": FORMAT, "position": batch[-1].position})
            remove_file(_former(place))
            if number == MOST_BATCHES or time.monotonic() >= limit:
                return
    finally:
        # Ends the program behind a reader that was left early.
        getattr(events, "close", lambda: None)()


def read_position(place: Path) -> Any:
    """Where reading goes on; None at the beginning. A version before kept it without a format, in a file of its own."""
    value = load(place, "remove it: what it says was sent is sent again")
    return read_json(_former(place)) if value is None else value.get("position")


def _former(place: Path) -> Path:
    return place.with_name(place.name.replace("-position", ""))


def _attempt(part: Callable[[], None]) -> HostError | None:
    try:
        part()
    except Exception as error:
        return as_host_error(error)
    return None
