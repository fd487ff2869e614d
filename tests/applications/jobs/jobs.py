"""Plain WSGI that enqueues jobs, the Celery worker that does them, and a clock that must run once: each leaves its marks in Redis."""

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs

import redis
from celery import Celery

NOTE = "first"
PASSWORD = Path(os.environ["CREDENTIALS_DIRECTORY"], "app_plantedSecret").read_text()
URL = f"redis://:{PASSWORD}@{os.environ['JOBS_REDIS']}/0"
JOB_SECONDS = 0.4

queue = Celery("jobs", broker=URL)
queue.conf.update(task_ignore_result=True, worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True)


def marks():
    return redis.Redis.from_url(URL)


@queue.task
def work(number):
    store = marks()
    store.rpush("started", number)
    time.sleep(JOB_SECONDS)
    store.rpush("done", f"{number} {NOTE}")


def app(environ, start_response):
    environ["wsgi.input"].read()
    path, query = environ["PATH_INFO"], parse_qs(environ["QUERY_STRING"])
    if path == "/jobs":
        for number in query["number"]:
            work.delay(int(number))
    body = json.dumps({"note": NOTE, "host": socket.gethostname()}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def tick():
    """Says that it runs, as long as it does; TERM ends it after a while, as one that has to finish something."""
    store, ending = marks(), []
    signal.signal(signal.SIGTERM, lambda *_: ending.append(True))
    name = f"{socket.gethostname()} {NOTE} {os.getpid()}"
    store.rpush("clock", f"{time.time()} start {name}")
    while not ending:
        store.set("ticked", f"{time.time()} {name}")
        time.sleep(0.1)
    time.sleep(1)
    store.rpush("clock", f"{time.time()} end {name}")


def tally():
    """Takes its time, and then what of the release it has not read before."""
    store = marks()
    store.rpush("tally", f"began {NOTE} {socket.gethostname()}")
    time.sleep(20)
    import late

    store.rpush("tally", f"ended {late.NOTE} {socket.gethostname()}")


if __name__ == "__main__":
    sys.exit(tally() if sys.argv[1:] == ["tally"] else tick())
