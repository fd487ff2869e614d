"""Real authorities, certificates and TLS servers for tests."""

import contextlib
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def make_authority(folder: Path, name: str) -> Path:
    _openssl(
        folder,
        "req",
        "-x509",
        *NEW_KEY,
        "-keyout",
        f"{name}.key",
        "-out",
        f"{name}.crt",
        "-days",
        "2",
        "-subj",
        f"/CN={name}",
    )
    return folder / f"{name}.crt"


def issue(folder: Path, authority: str, name: str, host: str, days: str = "2", *, address: str = "") -> Path:
    """A server's certificate for a name, and for an address where it is an application host's."""
    subjects = f"DNS:{host}{address and f',IP:{address}'}"
    (folder / "extensions").write_text(f"subjectAltName={subjects}\nbasicConstraints=CA:FALSE\n")
    _openssl(folder, "req", "-new", *NEW_KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={host}")
    signed_by = ["-CA", f"{authority}.crt", "-CAkey", f"{authority}.key", "-CAcreateserial", "-extfile", "extensions"]
    _openssl(folder, "x509", "-req", "-in", f"{name}.csr", *signed_by, "-days", days, "-out", f"{name}.crt")
    return folder / f"{name}.crt"


@contextlib.contextmanager
def serving(certificate: Path, statuses: dict[str, int] | None = None, clients: Path | None = None) -> Iterator[int]:
    """A server with this certificate; its port. `statuses` by Host header with path, 404 for others; 200 to all without.

    With `clients` it shakes hands with those alone who show a certificate of this authority.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if statuses is None else statuses.get(f"{self.headers['Host']}{self.path}", 404))
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    class QuietServer(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that does not like the certificate hangs up."""

    server = QuietServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
