from pathlib import Path
from unittest import mock

from certificates import issue, make_authority, serving
from portico_host.bundle.description import Health
from portico_host.probes import probe
from portico_host.probes.probe import Answer, request_nginx, request_web_host
from support import HostCase


class RequestNginxTest(HostCase):
    """Certificates of an authority that this computer does not know, as a user may bring them."""

    def setUp(self) -> None:
        super().setUp()
        make_authority(self.root, "ca")

    def issue(self, name: str, host: str, days: str = "2") -> Path:
        return issue(self.root, "ca", name, host, days)

    def request(self, shown: Path, installed: Path, host: str | None = None) -> Answer:
        """Asks a server that answers with `shown`, on a host where `installed` lies."""
        with serving(shown, {"shop.example.org/healthz": 200, "other/healthz": 204}) as port:
            health = Health(f"https://127.0.0.1:{port}/healthz", "shop.example.org", 200, str(installed), host)
            return request_nginx(health, installed)

    def test_believes_the_certificate_that_is_installed_whoever_signed_it(self) -> None:
        leaf = self.issue("leaf", "shop.example.org")
        self.assertEqual(self.request(leaf, leaf).status, 200)

    def test_believes_it_with_a_chain_behind_it(self) -> None:
        leaf = self.issue("leaf", "shop.example.org")
        leaf.write_text(leaf.read_text() + (self.root / "ca.crt").read_text())
        self.assertEqual(self.request(leaf, leaf).status, 200)

    def test_believes_no_other_of_the_same_authority_which_nginx_would_still_have_from_before(self) -> None:
        old, new = self.issue("old", "shop.example.org"), self.issue("new", "shop.example.org")
        new.write_text(new.read_text() + (self.root / "ca.crt").read_text())
        answer = self.request(old, new)
        self.assertEqual(answer.status, 0)
        self.assertIn("certificate verify failed", answer.text)

    def test_believes_none_for_another_name(self) -> None:
        leaf = self.issue("leaf", "other.example.org")
        answer = self.request(leaf, leaf)
        self.assertEqual(answer.status, 0)
        self.assertIn("Hostname mismatch", answer.text)

    def test_believes_none_that_has_ended(self) -> None:
        leaf = self.issue("leaf", "shop.example.org", days="-1")
        answer = self.request(leaf, leaf)
        self.assertEqual(answer.status, 0)
        self.assertRegex(answer.text, "expired|not yet valid")

    def test_tells_when_none_is_installed(self) -> None:
        leaf = self.issue("leaf", "shop.example.org")
        answer = self.request(leaf, self.root / "nothing.crt")
        self.assertEqual(answer.status, 0)
        self.assertIn("nothing.crt", answer.text)

    def test_asks_under_another_name_than_that_of_the_certificate_when_told_so(self) -> None:
        leaf = self.issue("leaf", "shop.example.org")
        self.assertEqual(self.request(leaf, leaf, "other").status, 204)


class RequestWebHostTest(HostCase):
    """As the balancer goes: by its authority, for the address of the host, with the certificate of the balancer."""

    def setUp(self) -> None:
        super().setUp()
        for name in ("ca", "other"):
            make_authority(self.root, name)

    def request(self, address: str, authority: str = "ca", client: str = "none") -> Answer:
        """Of a host that answers no client but those of authority ca, where one is shown."""
        leaf = issue(self.root, "ca", "leaf", "web.portico.internal", address=address)
        clients = None if client == "none" else self.root / "ca.crt"
        with serving(leaf, clients=clients) as port, mock.patch.object(probe, "WEB_PORT", port):
            return request_web_host(
                "127.0.0.1", "/", "shop", self.root / f"{authority}.crt", self.root / f"{client}.crt"
            )

    def test_believes_a_host_of_its_authority_at_its_address(self) -> None:
        self.assertEqual(self.request("127.0.0.1").status, 200)

    def test_believes_none_that_has_the_shared_name_and_another_address(self) -> None:
        answer = self.request("127.0.0.2")
        self.assertEqual(answer.status, 0)
        self.assertIn("IP address mismatch", answer.text)

    def test_believes_no_other_authority(self) -> None:
        answer = self.request("127.0.0.1", "other")
        self.assertEqual(answer.status, 0)
        self.assertIn("certificate verify failed", answer.text)

    def test_shows_the_certificate_that_it_has(self) -> None:
        for name, authority, status in (("good", "ca", 200), ("bad", "other", 0)):
            made = issue(self.root, authority, name, "balancer.portico.internal")
            made.write_text(made.read_text() + made.with_suffix(".key").read_text())
            self.assertEqual((name, self.request("127.0.0.1", client=name).status), (name, status))
