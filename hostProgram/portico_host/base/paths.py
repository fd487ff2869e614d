"""Where things are on a host, in the folders of the contract."""

from dataclasses import dataclass
from pathlib import Path

from .contract import PATHS


@dataclass(frozen=True)
class Paths:
    """All locations below `root`, which is `/` on a host and a temporary folder in tests."""

    root: Path = Path("/")

    def live(self, path: str) -> Path:
        """The place of an absolute path of a managed file."""
        return self.root / path.lstrip("/")

    @property
    def releases(self) -> Path:
        return self.live(f"{PATHS['application']}/releases")

    @property
    def environments(self) -> Path:
        return self.live(f"{PATHS['application']}/environments")

    @property
    def revisions(self) -> Path:
        return self.live(f"{PATHS['application']}/revisions")

    @property
    def slots(self) -> Path:
        return self.live(f"{PATHS['application']}/slots")

    @property
    def assets(self) -> Path:
        return self.live(f"{PATHS['application']}/assets")

    @property
    def state(self) -> Path:
        return self.live(PATHS["state"])

    @property
    def data(self) -> Path:
        """What the application keeps here; no release and no update removes any of it."""
        return self.live(PATHS["data"])

    @property
    def staged(self) -> Path:
        return self.state / "staged"

    @property
    def byte_code(self) -> Path:
        """This program, compiled for the Python of this host."""
        return self.live(PATHS["byteCode"])

    @property
    def units(self) -> Path:
        return self.live(PATHS["units"])

    @property
    def runtime_units(self) -> Path:
        """Units that are gone after a reboot, and outrank those of the same name in `units`."""
        return self.live(PATHS["runtimeUnits"])

    @property
    def runtime(self) -> Path:
        return self.live(PATHS["runtime"])

    @property
    def nginx_configuration(self) -> Path:
        return self.live(PATHS["nginxConfiguration"])

    @property
    def program(self) -> Path:
        return self.live(f"{PATHS['programFolder']}/host.pyz")

    @property
    def command(self) -> Path:
        return self.live(PATHS["command"])
