"""How many targets of each group are healthy, second by second: a file of lines for the tests to look back on."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError


def watch_capacity(balancers: Any, file: Path, stop: threading.Event, seconds: float) -> None:
    """Append a line for each group with targets until told to stop."""
    with file.open("a") as output:
        while not stop.wait(seconds):
            try:
                for line in _moment(balancers):
                    output.write(f"{json.dumps(line)}\n")
                output.flush()
            except (BotoCoreError, ClientError) as error:
                # A group may go between the two questions.
                print(f"capacity: {error}", file=sys.stderr, flush=True)


def _moment(balancers: Any) -> Iterator[dict[str, Any]]:
    for group in balancers.describe_target_groups()["TargetGroups"]:
        targets = balancers.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
        states = {entry["Target"]["Id"]: entry["TargetHealth"]["State"] for entry in targets}
        yield {"at": round(time.time() * 1000), "group": group["TargetGroupName"], "states": states}
