"""What several tests share."""

import json
import os
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2] / "bin/machine"
AS_ROOT = unittest.skipUnless(sys.platform == "linux" and os.geteuid() == 0, "needs root on Linux")
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFh test"
PRIVATE_KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nbm90IGEga2V5\n-----END OPENSSH PRIVATE KEY-----\n"


class FolderTest(unittest.TestCase):
    """A test with an empty folder of its own."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory(prefix="portico-test-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name).resolve()

    def write(self, name: str, text: str, mode: int = 0o644) -> Path:
        """Write a file below the test's folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path


def machine_json(**changes: object) -> str:
    """The text that asks for a machine."""
    asked = {
        "name": "web-1",
        "directory": "/nowhere/web-1",
        "suite": "trixie",
        "address": "10.9.8.11",
        "prefixLength": 24,
        "gateway": "10.9.8.1",
        "bridge": "test-br0",
        "cpus": 1,
        "memoryMegabytes": 512,
        "user": "admin",
        "authorizedKey": KEY,
        "hostPrivateKey": PRIVATE_KEY,
        "hostPublicKey": KEY,
        "incarnation": "t1",
    }
    asked.update(changes)
    return json.dumps({name: value for name, value in asked.items() if value is not None})


def run_program(*words: str, text: str = "", **environment: str) -> subprocess.CompletedProcess:
    """Run bin/machine as the engine does."""
    return subprocess.run(
        [sys.executable, str(PROGRAM), *words],
        input=text,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
        check=False,
    )


def mode_of(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.lstat().st_mode)
