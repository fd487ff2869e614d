import ssl
import subprocess
import time
from pathlib import Path
from unittest import mock

from portico_host.checks import certificates
from portico_host.nginx.certificates import not_after
from support import HostCase, managed


class CertificateTest(HostCase):
    def make(self, days: int) -> bytes:
        words = [
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            "key",
        ]
        subject = ["-subj", "/CN=x", "-days", str(days), "-out", "crt"]
        subprocess.run(["openssl", *words, *subject], cwd=self.root, check=True, capture_output=True)
        return Path(self.root / "crt").read_bytes()

    def found(self, content: bytes, path: str = "/etc/portico/tls/site.crt") -> list[str]:
        plan = mock.Mock(secret_files=[managed(path, content)], content=lambda _: content)
        return [each.found for each in certificates.find(self.context, plan)]

    def test_reads_the_end_that_openssl_reads_of_both_kinds_of_time(self) -> None:
        for days in (3, 365 * 40):
            pem = self.make(days)
            end = not_after(ssl.PEM_cert_to_DER_cert(pem.decode()))
            said = subprocess.run(["openssl", "x509", "-enddate", "-noout"], input=pem, capture_output=True, check=True)
            self.assertEqual(end, ssl.cert_time_to_seconds(said.stdout.decode().strip().partition("=")[2]))

    def test_one_that_ends_soon_is_told(self) -> None:
        soon, later = self.make(3), self.make(30)
        self.assertEqual(self.found(later), [])
        self.assertEqual(self.found(soon), ["ends in 3.0 days"])
        self.assertEqual(self.found(later + soon), ["ends in 3.0 days"])
        with_key = soon + (self.root / "key").read_bytes()
        self.assertEqual(self.found(with_key, "/etc/portico/tls/client.pem"), ["ends in 3.0 days"])
        with mock.patch.object(time, "time", return_value=time.time() + 4 * 24 * 3600):
            self.assertEqual(self.found(soon), ["ended"])

    def test_keys_are_not_read(self) -> None:
        self.assertEqual(self.found(b"no certificate", "/etc/portico/tls/site.key"), [])
