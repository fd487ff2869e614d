import json
import unittest
from types import SimpleNamespace
from unittest import mock

from portico_host.apply import effects, file_change
from portico_host.base.paths import Paths
from portico_host.health_check import servers
from portico_host.nginx import nginx_reload
from portico_host.preflight import nginx_check
from portico_host.state.trigger import Trigger
from portico_host.transaction.activate import bring_about
from transactions import NGINX, TransactionCase

HOSTS = [{"name": f"web-{n}", "address": f"10.0.0.{n}", "server": f"10.0.0.{n}:8443 max_fails=0"} for n in (1, 2)]


class ReleaseTest(TransactionCase):
    """A release on a balancer whose health check runs beside it."""

    def setUp(self) -> None:
        super().setUp()
        self.folder = self.paths.live(servers.FOLDER)
        self.list = self.folder / servers.NAME
        watch = self.paths.live("/etc/portico/watch.json")
        watch.parent.mkdir(parents=True)
        watch.write_text(json.dumps({"hosts": HOSTS}))
        self.enter(mock.patch.object(servers.shutil, "chown"))

    def is_free(self) -> bool:
        turn = nginx_reload.Turn()
        try:
            return turn.take(self.folder)
        finally:
            turn.end()

    def test_nginx_finds_the_list_when_its_files_are_judged_for_the_first_time(self) -> None:
        lists: list[str] = []
        with mock.patch.object(nginx_check, "check_live", lambda context: lists.append(self.list.read_text())):
            self.activate(1)
        self.assertIn("server 10.0.0.1:8443 max_fails=0;\nserver 10.0.0.2:8443 max_fails=0;\n", lists[0])

    def test_the_health_check_writes_nothing_between_the_first_file_and_the_reload(self) -> None:
        self.activate(1)
        seen: list[bool] = []
        with mock.patch.object(nginx_reload, "reload_nginx", lambda paths: seen.append(self.is_free())):
            self.activate(2, "events { }\n")
        self.assertEqual((seen, self.is_free()), ([False], True))

    def test_a_release_that_fails_gives_its_turn_back_too(self) -> None:
        self.activate(1)
        self.bad_hosts.add("v2")
        self.expect_failure(2, "events { }\n")
        self.assertTrue(self.is_free())

    def test_what_a_killed_call_left_to_close_connections_goes_with_the_next(self) -> None:
        flag = self.paths.live(nginx_reload.CLOSING)
        flag.parent.mkdir(parents=True)
        flag.touch()
        self.activate(1)
        self.assertFalse(flag.exists())

    def test_a_health_check_that_does_not_give_way_stops_no_release(self) -> None:
        self.activate(1)
        stuck = nginx_reload.Turn()
        self.assertTrue(stuck.take(self.folder))
        self.addCleanup(stuck.end)
        with mock.patch.object(file_change, "TURN_SECONDS", 0.1):
            self.assertEqual(self.activate(2, "events { }\n")["reloaded"], [NGINX])
        self.assertIn("the health check does not give way; going on without it", self.text.getvalue())

    def test_the_staged_list_has_all_hosts_of_the_staged_files(self) -> None:
        tree, folder = Paths(self.root / "tree"), self.root / "aside"
        self.assertFalse(servers.stage(tree, folder))
        place = tree.live("/etc/portico/watch.json")
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps({"hosts": HOSTS[:1]}))
        self.assertTrue(servers.stage(tree, folder))
        self.assertIn("server 10.0.0.1:8443 max_fails=0;\n", (folder / servers.NAME).read_text())

    def test_the_health_check_starts_anew_when_its_unit_is_another_one_and_only_then(self) -> None:
        unit = effects.HEALTH_CHECK_UNIT
        self.systemd.active |= {unit, NGINX}
        for paths, expected in (([], []), ([f"/etc/systemd/system/{unit}"], [unit]), (["/etc/portico/watch.json"], [])):
            with self.subTest(paths):
                self.systemd.calls.clear()
                change = SimpleNamespace(units=(NGINX, unit), paths=paths)
                effects.start_services(self.context, change, effects.Done())  # type: ignore[arg-type]
                self.assertEqual(self.systemd.did("restart"), expected)

    def test_its_program_is_there_before_it_starts(self) -> None:
        plan = self.stage(1)
        object.__setattr__(
            plan.description, "enabled_units", (*plan.description.enabled_units, effects.HEALTH_CHECK_UNIT)
        )
        with mock.patch.object(effects, "start_services", lambda *words: self.assertTrue(self.paths.program.is_file())):
            bring_about(self.context, plan, self.program, Trigger("activate", plan.author))


if __name__ == "__main__":
    unittest.main()
