import os
from dataclasses import replace
from typing import Any
from unittest import mock

from bundles import APP, description
from portico_host.bundle.description import Description
from portico_host.state.plan import Plan
from portico_host.units import instance, slots
from support import HostCase, managed

UNITS = "/etc/systemd/system"
SERVICE = "portico-app@migration.service"


class InstanceTest(HostCase):
    """A staged plan with the units of the application; others are installed."""

    def setUp(self) -> None:
        super().setUp()
        reload = mock.patch.object(instance.systemd, "reload_units")
        self.reload = reload.start()
        self.addCleanup(reload.stop)
        paths = (
            "portico-app@.service",
            "portico-app@.service.d/50-network-none.conf",
            "portico-app@blue.service.d/50-socket.conf",
            f"{SERVICE}.d/50-migration.conf",
            "portico-probe@.socket",
            "portico-app.socket",
        )
        files = tuple(managed(f"{UNITS}/{path}", path.encode(), "systemd") for path in paths)
        value: Any = description({}, APP)
        folder = self.paths.staged / "key"
        self.plan = Plan("key", "r1", "v1", replace(Description.read(value), files=files), value, (), folder)
        for path in paths:
            self.write(self.plan.tree / f"{UNITS}/{path}".lstrip("/"), path)

    def write(self, place: Any, text: str = "") -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def installed(self) -> dict[str, str]:
        """What counts for the instance, by place: the text of a file, the target of a link."""
        folder = self.paths.runtime_units
        found = [path for path in folder.rglob("*") if path.is_symlink() or path.is_file()]
        return {
            str(path.relative_to(folder)): os.readlink(path) if path.is_symlink() else path.read_text()
            for path in found
        }

    def test_has_the_staged_templates_and_its_own_drop_ins_and_no_one_elses(self) -> None:
        instance.install(self.context, self.plan, slots.MIGRATION, probe=True)
        self.assertEqual(self.installed(), {
            SERVICE: "portico-app@.service",
            f"{SERVICE}.d/50-network-none.conf": "portico-app@.service.d/50-network-none.conf",
            f"{SERVICE}.d/50-migration.conf": f"{SERVICE}.d/50-migration.conf",
            "portico-probe@migration.socket": "portico-probe@.socket",
        })  # fmt: skip

    def test_installed_drop_ins_that_the_plan_does_not_have_do_not_count(self) -> None:
        for path in (
            "portico-app@.service.d/50-network-outbound.conf",
            f"{SERVICE}.d/40-old.conf",
            "portico-app@.service.d/x.txt",
        ):
            self.write(self.paths.units / path, "installed")
        self.write(self.paths.units / "portico-app@.service.d/50-network-none.conf", "installed")
        instance.install(self.context, self.plan, slots.MIGRATION, probe=True)
        found = self.installed()
        self.assertEqual(found[f"{SERVICE}.d/50-network-outbound.conf"], "/dev/null")
        self.assertEqual(found[f"{SERVICE}.d/40-old.conf"], "/dev/null")
        self.assertNotEqual(found[f"{SERVICE}.d/50-network-none.conf"], "/dev/null")
        self.assertNotIn(f"{SERVICE}.d/x.txt", found)

    def test_has_a_socket_of_its_own_only_when_asked_for(self) -> None:
        instance.install(self.context, self.plan, slots.MIGRATION, probe=False)
        self.assertEqual(self.installed()["portico-probe@migration.socket"], "/dev/null")

    def test_outranks_what_is_installed_and_is_gone_after_a_reboot(self) -> None:
        instance.install(self.context, self.plan, slots.MIGRATION, probe=True)
        self.assertEqual(self.paths.runtime_units, self.root / "run/systemd/system.control")
        self.assertFalse(self.paths.units.exists())

    def test_nothing_of_it_stays_and_others_do(self) -> None:
        self.write(self.paths.units / "portico-app@.service.d/50-old.conf")
        for name in (slots.MIGRATION, slots.REHEARSAL):
            slots.assign(self.paths, name, "v1")
            instance.install(self.context, self.plan, name, probe=False)
        instance.remove(self.context, slots.MIGRATION)
        self.assertEqual([path for path in self.installed() if "migration" in path], [])
        self.assertIn("portico-app@rehearsal.service", self.installed())
        self.assertEqual(os.listdir(self.paths.slots), ["rehearsal"])

    def test_the_manager_reads_it_when_it_is_there_and_forgets_it_by_itself(self) -> None:
        instance.install(self.context, self.plan, slots.MIGRATION, probe=True)
        instance.remove(self.context, slots.MIGRATION)
        self.reload.assert_called_once()
