"""A target's health, asked from real servers on this computer."""

import http.server
import socket
import threading
import unittest
from unittest import mock

from .. import health
from ..health import INITIAL, Check, Health, Patience, Verdicts, code_matches, judge


class Answers(http.server.BaseHTTPRequestHandler):
    """200 on /live, 503 elsewhere."""

    def do_GET(self) -> None:  # noqa: N802: the name is the server's
        """Answer."""
        self.send_response(200 if self.path == "/live" else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Judge(unittest.TestCase):
    """Checks of a server that answers, one that is silent, and none."""

    def setUp(self) -> None:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.port = server.server_port

    def check(self, **changes: object) -> Health:
        asked = {"address": "127.0.0.1", "port": self.port, "protocol": "HTTP", "path": "/live", "codes": "200"}
        return judge(Check(**{**asked, **changes}))

    def test_the_wanted_answer_is_healthy(self) -> None:
        self.assertEqual(self.check(), Health("healthy"))

    def test_another_code_is_named(self) -> None:
        found = self.check(path="/other")
        self.assertEqual((found.state, found.reason), ("unhealthy", "Target.ResponseCodeMismatch"))
        self.assertIn("[503]", found.description)

    def test_a_closed_port_and_another_protocol_fail(self) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            self.assertEqual(self.check(port=unused.getsockname()[1]).reason, "Target.FailedHealthChecks")
        self.assertEqual(self.check(protocol="HTTPS").reason, "Target.FailedHealthChecks")

    def test_silence_is_a_timeout(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent, mock.patch.object(health, "TIMEOUT_SECONDS", 0.2):
            self.assertEqual(self.check(port=silent.getsockname()[1]).reason, "Target.Timeout")

    def test_codes_are_single_listed_or_a_range(self) -> None:
        for codes, status, wanted in (
            ("200", 200, True),
            ("200", 204, False),
            ("200,204", 204, True),
            ("200-299", 250, True),
            ("200-299", 302, False),
        ):
            with self.subTest(codes):
                self.assertEqual(code_matches(status, codes), wanted)


class Course(unittest.TestCase):
    """A target's state from its answers."""

    GOOD, BAD = Health("healthy"), Health("unhealthy", "Target.Timeout")

    def states(self, *answers: tuple[float, Health]) -> list[Health]:
        verdicts, patience = Verdicts(), Patience(until_healthy=5, until_unhealthy=10)
        return [verdicts.after(("group", "i-1"), answer, patience, now) for now, answer in answers]

    def test_a_new_target_is_healthy_with_its_first_good_answer(self) -> None:
        self.assertEqual(self.states((0, self.BAD), (3, self.GOOD)), [INITIAL, self.GOOD])

    def test_a_healthy_target_turns_unhealthy_only_when_it_fails_for_long(self) -> None:
        found = self.states((0, self.GOOD), (1, self.BAD), (10, self.BAD), (11, self.BAD))
        self.assertEqual(found, [self.GOOD, self.GOOD, self.GOOD, self.BAD])

    def test_one_good_answer_between_starts_the_count_anew(self) -> None:
        found = self.states((0, self.GOOD), (1, self.BAD), (9, self.GOOD), (10, self.BAD), (19, self.BAD))
        self.assertEqual(set(found), {self.GOOD})

    def test_an_unhealthy_target_must_answer_well_for_a_while(self) -> None:
        found = self.states((0, self.BAD), (10, self.BAD), (11, self.GOOD), (15, self.GOOD), (16, self.GOOD))
        self.assertEqual(found, [INITIAL, self.BAD, self.BAD, self.BAD, self.GOOD])

    def test_a_target_that_left_is_new_when_it_comes_back(self) -> None:
        verdicts, patience = Verdicts(), Patience(5, 10)
        verdicts.after(("group", "i-1"), self.GOOD, patience, 0)
        verdicts.forget(("group", "i-1"))
        self.assertEqual(verdicts.after(("group", "i-1"), self.BAD, patience, 1), INITIAL)
