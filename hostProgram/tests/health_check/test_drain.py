import threading
import unittest
from typing import Any
from unittest import mock

from health_checks import HealthCheckCase
from portico_host.base.errors import HostError, UsageError
from portico_host.health_check import drain, marks


class OperatorTest(HealthCheckCase):
    def setUp(self) -> None:
        super().setUp()
        self.rounds()
        self.stopping = threading.Event()
        for name, value in (("SECONDS", 1), ("RETURN_SECONDS", 0.5), ("PAUSE_SECONDS", 0.01)):
            patch = mock.patch.object(drain, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def call(self, act: Any, host: str = "web-1", why: str = "new memory") -> dict[str, Any]:
        """While the health check runs beside it."""

        def run() -> None:
            while not self.stopping.wait(0.01):
                self.rounds()

        beside = threading.Thread(target=run)
        beside.start()
        try:
            result: dict[str, Any] = act(self.context, {"host": host, "why": why})
            return result
        finally:
            self.stopping.set()
            beside.join()
            self.stopping.clear()

    def test_drain_takes_a_host_out_and_resume_puts_it_back(self) -> None:
        drained = self.call(drain.drain)
        self.assertEqual(drained, {"host": "web-1", "out": True, "serving": ["web-2", "web-3"]})
        self.assertEqual(self.listed(), "-web-1 web-2 web-3")
        resumed = self.call(drain.resume, why="done")
        self.assertEqual(resumed, {"host": "web-1", "out": False, "serving": ["web-1", "web-2", "web-3"]})
        self.assertEqual(self.listed(), "web-1 web-2 web-3")

    def test_twice_is_as_good_as_once_and_the_last_reason_holds(self) -> None:
        self.call(drain.drain)
        self.assertTrue(self.call(drain.drain, why="its fan")["out"])
        self.assertEqual({name: mark.why for name, mark in marks.load(self.paths).items()}, {"web-1": "its fan"})
        self.call(drain.resume)
        self.assertFalse(self.call(drain.resume)["out"])

    def test_resume_says_when_a_host_does_not_answer_yet(self) -> None:
        self.call(drain.drain)
        self.silent = {"web-1"}
        self.rounds(3)
        self.assertEqual(self.call(drain.resume), {"host": "web-1", "out": True, "serving": ["web-2", "web-3"]})

    def await_return(self, *names: str) -> list[str]:
        return self.call(lambda context, _value: {"out": drain.await_return(context, names)})["out"]

    def test_a_host_that_answers_again_is_waited_for_until_it_serves(self) -> None:
        self.silent = {"web-1"}
        self.rounds(3)
        self.silent = set()
        self.assertEqual(self.listed(), "(web-1) web-2 web-3")
        self.assertEqual(self.await_return("web-1", "web-2", "web-4"), [])
        self.assertEqual(self.listed(), "web-1 web-2 web-3")

    def test_one_that_does_not_is_named_and_one_that_is_out_for_work_is_not_waited_for(self) -> None:
        self.call(drain.drain, "web-3")
        self.silent = {"web-1"}
        self.rounds(3)
        self.assertEqual(self.await_return("web-1", "web-2", "web-3"), ["web-1"])

    def test_nobody_is_waited_for_without_a_health_check_that_runs(self) -> None:
        self.silent = {"web-1"}
        self.rounds(3)
        self.time += 60
        self.assertEqual(drain.await_return(self.context, ["web-1"]), [])

    def test_the_last_host_that_answers_stays(self) -> None:
        self.silent = {"web-2"}
        self.rounds(3)
        self.call(drain.drain, "web-3")
        with self.assertRaisesRegex(HostError, "host: got web-1; allowed: a host beside which another one answers"):
            self.call(drain.drain, "web-1")
        self.assertEqual((list(marks.load(self.paths)), self.listed()), (["web-3"], "web-1 (web-2) -web-3"))

    def test_marks_of_hosts_that_left_go_with_the_next_one(self) -> None:
        marks.save(self.paths, {"web-9": marks.Mark.begin("gone")})
        self.call(drain.drain)
        self.assertEqual(list(marks.load(self.paths)), ["web-1"])

    def test_who_is_out_is_told_by_those_that_are_balanced(self) -> None:
        marks.save(self.paths, {name: marks.Mark("its fan", "2026-01-01T00:00:00Z") for name in ("web-9", "web-1")})
        told = [{"host": "web-1", "why": "its fan", "since": "2026-01-01T00:00:00Z"}]
        self.assertEqual(drain.drained(self.context), told)
        (self.paths.state / "drained.json").write_text("{")
        self.assertEqual(drain.drained(self.context), [])

    def test_without_a_health_check_that_runs_nothing_is_promised(self) -> None:
        self.time += 60
        with self.assertRaisesRegex(HostError, "portico-watch.service: got no health check that runs"):
            drain.drain(self.context, {"host": "web-1", "why": "x"})
        self.assertEqual(marks.load(self.paths), {})

    def test_a_list_that_nginx_does_not_take_is_told(self) -> None:
        self.nginx_takes = False
        with self.assertRaisesRegex(HostError, "got a list that Nginx did not take"):
            self.call(drain.drain)

    def test_refuses_input_that_is_none(self) -> None:
        for value, message in (
            ({"why": "x"}, "input.host: got nothing"),
            ({"host": "web-9", "why": "x"}, "input.host: got web-9; allowed: web-1, web-2, web-3"),
            ({"host": "web-1"}, "input.why: got nothing; allowed: text; put it into the JSON on standard input"),
            ({"host": "web-1", "why": " \n"}, "input.why: got 0 signs"),
            ({"host": "web-1", "why": "x" * 201}, "input.why: got 201 signs"),
        ):
            for act in (drain.drain, drain.resume):
                with self.subTest(message), self.assertRaisesRegex(UsageError, message):
                    act(self.context, value)

    def test_is_for_balancers_of_several_hosts(self) -> None:
        self.paths.live("/etc/portico/watch.json").unlink()
        with self.assertRaisesRegex(UsageError, "got a machine that watches no hosts"):
            drain.drain(self.context, {"host": "web-1", "why": "x"})


if __name__ == "__main__":
    unittest.main()
