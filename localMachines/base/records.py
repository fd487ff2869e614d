"""What a machine's folder remembers between two calls: `machine.json`."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .folders import write_aside
from .processes import Process, is_alive

NAME = "machine.json"


@dataclass(frozen=True)
class Record:
    """The machine as it was last booted.

    `identifier` names its interface and control groups; it stays when the
    folder is moved. `incarnation` is what the plan compares.
    """

    identifier: str
    incarnation: str
    settings: dict[str, Any]
    process: Process

    def is_alive(self) -> bool:
        """True when the machine runs."""
        return is_alive(self.process)

    def kept_as(self, incarnation: str, settings: dict[str, Any]) -> "Record":
        """The same life of the machine under another incarnation, with other settings."""
        return replace(self, incarnation=incarnation, settings=settings)


def load(folder: Path) -> Record | None:
    """The record in a machine's folder; None when there is none that can be read."""
    try:
        given = json.loads((folder / NAME).read_text())
        process = Process(given["pid"], given["startTime"], given["bootId"])
        return Record(given["identifier"], given["incarnation"], given["settings"], process)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save(folder: Path, record: Record) -> None:
    """Write the record in one step."""
    text = json.dumps(
        {
            "identifier": record.identifier,
            "incarnation": record.incarnation,
            "pid": record.process.pid,
            "startTime": record.process.start_time,
            "bootId": record.process.boot_id,
            "settings": record.settings,
        },
        indent=2,
    )
    write_aside(folder / NAME, f"{text}\n", 0o600)


def machine_folders(top: Path) -> list[Path]:
    """The folders of machines at most two levels below `top`; what is inside a machine is not searched."""
    return sorted(path.parent for depth in ("*", "*/*") for path in top.glob(f"{depth}/{NAME}"))
