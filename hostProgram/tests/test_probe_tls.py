import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support import HostCase

from portico_host.bundle import Health
from portico_host.probe import Answer, ask_nginx

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not like the certificate hangs up."""


class AskNginxTest(HostCase):
    """Certificates of an authority that this computer does not know, as a user may bring them."""

    def setUp(self) -> None:
        super().setUp()
        self.openssl("req", "-x509", *NEW_KEY, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=CA")

    def openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.root, check=True, capture_output=True)

    def issue(self, name: str, host: str, days: str = "2") -> Path:
        (self.root / "extensions").write_text(f"subjectAltName=DNS:{host}\nbasicConstraints=CA:FALSE\n")
        self.openssl("req", "-new", *NEW_KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={host}")
        signed_by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "extensions"]
        self.openssl("x509", "-req", "-in", f"{name}.csr", *signed_by, "-days", days, "-out", f"{name}.crt")
        return self.root / f"{name}.crt"

    def ask(self, serving: Path, installed: Path) -> Answer:
        """Asks a server that answers with `serving`, on a host where `installed` lies."""
        server = QuietServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(serving, serving.with_suffix(".key"))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            url = f"https://127.0.0.1:{server.server_address[1]}/healthz"
            return ask_nginx(Health(url, "shop.example.org", 200, str(installed)), installed)
        finally:
            server.shutdown()
            server.server_close()

    def test_believes_the_certificate_that_is_installed_whoever_signed_it(self) -> None:
        leaf = self.issue("leaf", "shop.example.org")
        self.assertEqual(self.ask(leaf, leaf).status, 200)

    def test_believes_it_with_a_chain_behind_it(self) -> None:
        leaf = self.issue("leaf", "shop.example.org")
        leaf.write_text(leaf.read_text() + (self.root / "ca.crt").read_text())
        self.assertEqual(self.ask(leaf, leaf).status, 200)

    def test_believes_no_other_of_the_same_authority_which_nginx_would_still_have_from_before(self) -> None:
        old, new = self.issue("old", "shop.example.org"), self.issue("new", "shop.example.org")
        new.write_text(new.read_text() + (self.root / "ca.crt").read_text())
        answer = self.ask(old, new)
        self.assertEqual(answer.status, 0)
        self.assertIn("certificate verify failed", answer.text)

    def test_believes_none_for_another_name(self) -> None:
        leaf = self.issue("leaf", "other.example.org")
        answer = self.ask(leaf, leaf)
        self.assertEqual(answer.status, 0)
        self.assertIn("Hostname mismatch", answer.text)

    def test_believes_none_that_has_ended(self) -> None:
        leaf = self.issue("leaf", "shop.example.org", days="-1")
        answer = self.ask(leaf, leaf)
        self.assertEqual(answer.status, 0)
        self.assertRegex(answer.text, "expired|not yet valid")

    def test_tells_when_none_is_installed(self) -> None:
        leaf = self.issue("leaf", "shop.example.org")
        answer = self.ask(leaf, self.root / "nothing.crt")
        self.assertEqual(answer.status, 0)
        self.assertIn("nothing.crt", answer.text)
