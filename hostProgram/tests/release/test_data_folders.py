import os
import stat
from pathlib import Path
from typing import Any
from unittest import mock

from bundles import APP, description
from portico_host.bundle.description import Description
from portico_host.release import own_folders
from portico_host.state.plan import Plan
from support import GROUP, OWNER, HostCase, printed

UPLOADS = {"name": "uploads", "served": True}
REPORTS = {"name": "reports", "served": False}


class DataFoldersTest(HostCase):
    def plan(self, *data: dict[str, Any]) -> Plan:
        value = description({}, {**APP, "data": list(data)})
        return Plan("key", "r1", "v1", Description.read(value), value, (), self.paths.staged / "key")

    def make(self, *data: dict[str, Any]) -> None:
        with (
            printed(),
            mock.patch.object(own_folders, "ROOT", (OWNER, GROUP)),
            mock.patch.object(own_folders, "_nginx_account", lambda plan: (OWNER, GROUP)),
        ):
            own_folders.make_data(self.context, self.plan(*data))

    def mode(self, name: str = "") -> int:
        return stat.S_IMODE((self.paths.data / name).stat().st_mode)

    def test_nginx_gets_to_what_it_serves_and_to_nothing_else_and_nobody_else_to_anything(self) -> None:
        self.make(UPLOADS, REPORTS)
        self.assertEqual([self.mode(), self.mode("uploads"), self.mode("reports")], [0o710, 0o755, 0o700])

    def test_what_is_in_them_stays_whatever_the_settings_say(self) -> None:
        self.make(UPLOADS, REPORTS)
        kept = self.paths.data / "reports" / "one.txt"
        kept.write_text("kept")
        os.chmod(kept, 0o640)
        self.make(UPLOADS)
        self.make({**REPORTS, "served": True})
        self.assertEqual((kept.read_text(), stat.S_IMODE(kept.stat().st_mode)), ("kept", 0o640))
        self.assertEqual(self.mode("reports"), 0o755)

    def test_a_changed_mode_is_a_difference_and_a_mount_has_its_own(self) -> None:
        self.make(UPLOADS)
        os.chmod(self.paths.data / "uploads", 0o777)

        def places() -> list[Path]:
            with mock.patch.object(own_folders, "_nginx_account", lambda plan: (OWNER, GROUP)):
                wanted = own_folders.wanted(self.context, self.plan(UPLOADS))
            below = [each for each in wanted if self.paths.data in (each.place, each.place.parent)]
            return [each.place for each in below if each.deviation() is not None]

        self.assertEqual(places(), [self.paths.data / "uploads"])
        with mock.patch.object(own_folders.os.path, "ismount", lambda place: place.name == "uploads"):
            self.assertEqual(places(), [])

    def test_without_data_there_is_no_folder_also_in_states_from_before(self) -> None:
        self.make()
        self.assertFalse(self.paths.data.exists())
        assert "data" not in APP
        app = Description.read(description({}, APP)).app
        self.assertEqual(app.data if app else None, ())
