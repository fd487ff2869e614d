import os
import time
import unittest
from pathlib import Path
from unittest import mock

from portico_host.base.errors import HostError
from portico_host.nginx import nginx_reload
from support import HostCase


class ReloadTest(HostCase):
    """Nginx has workers 1 and 2, and 3 and 4 once it was told, if it takes its files."""

    def setUp(self) -> None:
        super().setUp()
        self.workers = {1, 2}
        self.flag = self.paths.live(nginx_reload.CLOSING)
        self.flag.parent.mkdir(parents=True)
        self.seen: list[bool] = []
        for name, value in (("workers", lambda paths: self.workers), ("WORKER_SECONDS", 0.2)):
            patch = mock.patch.object(nginx_reload, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def close_before(self, rule_path: str = nginx_reload.CLOSING_RULES[0]) -> None:
        rule = self.paths.live(rule_path)
        rule.parent.mkdir(parents=True)
        rule.touch()

    def tell(self) -> None:
        self.seen.append(self.flag.exists())
        self.workers = {3, 4}

    def refuse(self) -> None:
        self.seen.append(self.flag.exists())

    def test_connections_are_closed_for_a_moment_before_and_not_after(self) -> None:
        for rule in nginx_reload.CLOSING_RULES:
            with self.subTest(rule):
                self.seen, self.workers = [], {1, 2}
                self.close_before(rule)
                began = time.monotonic()
                nginx_reload.reload(self.paths, self.tell, 0.3)
                self.assertGreaterEqual(time.monotonic() - began, 0.3)
                self.assertEqual((self.seen, self.flag.exists()), ([True], False))
                self.paths.live(rule).unlink()

    def test_where_nginx_has_no_such_rule_there_is_no_wait(self) -> None:
        nginx_reload.reload(self.paths, self.tell, 60)
        self.assertEqual(self.seen, [False])

    def test_files_that_nginx_does_not_take_are_a_fault_and_connections_stay_again(self) -> None:
        self.close_before()
        with self.assertRaisesRegex(HostError, "reload of Nginx: got workers with the old settings"):
            nginx_reload.reload(self.paths, self.refuse, 0)
        self.assertEqual((self.seen, self.flag.exists()), ([True], False))

    def test_a_process_number_that_is_no_nginx_is_none(self) -> None:
        self.assertIsNone(nginx_reload.master(self.paths))
        for content in ("", "x", str(os.getpid()), "999999999"):
            self.paths.live(nginx_reload.PID).write_text(content)
            self.assertIsNone(nginx_reload.master(self.paths))


class TurnTest(HostCase):
    def test_one_at_a_time_and_the_same_one_twice(self) -> None:
        one, other = nginx_reload.Turn(), nginx_reload.Turn()
        self.assertTrue(one.take(self.root) and one.take(self.root))
        self.assertFalse(other.take(self.root, 0.1))
        one.end()
        one.end()
        self.assertTrue(other.take(self.root))
        other.end()

    def test_where_there_is_no_health_check_it_is_always_ours(self) -> None:
        one, other = nginx_reload.Turn(), nginx_reload.Turn()
        missing = Path(self.root, "missing")
        self.assertTrue(one.take(missing) and other.take(missing))


if __name__ == "__main__":
    unittest.main()
