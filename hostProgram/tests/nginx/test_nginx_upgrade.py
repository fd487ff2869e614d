import signal
from unittest import mock

from portico_host.base.errors import HostError
from portico_host.nginx import nginx_reload, nginx_upgrade
from portico_host.system import replaced_files
from support import HostCase

BEFORE, NOW = 10, 20


class UpgradeTest(HostCase):
    """Nginx 10 runs from replaced files; told to hand over it starts 20, unless it is `bound`."""

    def setUp(self) -> None:
        super().setUp()
        self.masters = {nginx_reload.PID: BEFORE}
        self.accepting = {BEFORE: {11, 12}}
        self.starts = True
        self.told: list[tuple[int, int, bool]] = []
        self.flag = self.paths.live(nginx_reload.CLOSING)
        self.flag.parent.mkdir(parents=True)
        rule = self.paths.live(nginx_reload.CLOSING_RULES[0])
        rule.parent.mkdir(parents=True)
        rule.touch()
        for module, name, value in (
            (nginx_reload, "CLOSING_SECONDS", 0),
            (nginx_reload, "master", lambda paths, file=nginx_reload.PID: self.masters.get(file)),
            (nginx_reload, "workers_of", lambda process: self.accepting.get(process, set())),
            (nginx_upgrade, "SECONDS", 0.1),
            (replaced_files, "held_by", lambda paths, process: {"libssl.so.3"} if process == BEFORE else set()),
            (nginx_upgrade.os, "kill", self.tell),
        ):
            self.enterContext(mock.patch.object(module, name, value))

    def tell(self, process: int, number: int) -> None:
        self.told.append((process, number, self.flag.exists()))
        if number == signal.SIGUSR2 and self.starts:
            self.masters = {nginx_reload.PID: NOW, nginx_upgrade.OLD_PID: BEFORE}
            self.accepting[NOW] = {21, 22}
        if number == signal.SIGQUIT:
            self.accepting[process] = set()

    def test_another_one_takes_over_before_the_old_one_ends_while_connections_close(self) -> None:
        self.assertTrue(nginx_upgrade.is_outdated(self.paths))
        nginx_upgrade.upgrade(self.paths)
        self.assertEqual(self.told, [(BEFORE, signal.SIGUSR2, True), (BEFORE, signal.SIGQUIT, True)])
        self.assertEqual((nginx_upgrade.is_outdated(self.paths), self.flag.exists()), (False, False))

    def test_where_none_comes_the_old_one_is_not_ended(self) -> None:
        self.starts = False
        with self.assertRaisesRegex(HostError, "upgrade of Nginx: got no workers of a new master"):
            nginx_upgrade.upgrade(self.paths)
        self.assertEqual(self.told, [(BEFORE, signal.SIGUSR2, True)])
        self.assertFalse(self.flag.exists())

    def test_one_without_workers_has_not_come(self) -> None:
        def tell(process: int, number: int) -> None:
            self.tell(process, number)
            self.accepting[NOW] = set()

        with mock.patch.object(nginx_upgrade.os, "kill", tell), self.assertRaises(HostError):
            nginx_upgrade.upgrade(self.paths)
        self.assertEqual([number for _, number, _ in self.told], [signal.SIGUSR2])

    def test_a_call_that_was_killed_between_is_finished_by_the_next(self) -> None:
        self.tell(BEFORE, signal.SIGUSR2)
        self.told.clear()
        self.assertTrue(nginx_upgrade.is_outdated(self.paths))
        nginx_upgrade.upgrade(self.paths)
        self.assertEqual([each[:2] for each in self.told], [(BEFORE, signal.SIGQUIT)])
        self.assertFalse(nginx_upgrade.is_outdated(self.paths))

    def test_one_that_ends_its_requests_still_is_no_reason(self) -> None:
        nginx_upgrade.upgrade(self.paths)
        self.assertFalse(nginx_upgrade.is_outdated(self.paths))

    def test_one_that_process_1_started_itself_cannot_hand_over(self) -> None:
        for title, can in ((b"-g pid x;", True), (b"-g pid x; daemon off;", False)):
            with mock.patch.object(nginx_reload, "title", lambda process, title=title: title):
                self.assertEqual(nginx_upgrade.can_upgrade(self.paths), can)

    def test_where_none_runs_there_is_nothing_to_hand_over(self) -> None:
        self.masters = {}
        self.assertEqual((nginx_upgrade.is_outdated(self.paths), nginx_upgrade.can_upgrade(self.paths)), (False, False))
