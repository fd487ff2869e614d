"""CloudWatch as this host uses it. boto3 is there only where the stack's file needs it."""

import http.client
from collections.abc import Sequence
from typing import Any, Protocol

from ..base.contract import METRIC_DIMENSIONS
from ..base.errors import HostError, fault
from .destination import Destination
from .events import Event
from .metrics import Metric

METADATA = "169.254.169.254"
METADATA_SECONDS = 5
TOKEN_SECONDS = "60"


class Client(Protocol):
    """What is used of the clients that boto3 makes."""

    def put_metric_data(self, **words: Any) -> Any: ...

    def put_log_events(self, **words: Any) -> Any: ...

    def create_log_stream(self, **words: Any) -> Any: ...


class Cloud:
    """One destination for one machine. What it refuses is a `HostError`."""

    def __init__(self, destination: Destination, machine: str, metrics: Client, logs: Client) -> None:
        self.destination, self.machine, self.metrics, self.logs = destination, machine, metrics, logs

    @staticmethod
    def connect(destination: Destination) -> "Cloud":
        """With the rights of the machine, as boto3 finds them by itself."""
        machine = instance_id()
        return Cloud(destination, machine, *(_client(name, destination.region) for name in ("cloudwatch", "logs")))

    def put_metrics(self, metrics: Sequence[Metric]) -> None:
        where = {METRIC_DIMENSIONS["stack"]: self.destination.stack, METRIC_DIMENSIONS["machine"]: self.machine}
        dimensions = [{"Name": name, "Value": value} for name, value in where.items()]
        data = [
            {"MetricName": each.name, "Unit": each.unit, "Value": each.value, "Dimensions": dimensions}
            for each in metrics
        ]
        _call(self.metrics.put_metric_data, Namespace=self.destination.namespace, MetricData=data)

    def put_events(self, kind: str, events: Sequence[Event]) -> None:
        """Makes the stream when it is not there yet. Lines that AWS finds too old it leaves out, for good."""
        group, stream = self.destination.log_group, f"{self.machine}/{kind}"
        ordered = sorted(events, key=lambda event: event.milliseconds)
        lines = [{"timestamp": event.milliseconds, "message": event.message} for event in ordered]
        words = {"logGroupName": group, "logStreamName": stream, "logEvents": lines}
        try:
            _call(self.logs.put_log_events, **words)
        except RefusedError as error:
            if error.code != "ResourceNotFoundException":
                raise
            _make_stream(self.logs, group, stream)
            _call(self.logs.put_log_events, **words)


class RefusedError(HostError):
    """A call that did not succeed, with AWS's name for the reason where it gave one."""

    def __init__(self, call: str, error: Exception) -> None:
        got = f"{type(error).__name__}: {error}"
        remedy = "see the runbook on machines without data in docs/aws.md"
        super().__init__(fault(f"CloudWatch {call}", got, "an accepted call", remedy))
        response = getattr(error, "response", None)
        self.code: str | None = response["Error"]["Code"] if response else None


def instance_id() -> str:
    """What AWS calls this machine. The metadata service requires a token first (IMDSv2)."""
    connection = http.client.HTTPConnection(METADATA, timeout=METADATA_SECONDS)
    try:
        token = _request(
            connection, "PUT", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": TOKEN_SECONDS}
        )
        return _request(connection, "GET", "/latest/meta-data/instance-id", {"X-aws-ec2-metadata-token": token})
    except (OSError, http.client.HTTPException) as error:
        got = f"{type(error).__name__}: {error}"
        raise HostError(fault(METADATA, got, "the metadata of the machine", "allow it to the instance")) from None
    finally:
        connection.close()


def _request(connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str]) -> str:
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    if answer.status != 200:
        raise http.client.HTTPException(f"{path} answers {answer.status}")
    return body


def _client(name: str, region: str) -> Client:
    try:
        import boto3  # type: ignore[import-not-found, unused-ignore]
        from botocore.config import Config  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise HostError(fault("boto3", "nothing", "the package python3-boto3", "deploy again")) from None
    config = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "max_attempts": 2})
    client: Client = boto3.session.Session(region_name=region).client(name, config=config)
    return client


def _make_stream(logs: Client, group: str, stream: str) -> None:
    try:
        _call(logs.create_log_stream, logGroupName=group, logStreamName=stream)
    except RefusedError as error:
        if error.code != "ResourceAlreadyExistsException":
            raise


def _call(call: Any, **words: Any) -> Any:
    try:
        return call(**words)
    except Exception as error:
        raise RefusedError(call.__name__, error) from error
