"""Lines of a log on their way, in batches that CloudWatch Logs takes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
BATCH_BYTES = 1_048_576
BATCH_EVENTS = 10_000
BATCH_MILLISECONDS = 24 * 3600 * 1000
EVENT_BYTES = 256 * 1024
OVERHEAD_BYTES = 26


@dataclass(frozen=True)
class Event:
    """`position` is where reading goes on when this event and all before it were accepted."""

    milliseconds: int
    message: str
    position: Any

    @staticmethod
    def of(milliseconds: int, message: str, position: Any) -> "Event":
        """CloudWatch refuses an empty message, and one that is too long: the end of that is left out."""
        data = message.encode(errors="replace")
        if len(data) > EVENT_BYTES - OVERHEAD_BYTES:
            message = data[: EVENT_BYTES - OVERHEAD_BYTES].decode(errors="ignore")
        return Event(milliseconds, message or " ", position)

    @property
    def size(self) -> int:
        return len(self.message.encode(errors="replace")) + OVERHEAD_BYTES


def batches(events: Iterable[Event]) -> Iterator[list[Event]]:
    """Groups neighbours, so that the last one's position is that of the batch."""
    batch: list[Event] = []
    size, first, last = 0, 0, 0
    for event in events:
        first, last = min(first, event.milliseconds), max(last, event.milliseconds)
        if batch and (
            len(batch) == BATCH_EVENTS or size + event.size > BATCH_BYTES or last - first > BATCH_MILLISECONDS
        ):
            yield batch
            batch = []
        if not batch:
            size, first, last = 0, event.milliseconds, event.milliseconds
        batch.append(event)
        size += event.size
    if batch:
        yield batch
