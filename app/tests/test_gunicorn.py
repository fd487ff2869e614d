"""The application under the real Gunicorn on a Unix socket, as on a machine."""

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import closing, suppress
from pathlib import Path

from portico_sample import APPLICATION_FOLDER

from .support import FIT_KEY

FORWARDED = {"X-Forwarded-Proto": "https", "X-Request-ID": "abc123", "Host": "portico.internal"}


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path):
        super().__init__("portico.internal", timeout=10)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class UnderGunicorn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.socket_path = Path(folder.name, "app.sock")
        Path(folder.name, "app_appSecretKey").write_text(FIT_KEY)
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--bind",
            f"unix:{cls.socket_path}",
            "--worker-class",
            "gthread",
            "--threads",
            "2",
        ]
        command += ["--preload", "--no-control-socket", "--log-level", "warning", "portico_sample:app"]
        environment = os.environ | {"CREDENTIALS_DIRECTORY": folder.name, "PORTICO_RELEASE": "1a2b3c4d5e6f"}
        cls.process = subprocess.Popen(command, cwd=APPLICATION_FOLDER, env=environment)
        cls.addClassCleanup(cls.stop)
        cls.wait_until_it_answers()

    @classmethod
    def stop(cls):
        cls.process.terminate()
        cls.process.wait(20)

    @classmethod
    def wait_until_it_answers(cls):
        for _ in range(200):
            if cls.process.poll() is not None:
                raise AssertionError(f"gunicorn ended with {cls.process.returncode}")
            with closing(UnixConnection(cls.socket_path)) as connection, suppress(OSError):
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("gunicorn did not become ready in 10 s")

    def ask(self, method: str, path: str, body=None, **arguments) -> http.client.HTTPResponse:
        connection = UnixConnection(self.socket_path)
        self.addCleanup(connection.close)
        connection.request(method, path, body, FORWARDED, **arguments)
        return connection.getresponse()

    def test_knows_scheme_and_request_as_nginx_states_them(self):
        facts = json.load(self.ask("POST", "/whoami", b"x"))
        self.assertEqual((facts["scheme"], facts["requestId"]), ("https", "abc123"))
        self.assertEqual(facts["release"], "1a2b3c4d5e6f")
        self.assertNotEqual(facts["pid"], self.process.pid)

    def test_first_event_comes_at_once_and_the_second_a_second_later(self):
        start = time.monotonic()
        response = self.ask("GET", "/events?count=2")
        moments = [time.monotonic() - start for line in response if line.startswith(b"data: ")]
        self.assertEqual(len(moments), 2)
        self.assertLess(moments[0], 0.7)
        self.assertGreater(moments[1], 0.9)

    def test_hashes_a_chunked_body(self):
        pieces = [bytes([number]) * 100_000 for number in range(20)]
        answer = json.load(self.ask("POST", "/upload", iter(pieces), encode_chunked=True))
        self.assertEqual(answer, {"bytes": 2_000_000, "sha256": hashlib.sha256(b"".join(pieces)).hexdigest()})


if __name__ == "__main__":
    unittest.main()
