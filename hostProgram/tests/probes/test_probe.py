import socket
import threading
import unittest
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from unittest import mock

from portico_host.probes import probe
from portico_host.probes.probe import Answer, request_slot, until
from support import FakeClock, HostCase


class Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A probe reads no more than it needs; the server may say so or not."""


class ProbeTest(HostCase):
    def serve(self, respond: Callable[[BaseHTTPRequestHandler], None]) -> Path:
        """A server on a Unix socket; `respond` answers each request."""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                respond(self)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

            def address_string(self) -> str:
                return "local"

        path = self.root / "probe.sock"
        server = Server(str(path), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return path

    def test_asks_as_nginx_would(self) -> None:
        seen: list[tuple[str, str | None, str | None]] = []

        def respond(request: BaseHTTPRequestHandler) -> None:
            seen.append((request.path, request.headers["Host"], request.headers["X-Forwarded-Proto"]))
            reply(request, 200, "ready\nnow")

        answer = request_slot(self.serve(respond), "/readyz", "portico.internal")
        self.assertEqual(seen, [("/readyz", "portico.internal", "https")])
        self.assertEqual((answer.status, answer.text), (200, "OK: 'ready now'"))

    def test_tells_a_failure_with_the_start_of_the_body(self) -> None:
        answer = request_slot(self.serve(lambda request: reply(request, 500, "x" * 5000)), "/healthz", "a")
        self.assertEqual(answer.status, 500)
        self.assertRegex(answer.describe(), r"^500 Internal Server Error: 'x+' \(after \d+\.\d\d s\)$")
        self.assertLess(len(answer.text), 600)

    def test_a_missing_socket_is_no_answer(self) -> None:
        answer = request_slot(self.root / "none.sock", "/healthz", "a")
        self.assertEqual(answer.status, 0)
        self.assertIn("no answer: FileNotFoundError", answer.describe())

    def test_a_server_that_is_silent_is_no_answer(self) -> None:
        path = self.root / "silent.sock"
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(str(path))
        listener.listen()
        with mock.patch.object(probe, "ANSWER_SECONDS", 0.1):
            answer = request_slot(path, "/healthz", "a")
        self.assertEqual(answer.status, 0)
        self.assertIn("timed out", answer.describe())

    def test_a_server_that_closes_without_a_word_is_no_answer(self) -> None:
        answer = request_slot(self.serve(lambda request: request.connection.close()), "/healthz", "a")
        self.assertEqual(answer.status, 0)

    def test_follows_no_redirect(self) -> None:
        answer = request_slot(self.serve(lambda request: reply(request, 301, "")), "/healthz", "a")
        self.assertEqual(answer.status, 301)


class UntilTest(unittest.TestCase):
    """Limits are whole numbers of pauses here, on a clock that goes on by them alone."""

    def setUp(self) -> None:
        self.clock = FakeClock()
        self.enterContext(mock.patch.object(probe, "CLOCK", self.clock.for_probes()))

    def test_wants_good_answers_in_a_row(self) -> None:
        statuses = [200, 200, 503, 200, 200, 200, 503]
        good, _ = until(lambda: Answer("", statuses.pop(0), "", 0), 200, 3, 5)
        self.assertTrue(good)
        self.assertEqual(statuses, [503])
        soon, later = probe.PAUSE_WHEN_GOOD_SECONDS, probe.PAUSE_SECONDS
        self.assertEqual(self.clock.pauses, [soon, soon, later, soon, soon])

    def test_returns_the_wrong_answer_when_time_is_up(self) -> None:
        good, answer = until(lambda: Answer("", 503, "not yet", 0), 200, 3, 4 * probe.PAUSE_SECONDS)
        self.assertFalse(good)
        self.assertEqual(answer.text, "not yet")
        self.assertEqual(self.clock.pauses, [probe.PAUSE_SECONDS] * 4)

    def test_tells_the_last_wrong_answer_where_the_very_last_was_good(self) -> None:
        answers = [Answer("", 503, "first", 0), Answer("", 502, "second", 0), Answer("", 200, "good", 0)]
        good, answer = until(lambda: answers.pop(0), 200, 3, 2 * probe.PAUSE_SECONDS)
        self.assertEqual((good, answer.text), (False, "second"))

    def test_asks_once_even_without_time(self) -> None:
        self.assertTrue(until(lambda: Answer("", 200, "", 0), 200, 1, 0)[0])


def reply(request: BaseHTTPRequestHandler, status: int, body: str) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body.encode())


if __name__ == "__main__":
    unittest.main()
