"""What the units of this host log, from the journal."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

from ..base.errors import HostError, fault
from ..base.processes import SEARCH_PATH, tail
from .events import Event

UNITS = "portico-*"
FIELDS = "MESSAGE,PRIORITY,_SYSTEMD_UNIT,UNIT"


def read_journal(cursor: str | None) -> Iterator[Event]:
    """The entries after `cursor`, oldest first, those of the last day without one. May be left before its end."""
    after = f"--after-cursor={cursor}" if cursor else "--since=-1d"
    command = ["journalctl", "--quiet", "--all", "--output=json", f"--output-fields={FIELDS}", f"--unit={UNITS}", after]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": SEARCH_PATH, "LC_ALL": "C.UTF-8"},
    ) as reader:
        assert reader.stdout is not None and reader.stderr is not None
        try:
            for line in reader.stdout:
                yield entry_event(json.loads(line))
            complaint = reader.stderr.read().decode(errors="replace")
        finally:
            reader.kill()
    if complaint.strip():
        raise HostError(fault("journalctl", "a complaint", "the journal", "see below"), tail(complaint))


def entry_event(entry: dict[str, Any]) -> Event:
    """The unit is the one that logged the line, or the one that systemd logged it about."""
    unit = entry.get("UNIT") or entry.get("_SYSTEMD_UNIT") or ""
    value = {"unit": text(unit), "priority": int(entry.get("PRIORITY", 6)), "message": text(entry.get("MESSAGE"))}
    milliseconds = int(entry["__REALTIME_TIMESTAMP"]) // 1000
    return Event.of(milliseconds, json.dumps(value, ensure_ascii=False, separators=(",", ":")), entry["__CURSOR"])


def text(value: Any) -> str:
    """The journal shows what is no text as a list of bytes, and a field that occurs twice as a list of both."""
    if isinstance(value, list) and all(isinstance(each, int) for each in value):
        return bytes(value).decode(errors="replace")
    if isinstance(value, list):
        return "\n".join(text(each) for each in value)
    return value if isinstance(value, str) else ""
