import subprocess
from pathlib import Path

from certificates import issue, make_authority
from portico_host.acme.issued import Issued
from portico_host.acme.judge import judge
from portico_host.acme.order import Order
from portico_host.base.errors import HostError
from support import HostCase

ORDER = Order("https://ca.example/directory", ("shop.example",))


class JudgeTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        for name in ("root", "stranger"):
            make_authority(self.root, name)
        self.leaf = issue(self.root, "root", "leaf", "shop.example")

    def read(self, *names: str) -> str:
        return "".join((self.root / name).read_text() for name in names)

    def refusal(self, chain: str, key: str = "leaf.key") -> str:
        with self.assertRaises(HostError) as caught:
            judge(Issued(self.read(key), chain), ORDER)
        return caught.exception.message

    def test_a_chain_that_fits_is_good_whoever_stands_at_its_end(self) -> None:
        judge(Issued(self.read("leaf.key"), self.read("leaf.crt", "root.crt")), ORDER)

    def test_names_key_chain_and_form_are_looked_at(self) -> None:
        issue(self.root, "root", "other", "other.example")
        good = self.read("leaf.crt", "root.crt")
        self.assertIn("hostname mismatch", self.refusal(self.read("other.crt", "root.crt"), "other.key"))
        self.assertIn("one for the key of the request", self.refusal(good, "other.key"))
        self.assertIn("unable to get", self.refusal(self.read("leaf.crt", "stranger.crt")))
        self.assertIn("number 2 of the chain", self.refusal(good + self.read("stranger.crt")))
        self.assertIn("certificate: got none", self.refusal("not found"))

    def test_one_without_intermediates_has_to_be_of_an_authority_that_the_host_knows(self) -> None:
        self.assertIn("unable to get local issuer", self.refusal(self.read("leaf.crt")))

    def test_dates_are_looked_at(self) -> None:
        """`openssl ca` is the only one that dates back, in every version."""
        for name, start, end, why in (
            ("past", "20200101000000Z", "20200201000000Z", "has expired"),
            ("future", "20900101000000Z", "20900201000000Z", "not yet valid"),
        ):
            with self.subTest(name):
                self.date(name, start, end)
                self.assertIn(why, self.refusal(self.read(f"{name}.crt", "root.crt")))

    def date(self, name: str, start: str, end: str) -> None:
        (self.root / "index").write_text("")
        (self.root / "ca.conf").write_text(
            "[ca]\ndefault_ca=c\n[c]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\n"
            "policy=p\n[p]\ncommonName=supplied\n"
        )
        signer = ["-config", "ca.conf", "-cert", "root.crt", "-keyfile", "root.key", "-extfile", "extensions"]
        dates = ["-startdate", start, "-enddate", end]
        words = ["openssl", "ca", "-batch", "-notext", *signer, *dates, "-in", "leaf.csr", "-out", f"{name}.crt"]
        subprocess.run(words, cwd=Path(self.root), check=True, capture_output=True)
