"""The requests that Nginx logs, one JSON object in a line, from a file that logrotate renames."""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from ..base.contract import PATHS
from .events import Event

PLACE = f"{PATHS['logs']}/access.log"


def read_access_log(path: Path, position: dict[str, int] | None) -> Iterator[Event]:
    """The whole lines after `position`, those of the file that was rotated meanwhile first."""
    with contextlib.ExitStack() as streams:
        # In this order, a rotation between the two hides no file.
        current, rotated = (_open(file, streams) for file in (path, path.with_name(f"{path.name}.1")))
        for stream in (rotated, current):
            if stream is None:
                continue
            facts = os.fstat(stream.fileno())
            known = position is not None and position["inode"] == facts.st_ino
            if stream is rotated and not known:
                continue
            # A file that was emptied is read anew.
            offset = position["offset"] if position is not None and known else 0
            yield from _lines(stream, facts.st_ino, offset if offset <= facts.st_size else 0)


def _open(file: Path, streams: contextlib.ExitStack) -> BinaryIO | None:
    try:
        return streams.enter_context(file.open("rb"))
    except FileNotFoundError:
        return None


def _lines(stream: BinaryIO, inode: int, offset: int) -> Iterator[Event]:
    """Nginx may be writing the last line just now: without its end it is left for the next run."""
    stream.seek(offset)
    for line in stream:
        if not line.endswith(b"\n"):
            return
        offset += len(line)
        yield line_event(line.decode(errors="replace").rstrip("\n"), {"inode": inode, "offset": offset})


def line_event(line: str, position: Any) -> Event:
    """The time is the one in the line; that of now where it holds none."""
    try:
        seconds = datetime.fromisoformat(json.loads(line)["time"]).timestamp()
    except (ValueError, KeyError, TypeError):
        seconds = time.time()
    return Event.of(int(seconds * 1000), line, position)
