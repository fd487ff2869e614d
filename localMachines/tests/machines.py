"""What tests with real machines share; minutes of a busy computer, so only with PORTICO_MACHINE_TESTS=1."""

import fcntl
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from ..base.folders import remove_tree
from ..base.records import Record, load
from ..machine.container import interface_of
from .support import AS_ROOT, machine_json, run_program

BRIDGE = "portico-test0"
NETWORK = "10.231.9"


@AS_ROOT
@unittest.skipUnless(os.environ.get("PORTICO_MACHINE_TESTS") == "1", "set PORTICO_MACHINE_TESTS=1")
class MachineTest(unittest.TestCase):
    """A test with a network of its own, and machines that are removed after it."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = cls.only_run()
        cls.remove_all()
        cls.addClassCleanup(cls.remove_all)
        for name in ("login", "host"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", cls.folder / name], check=True)
        cls.network = json.dumps(
            {"bridge": BRIDGE, "addressRange": f"{NETWORK}.0/28", "owner": str(cls.folder / "state")}
        )
        done = run_program("network-up", text=cls.network)
        assert done.returncode == 0, done.stderr

    @classmethod
    def only_run(cls) -> Path:
        """The folder of all runs, held by this one: a run that was killed left its machines and bridge to it."""
        folder = Path(tempfile.gettempdir()).resolve() / "portico-life"
        folder.mkdir(mode=0o700, exist_ok=True)
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        cls.addClassCleanup(os.close, held)
        fcntl.flock(held, fcntl.LOCK_EX)
        return folder

    @classmethod
    def remove_all(cls) -> None:
        """Leave no machine, no bridge and no file of this test on this computer."""
        gone = run_program("remove-orphans", "--owner", str(cls.folder / "state"))
        assert gone.returncode == 0, gone.stderr
        for path in cls.folder.iterdir():
            remove_tree(path)

    def setUp(self) -> None:
        self.addCleanup(lambda: [run_program("remove", text=self.asked(name)) for name in ("web-1", "web-2")])

    def asked(self, name: str = "web-1", **changes: object) -> str:
        def key(file: str) -> str:
            return (self.folder / file).read_text()

        given = {
            "name": name,
            "directory": str(self.folder / "state/machines" / name),
            "bridge": BRIDGE,
            "prefixLength": 28,
            "address": f"{NETWORK}.{10 + int(name[-1])}",
            "gateway": f"{NETWORK}.1",
            "memoryMegabytes": 256,
            "authorizedKey": key("login.pub"),
            "hostPrivateKey": key("host"),
            "hostPublicKey": key("host.pub"),
        }
        return machine_json(**{**given, **changes})

    def up(self, name: str = "web-1", **changes: object) -> Record:
        done = run_program("up", text=self.asked(name, **changes))
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual((answer["name"], answer["identity"]), (name, changes.get("incarnation", "t1")))
        return load(self.folder / "state/machines" / name)

    def ssh(self, command: str, address: str = f"{NETWORK}.11", text: str = "") -> str:
        """Log in with the login key, taking no other host key than the given one."""
        known = self.folder / "known_hosts"
        known.write_text(f"{address} {(self.folder / 'host.pub').read_text()}")
        done = subprocess.run(
            [
                "ssh",
                "-F",
                "none",
                "-i",
                self.folder / "login",
                "-o",
                f"UserKnownHostsFile={known}",
                "-o",
                "BatchMode=yes",
                "-o",
                "LogLevel=ERROR",
                f"admin@{address}",
                command,
            ],
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return (done.stdout + done.stderr).strip()

    def traces(self, identifier: str) -> list[str]:
        """What is left of a machine on this computer."""
        groups = [str(path) for path in Path("/sys/fs/cgroup").glob(f"**/portico-{identifier}*")]
        nspawn = [str(path) for path in Path("/run/systemd/nspawn").glob(f"*/{identifier}")]
        links = [name for name in os.listdir("/sys/class/net") if name == interface_of(identifier)]
        return groups + nspawn + links
