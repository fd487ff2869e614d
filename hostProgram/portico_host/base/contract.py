"""What this program and the deployer both name, read from the files that say it: contract.json and commands.json beside this module."""

import json
import pkgutil
from typing import Any


def _read(name: str) -> dict[str, Any]:
    """Out of the zip that this program runs from, or the folder."""
    data = pkgutil.get_data(str(__package__), name)
    assert data is not None
    value: dict[str, Any] = json.loads(data)
    return value


CONTRACT = _read("contract.json")
# What each command does, takes and answers; docs/host-program.md is made of it.
COMMANDS = _read("commands.json")
FORMATS: dict[str, int] = CONTRACT["formats"]
# What a host with a bundle of this role is.
ROLES: dict[str, list[str]] = CONTRACT["roles"]
# What follows from a change of a file.
EFFECTS: dict[str, str] = CONTRACT["effects"]
EXIT_CODES: dict[str, int] = CONTRACT["exitCodes"]
LIMITS: dict[str, int] = CONTRACT["limits"]
PORTS: dict[str, int] = CONTRACT["ports"]
METRICS: dict[str, str] = CONTRACT["metrics"]
METRIC_DIMENSIONS: dict[str, str] = CONTRACT["metricDimensions"]
HEALTH: dict[str, str] = CONTRACT["health"]
NAMES: dict[str, str] = CONTRACT["names"]
SLOTS: dict[str, Any] = CONTRACT["slots"]
FILES: dict[str, str] = CONTRACT["files"]
PATHS: dict[str, str] = CONTRACT["paths"]
