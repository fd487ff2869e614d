"""An authority in certbot's place: signs the request that lies there, as a test wants it."""

import subprocess
from pathlib import Path

from certificates import make_authority
from portico_host.acme import issue
from portico_host.base.durable import make_parents
from portico_host.base.errors import HostError
from portico_host.base.paths import Paths


class Authority:
    """`orders` counts those that came; `down` refuses them. `days` is the life of what it signs, and `names` other names than those asked for."""

    def __init__(self, folder: Path, paths: Paths) -> None:
        self.folder, self.paths = folder, paths
        self.orders = 0
        self.down = False
        self.days = 90
        self.names: str | None = None
        make_authority(folder, "acme")

    def start(self, unit: str, seconds: float = 0) -> None:
        assert unit == issue.UNIT
        self.orders += 1
        if self.down:
            raise HostError("start: got exit code 1")
        answer = self.paths.live(issue.ANSWER)
        make_parents(answer)
        answer.write_text(self.sign(self.paths.live(issue.REQUEST)))

    def sign(self, request: Path) -> str:
        """The certificate and the authority, as a chain is sent."""
        extensions = ["-copy_extensions", "copy"]
        if self.names is not None:
            (self.folder / "names").write_text(f"subjectAltName={self.names}\n")
            extensions = ["-extfile", "names"]
        signer = ["-CA", "acme.crt", "-CAkey", "acme.key", "-CAcreateserial", "-days", str(self.days)]
        words = ["openssl", "x509", "-req", "-in", str(request), *signer, *extensions]
        done = subprocess.run(words, cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout + (self.folder / "acme.crt").read_text()
