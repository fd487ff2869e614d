"""Where things are on a host; the one place that knows."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    """All locations below `root`, which is `/` on a host and a temporary folder in tests."""

    root: Path = Path("/")

    def live(self, path: str) -> Path:
        """The place of an absolute path of a managed file."""
        return self.root / path.lstrip("/")

    @property
    def releases(self) -> Path:
        return self.live("/opt/portico/releases")

    @property
    def environments(self) -> Path:
        return self.live("/opt/portico/environments")

    @property
    def revisions(self) -> Path:
        return self.live("/opt/portico/revisions")

    @property
    def slots(self) -> Path:
        return self.live("/opt/portico/slots")

    @property
    def assets(self) -> Path:
        return self.live("/opt/portico/assets")

    @property
    def state(self) -> Path:
        return self.live("/var/lib/portico")

    @property
    def staged(self) -> Path:
        return self.state / "staged"

    @property
    def units(self) -> Path:
        return self.live("/etc/systemd/system")

    @property
    def runtime_units(self) -> Path:
        """Units that are gone after a reboot, and outrank those of the same name in `units`."""
        return self.live("/run/systemd/system.control")

    @property
    def runtime(self) -> Path:
        return self.live("/run/portico")

    @property
    def nginx_configuration(self) -> Path:
        return self.live("/etc/portico/nginx/nginx.conf")

    @property
    def program(self) -> Path:
        return self.live("/usr/local/lib/portico/host.pyz")

    @property
    def command(self) -> Path:
        return self.live("/usr/local/sbin/portico-host")
