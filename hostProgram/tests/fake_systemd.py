"""A service manager for tests: knows which units run and start at boot, and remembers what it was told."""

import contextlib
import fnmatch
from collections.abc import Iterator
from unittest import mock

import support  # noqa: F401
from portico_host.base.errors import HostError
from portico_host.units import systemd


class FakeSystemd:
    """`calls` are what changed something, in order; units in `failing` do not start."""

    def __init__(self) -> None:
        self.active: set[str] = set()
        self.enabled: set[str] = set()
        self.masked: set[str] = set()
        self.failing: set[str] = set()
        self.calls: list[str] = []

    def start(self, *units: str, seconds: float = 0) -> None:
        self.calls += [f"start {unit}" for unit in units]
        if self.failing & set(units):
            raise HostError("start: got exit code 1")
        self.active |= set(units)

    def stop(self, *units: str, seconds: float = 0) -> None:
        self.calls += [f"stop {unit}" for unit in units]
        self.active -= set(units)

    def restart(self, unit: str) -> None:
        self.calls.append(f"restart {unit}")
        self.active.add(unit)

    def reload(self, unit: str) -> None:
        self.calls.append(f"reload {unit}")

    def apply_file_limit(self, unit: str) -> bool:
        self.calls.append(f"limit {unit}")
        return True

    def reload_units(self) -> None:
        self.calls.append("reload units")

    def mask(self, unit: str) -> None:
        self.masked.add(unit)

    def kill(self, unit: str) -> None:
        self.active.discard(unit)

    def show(self, unit: str, *properties: str) -> dict[str, str]:
        return {"ActiveState": "active" if unit in self.active else "inactive"}

    def boot_state(self, unit: str) -> str:
        return "masked" if unit in self.masked else "enabled" if unit in self.enabled else "disabled"

    def did(self, word: str) -> list[str]:
        """The units of all calls of one kind."""
        return [call.removeprefix(f"{word} ") for call in self.calls if call.startswith(f"{word} ")]

    @contextlib.contextmanager
    def in_charge(self) -> Iterator[None]:
        with mock.patch.multiple(
            systemd,
            start=self.start,
            stop=self.stop,
            restart=self.restart,
            reload=self.reload,
            reload_units=self.reload_units,
            apply_file_limit=self.apply_file_limit,
            mask=self.mask,
            kill=self.kill,
            show=self.show,
            show_all=lambda units, *properties: {unit: self.show(unit) for unit in units},
            enable=lambda *units: self.enabled.update(units),
            disable=lambda *units: self.enabled.difference_update(units),
            running=lambda pattern: sorted(fnmatch.filter(self.active, pattern)),
            states=lambda *units: {unit: self.show(unit)["ActiveState"] for unit in units},
            boot_states=lambda *units: {unit: self.boot_state(unit) for unit in units},
        ):
            yield
