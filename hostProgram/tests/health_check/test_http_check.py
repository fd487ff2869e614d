import asyncio
import socket
import ssl
import subprocess
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

from portico_host.health_check import http_check
from portico_host.probes.probe import trust
from support import HostCase

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


class HttpCheckTest(HostCase):
    """One host of the test's own: it says `answer` after the request, or nothing for None."""

    def setUp(self) -> None:
        super().setUp()
        self.openssl("req", "-x509", *NEW_KEY, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=CA")
        self.answer: bytes | None = b"HTTP/1.1 200 OK\r\n\r\n"
        self.received = b""
        self.address = "127.0.0.1"
        self.enter(mock.patch.object(http_check, "SECONDS", 0.5))

    def enter(self, manager: object) -> None:
        manager.__enter__()  # type: ignore[attr-defined]
        self.addCleanup(manager.__exit__, None, None, None)  # type: ignore[attr-defined]

    def openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.root, check=True, capture_output=True)

    def certificate(self, name: str) -> Path:
        subjects = f"DNS:{name},IP:{self.address}"
        (self.root / "extensions").write_text(f"subjectAltName={subjects}\nbasicConstraints=CA:FALSE\n")
        self.openssl("req", "-new", *NEW_KEY, "-keyout", "host.key", "-out", "host.csr", "-subj", f"/CN={name}")
        signed_by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "extensions"]
        self.openssl("x509", "-req", "-in", "host.csr", *signed_by, "-days", "2", "-out", "host.crt")
        return self.root / "host.crt"

    def check(self, name: str = "web.portico.internal", handshake: bool = True) -> http_check.Result:
        server = socket.create_server(("127.0.0.1", 0))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate = self.certificate(name)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        ended = threading.Event()

        def serve() -> None:
            connection, _ = server.accept()
            try:
                if handshake:
                    connection = context.wrap_socket(connection, server_side=True)
                    self.received = connection.recv(4096)
                    if self.answer is not None:
                        connection.sendall(self.answer)
                        return
                ended.wait(5)
            except OSError:
                pass
            finally:
                connection.close()

        authority = trust(self.root / "ca.crt", self.root / "none.crt")
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            return asyncio.run(http_check.check("127.0.0.1", authority, server.getsockname()[1]))
        finally:
            ended.set()
            server.close()
            thread.join()

    def test_asks_the_fixed_path_under_a_name_that_no_site_has(self) -> None:
        result = self.check()
        self.assertTrue(result.fine)
        self.assertRegex(result.text, r"^200 \(after \d\.\d s\)$")
        self.assertTrue(
            self.received.startswith(b"GET /.portico/health HTTP/1.1\r\nHost: health.portico.internal\r\n"),
            self.received,
        )

    def test_any_other_answer_is_bad(self) -> None:
        for status in (b"204", b"301", b"404", b"500", b"502", b"503"):
            with self.subTest(status):
                self.answer = b"HTTP/1.1 " + status + b" X\r\n\r\n"
                result = self.check()
                self.assertFalse(result.fine)
                self.assertRegex(result.text, f"^{status.decode()} ")

    def test_a_host_that_hangs_after_the_request_or_before_the_handshake_is_given_up(self) -> None:
        self.answer = None
        for handshake in (True, False):
            began = time.monotonic()
            shown = ("web.portico.internal",) if handshake else None
            expected = http_check.Result(False, "no answer within 0.5 s", handshake, shown)
            self.assertEqual(self.check(handshake=handshake), expected)
            self.assertLess(time.monotonic() - began, 3)

    def test_what_is_no_http_is_bad(self) -> None:
        for answer in (b"", b"220 mail\r\n", b"HTTP/1.1 okay\r\n\r\n", b"x" * 10000):
            with self.subTest(answer[:10]):
                self.answer = answer
                self.assertFalse(self.check().fine)

    def test_a_certificate_for_the_address_of_another_host_is_bad_whatever_its_name_is(self) -> None:
        self.address = "127.0.0.2"
        result = self.check()
        self.assertFalse(result.fine)
        self.assertIsNone(result.names)
        self.assertRegex(result.text, "^no answer: SSLCertVerificationError: .*IP address mismatch")

    def test_the_names_of_a_host_are_known_whatever_it_answers(self) -> None:
        self.answer = b"HTTP/1.1 503 X\r\n\r\n"
        self.assertEqual(self.check("web-1.web.portico.internal").names, ("web-1.web.portico.internal",))

    def test_a_closed_port_is_bad_and_the_authority_is_read_each_time(self) -> None:
        with self.assertRaises(OSError):
            asyncio.run(http_check.check_all(self.paths, ()))
        server = socket.create_server(("127.0.0.1", 0))
        port = server.getsockname()[1]
        server.close()
        result = asyncio.run(http_check.check("127.0.0.1", trust(self.root / "ca.crt", self.root / "none.crt"), port))
        self.assertRegex(result.text, "^no answer: ConnectionRefusedError: ")


if __name__ == "__main__":
    unittest.main()
