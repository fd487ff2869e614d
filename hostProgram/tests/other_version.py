"""Run by state/test_state_file.py with program and tests of some version: leaves the state of a host, or goes on with one.

python3 other_version.py PROGRAM_FOLDER write|go-on STATE_FOLDER
"""

import json
import shutil
import sys
import unittest
from pathlib import Path

program, act, state = sys.argv[1], sys.argv[2], Path(sys.argv[3])
sys.path[:0] = [program, f"{program}/tests"]

from portico_host import inspection  # noqa: E402
from transactions import NGINX, SOCKET, TIMER, TransactionCase  # noqa: E402

try:
    from portico_host.health_check import check_state, marks, standing
    from portico_host.release import checksums
    from portico_host.state import rollback_ban
    from portico_host.transaction.return_to_confirmed import expire
except ModuleNotFoundError:
    # The program before it had rooms.
    from portico_host import contents as checksums
    from portico_host import taken_back as rollback_ban
    from portico_host.going_back import expire
    from portico_host.watch import marks, standing
    from portico_host.watch import state as check_state

HOSTS = [{"name": name, "address": "192.0.2.1", "server": "192.0.2.1:8443"} for name in ("web-1", "web-2")]


class OtherVersion(TransactionCase):
    """Two releases, the second on trial in slot green; a ban, a host out for work, a health check that ran."""

    def runTest(self) -> None:
        (self.leave if act == "write" else self.go_on)()

    def leave(self) -> None:
        self.activate(1)
        self.activate(2, lease=60)
        rollback_ban.ban_others(self.context, "00000002", "ann")
        marks.save(self.paths, {"web-2": marks.Mark("new memory", "2026-01-01T00:00:00Z")})
        (self.paths.live("/etc/portico")).mkdir(parents=True, exist_ok=True)
        self.paths.live("/etc/portico/watch.json").write_text(json.dumps({"hosts": HOSTS}))
        self.paths.live(check_state.FOLDER).mkdir(parents=True)
        standings = {"web-1": standing.Standing(answer="200 (after 0.1 s)"), "web-2": standing.Standing(good=False)}
        check_state.State(standings, ("web-2",), ("web-1",), asked=check_state.clock()).save(self.paths)
        folder = self.root / "whole"
        folder.mkdir()
        (folder / "file").write_text("content")
        (getattr(checksums, "write_checksums", None) or checksums.write_list)(folder)
        shutil.copytree(self.root, state, symlinks=True)

    def go_on(self) -> None:
        shutil.copytree(state, self.root, symlinks=True, dirs_exist_ok=True)
        self.systemd.active |= {"portico-app@green.service", "portico-probe@green.socket", SOCKET, TIMER, NGINX}
        self.systemd.enabled |= {"portico-app@green.service", SOCKET, TIMER, NGINX}
        said = inspection.status(self.context)
        self.assertEqual((said["current"]["release"], said["lease"]["back"]), ("r2", "00000001"))
        self.assertEqual([each["release"] for each in inspection.history(self.context)], ["r1", "r2"])
        self.assertEqual(said["takenBack"], ["00000001"])
        watched = said["watch"]["hosts"]
        self.assertEqual((watched["web-1"]["last"], watched["web-2"]["answers"]), ("200 (after 0.1 s)", False))
        self.assertEqual(watched["web-2"]["drained"], {"why": "new memory", "since": "2026-01-01T00:00:00Z"})
        self.assertEqual(sorted(marks.load(self.paths)), ["web-2"])
        (self.root / "whole/file").write_text("changed")
        self.assertEqual([path.name for path, _, _ in checksums.changes(self.root / "whole")], ["file"])
        self.activate(3)
        self.assert_serves(3, "blue")
        self.activate(4, lease=60)
        self.wait(61)
        expire(self.context, self.program)
        self.assert_serves(3, "blue")
        self.assertEqual(self.record.good_releases()[0], "r3")


result = unittest.TextTestRunner(stream=sys.stderr).run(OtherVersion())
sys.exit(0 if result.wasSuccessful() else 1)
