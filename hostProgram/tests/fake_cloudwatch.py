"""CloudWatch as far as the host program uses it: it takes calls within its limits and refuses others as AWS does."""

from typing import Any

from portico_host.telemetry.cloud import Cloud
from portico_host.telemetry.destination import Destination
from portico_host.telemetry.events import BATCH_BYTES, BATCH_EVENTS, BATCH_MILLISECONDS, OVERHEAD_BYTES
from support import PROGRAM_FOLDER  # noqa: F401

DESTINATION = Destination("eu-central-1", "Portico", "/portico/portico-prod", "portico-prod")
MACHINE = "i-0123456789abcdef0"


class ClientError(Exception):
    """As botocore raises it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


class FakeCloudWatch:
    """Both clients in one. `outages` is how many of the next calls of a name fail."""

    def __init__(self) -> None:
        self.metrics: list[dict[str, Any]] = []
        self.groups = {DESTINATION.log_group}
        self.streams: dict[str, list[str]] = {}
        self.batches: list[int] = []
        self.outages: dict[str, int] = {}

    def cloud(self) -> Cloud:
        return Cloud(DESTINATION, MACHINE, self, self)

    def put_metric_data(self, *, Namespace: str, MetricData: list[dict[str, Any]]) -> None:
        self._meet("put_metric_data")
        self.metrics += [{"Namespace": Namespace, **each} for each in MetricData]

    def create_log_stream(self, *, logGroupName: str, logStreamName: str) -> None:
        self._meet("create_log_stream")
        if logGroupName not in self.groups:
            raise ClientError("ResourceNotFoundException")
        if logStreamName in self.streams:
            raise ClientError("ResourceAlreadyExistsException")
        self.streams[logStreamName] = []

    def put_log_events(self, *, logGroupName: str, logStreamName: str, logEvents: list[dict[str, Any]]) -> None:
        self._meet("put_log_events")
        if logGroupName not in self.groups or logStreamName not in self.streams:
            raise ClientError("ResourceNotFoundException")
        times = [each["timestamp"] for each in logEvents]
        size = sum(len(each["message"].encode()) + OVERHEAD_BYTES for each in logEvents)
        within = 0 < len(times) <= BATCH_EVENTS and size <= BATCH_BYTES and times[-1] - times[0] <= BATCH_MILLISECONDS
        if not within or times != sorted(times) or not all(each["message"] for each in logEvents):
            raise ClientError("InvalidParameterException")
        self.streams[logStreamName] += [each["message"] for each in logEvents]
        self.batches.append(len(logEvents))

    def _meet(self, call: str) -> None:
        if self.outages.get(call, 0) > 0:
            self.outages[call] -= 1
            raise ClientError("ServiceUnavailableException")
