import subprocess
import time
from pathlib import Path
from unittest import mock

from certificates import issue, make_authority
from portico_host.acme.attempts import Attempts
from portico_host.acme.order import Order
from portico_host.base.durable import make_parents
from portico_host.bundle.managed_file import ManagedFile
from portico_host.checks import certificates
from portico_host.nginx.certificates import parse
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
        return self.found_in((managed(path, content), content))

    def found_in(self, *files: tuple[ManagedFile, bytes]) -> list[str]:
        by_path = {file.path: content for file, content in files}
        plan = mock.Mock(secret_files=[file for file, _ in files], content=lambda file: by_path[file.path])
        return [each.found for each in certificates.find(self.context, plan)]

    def ordered(self) -> Order:
        place = self.paths.live("/etc/portico/acme/order.json")
        make_parents(place)
        place.write_text('{"directory": "https://ca.example/dir", "names": ["shop.example"]}')
        order = Order.load(self.paths)
        assert order is not None
        return order

    def test_reads_what_openssl_reads_with_both_kinds_of_time(self) -> None:
        for days in (3, 365 * 40):
            pem = self.make(days)
            read = parse(pem.decode())
            words = ["openssl", "x509", "-startdate", "-enddate", "-noout", "-dateopt", "iso_8601"]
            said = subprocess.run(words, input=pem, capture_output=True, check=True).stdout.decode()
            form = "%Y-%m-%d %H:%M:%SZ"
            times = [time.strftime(form, time.gmtime(each)) for each in (read.not_before, read.not_after)]
            self.assertEqual([line.partition("=")[2] for line in said.splitlines()], times)
            self.assertEqual(read.issuer, read.subject)

    def test_one_of_the_stack_is_told_when_an_update_should_long_have_renewed_it(self) -> None:
        soon, later = self.make(3), self.make(30)
        self.assertEqual(self.found(later), [])
        self.assertEqual(self.found(soon), ["ends in 3.0 days"])
        self.assertEqual(self.found(later + soon), ["ends in 3.0 days"])
        with_key = soon + (self.root / "key").read_bytes()
        self.assertEqual(self.found(with_key, "/etc/portico/tls/client.pem"), ["ends in 3.0 days"])
        with mock.patch.object(time, "time", return_value=time.time() + 4 * 24 * 3600):
            self.assertEqual(self.found(soon), ["ended"])
        make_authority(self.root, "ours")
        authority = (self.root / "ours.crt").read_bytes()
        ours = managed("/etc/portico/tls/ca.crt", authority), authority
        leaf = issue(self.root, "ours", "leaf", "shop.example", days="10").read_bytes()
        self.assertEqual(self.found_in((managed("/etc/portico/tls/site.crt", leaf), leaf), ours), ["ends in 2.0 days"])

    def test_one_of_others_is_told_three_weeks_before_or_as_much_less_as_it_lives_less(self) -> None:
        make_authority(self.root, "others")
        for life, left, told in ((90, 20.9, True), (90, 21.1, False), (6, 1.3, True), (6, 1.5, False)):
            with self.subTest(life=life, left=left):
                leaf = issue(self.root, "others", "leaf", "shop.example", days=str(life)).read_bytes()
                with mock.patch.object(time, "time", return_value=time.time() + (life - left) * 24 * 3600):
                    self.assertEqual(self.found(leaf), [f"ends in {left} days"] if told else [])

    def test_of_one_that_the_host_orders_itself_what_is_there_counts(self) -> None:
        make_authority(self.root, "others")
        placeholder = self.make(3)
        live = self.paths.live("/etc/portico/tls/site.crt")
        file = managed("/etc/portico/tls/site.crt", placeholder, "agent")
        self.assertEqual(self.found_in((file, placeholder)), ["ends in 3.0 days"])
        make_parents(live)
        live.write_bytes(issue(self.root, "others", "leaf", "shop.example", days="90").read_bytes())
        self.assertEqual(self.found_in((file, placeholder)), [])

    def test_orders_that_fail_are_told_until_one_succeeds_or_another_is_wanted(self) -> None:
        order = self.ordered()
        Attempts.load(self.paths, order).failed(self.paths, "no such name", time.time())
        self.assertEqual(self.found_in(), ["1 orders failed, the last one with: no such name"])
        Attempts.forget(self.paths)
        self.assertEqual(self.found_in(), [])

    def test_keys_are_not_read(self) -> None:
        self.assertEqual(self.found(b"no certificate", "/etc/portico/tls/site.key"), [])
