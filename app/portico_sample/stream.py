"""Answers that take their time: an event stream and a slow one."""

import json
import os
import time
from collections.abc import Iterator

from flask import Blueprint, Response, jsonify

from .parameters import bounded_number
from .request_facts import host, release

# A stream holds one thread of a worker. The default ends before Gunicorn's graceful timeout of 30 s, so that a release never
# cuts one; a browser's EventSource then opens the next by itself.
DEFAULT_EVENTS = 25
MAXIMUM_EVENTS = 300
EVENTS_BETWEEN_HEARTBEATS = 10
RECONNECT_MILLISECONDS = 1000
# Below Gunicorn's timeout of 30 s, which would end the worker.
MAXIMUM_SLOW_SECONDS = 25

blueprint = Blueprint("stream", __name__)


@blueprint.get("/events")
def events() -> Response:
    """`count` events, the first at once and then one each second."""
    count = int(bounded_number("count", int, DEFAULT_EVENTS, 1, MAXIMUM_EVENTS))
    response = Response(_ticks(count), mimetype="text/event-stream")
    # Asks Nginx not to buffer, should the route not be in its list of streams.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _ticks(count: int) -> Iterator[str]:
    yield f"retry: {RECONNECT_MILLISECONDS}\n\n"
    start = time.monotonic()
    for number in range(1, count + 1):
        # Sleeping until a fixed moment keeps the beat: the time that sending takes does not add up.
        time.sleep(max(0.0, start + number - 1 - time.monotonic()))
        if number % EVENTS_BETWEEN_HEARTBEATS == 0:
            yield ": heartbeat\n\n"
        tick = {
            "number": number,
            "of": count,
            "time": time.time(),
            "host": host(),
            "release": release(),
            "pid": os.getpid(),
        }
        yield f"event: tick\nid: {number}\ndata: {json.dumps(tick)}\n\n"


@blueprint.route("/slow", methods=["GET", "POST"])
def slow() -> Response:
    """Answers after `seconds`."""
    seconds = bounded_number("seconds", float, 1, 0, MAXIMUM_SLOW_SECONDS)
    time.sleep(seconds)
    return jsonify({"seconds": seconds, "host": host(), "release": release(), "pid": os.getpid()})
