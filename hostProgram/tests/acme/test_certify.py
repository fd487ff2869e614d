import json
import time
from typing import Any
from unittest import mock

from fake_systemd import FakeSystemd
from portico_host.acme import certify, issue
from portico_host.acme.attempts import FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, Attempts
from portico_host.acme.order import Order
from portico_host.acme.show import CERTIFICATE, KEY
from portico_host.base import lock
from portico_host.base.durable import make_parents
from portico_host.base.errors import HostError, Interrupted, LockBusyError
from portico_host.nginx import nginx_reload
from portico_host.nginx.certificates import DAY
from portico_host.preflight import nginx_check
from portico_host.probes import probe
from portico_host.state.manifest import Manifest
from portico_host.units import evidence, systemd
from support import FakeClock, HostCase, managed, printed

from acme.authority import Authority

PLACEHOLDER = b"what the stack brought\n"


class CertifyTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown = b""
        self.refusing: set[bytes] = set()
        self.clock = FakeClock()
        folder = self.root / "authority"
        folder.mkdir()
        self.authority = Authority(folder, self.paths)
        for manager in (
            FakeSystemd().in_charge(),
            printed(),
            mock.patch.object(systemd, "start", self.authority.start),
            mock.patch.object(evidence, "of_unit", lambda context, unit: ["  Detail: no such name"]),
            mock.patch.object(nginx_check, "check_live", self.check),
            mock.patch.object(nginx_reload, "reload_nginx", self.reload),
            mock.patch.object(probe, "request_nginx", self.request),
            mock.patch.object(probe, "CLOCK", self.clock.for_probes()),
        ):
            self.enterContext(manager)
        self.want("shop.example", "www.shop.example")
        self.manage("agent")
        self.stay = False

    def want(self, *names: str, directory: str = "https://ca.example/directory") -> Order:
        place = self.paths.live("/etc/portico/acme/order.json")
        make_parents(place)
        place.write_text(json.dumps({"directory": directory, "names": names}))
        order = Order.load(self.paths)
        assert order is not None
        return order

    def manage(self, effect: str) -> None:
        """As a release leaves the files of the site."""
        files = {
            path: managed(path, PLACEHOLDER, effect, mode) for path, mode in ((KEY, "0640"), (CERTIFICATE, "0644"))
        }
        Manifest(files, (), frozenset()).save(self.paths)
        for path in files:
            make_parents(self.paths.live(path))
            self.paths.live(path).write_bytes(PLACEHOLDER)

    def check(self, _context: object) -> None:
        if self.live(CERTIFICATE) in self.refusing:
            raise HostError("nginx -t: got exit code 1")

    def reload(self, _paths: object) -> None:
        if not self.stay:
            self.shown = self.live(CERTIFICATE)

    def request(self, *_words: object) -> probe.Answer:
        return probe.Answer("GET", 200 if self.shown == self.live(CERTIFICATE) else 0, "", 0.1)

    def live(self, path: str) -> bytes:
        return self.paths.live(path).read_bytes()

    def certify(self, **value: Any) -> dict[str, Any]:
        return certify.certify(self.context, value)

    def fails(self, **value: Any) -> str:
        with self.assertRaises(HostError) as caught:
            self.certify(**value)
        return caught.exception.message

    def waited(self, seconds: float) -> Any:
        return mock.patch.object(time, "time", return_value=time.time() + seconds)

    def test_the_first_one_takes_the_place_of_what_the_stack_brought(self) -> None:
        done = self.certify()
        self.assertEqual(done, {"names": ["shop.example", "www.shop.example"], "ordered": True, "waits": 0})
        self.assertEqual(self.live(CERTIFICATE).count(b"BEGIN CERTIFICATE"), 2)
        self.assertEqual(self.shown, self.live(CERTIFICATE))
        self.assertIn(b"PRIVATE KEY", self.live(KEY))
        self.assertEqual(self.paths.live(KEY).stat().st_mode & 0o777, 0o640)
        self.assertEqual(list(self.paths.live(issue.REQUEST).parent.iterdir()), [])

    def test_it_stays_until_a_third_of_its_life_is_left_and_then_another_key_comes_too(self) -> None:
        self.certify()
        before = self.live(CERTIFICATE), self.live(KEY)
        with self.waited(59 * DAY):
            self.assertFalse(self.certify()["ordered"])
        self.assertEqual((self.live(CERTIFICATE), self.live(KEY)), before)
        with self.waited(61 * DAY):
            self.assertTrue(self.certify()["ordered"])
        self.assertEqual(self.authority.orders, 2)
        self.assertFalse({self.live(CERTIFICATE), self.live(KEY)} & set(before))
        self.assertEqual(self.shown, self.live(CERTIFICATE))

    def test_while_the_authority_is_down_the_former_stays_and_the_next_order_waits(self) -> None:
        self.certify()
        before = self.live(CERTIFICATE)
        self.authority.down = True
        order = Order.load(self.paths)
        assert order is not None
        now = time.time() + 61 * DAY
        for failures in range(1, 9):
            with mock.patch.object(time, "time", return_value=now):
                self.assertIn("order at https://ca.example/directory: got no such name", self.fails())
                wait = min(FIRST_WAIT_SECONDS * 2 ** (failures - 1), LONGEST_WAIT_SECONDS)
                self.assertEqual(self.certify(), {"names": list(order.names), "ordered": False, "waits": wait})
                self.assertEqual(Attempts.load(self.paths, order).failures, failures)
            now += wait
        self.assertEqual((self.live(CERTIFICATE), self.shown, self.authority.orders), (before, before, 9))
        self.authority.down = False
        with mock.patch.object(time, "time", return_value=now):
            self.assertTrue(self.certify()["ordered"])
        self.assertEqual(Attempts.load(self.paths, order).failures, 0)

    def test_the_authority_is_quoted_in_each_form_that_certbot_has_for_it(self) -> None:
        self.authority.down = True
        for log, why in (
            (
                ["Requesting", "  An unexpected error occurred:", "  forbidden by policy", "  Ask for help"],
                "forbidden by policy",
            ),
            (["  Domain: shop.example", "  Detail: Connection refused"], "Connection refused"),
            (["Traceback"], "none"),
        ):
            with mock.patch.object(evidence, "of_unit", lambda context, unit, log=log: log):
                self.assertIn(f"got {why}; allowed: a certificate", self.fails(now=True))

    def test_a_person_or_other_names_need_not_wait(self) -> None:
        self.authority.down = True
        self.fails()
        self.fails(now=True)
        self.assertEqual(self.authority.orders, 2)
        self.want("other.example")
        self.authority.down = False
        self.assertTrue(self.certify()["ordered"])

    def test_a_call_that_is_ended_says_nothing_about_the_authority(self) -> None:
        with mock.patch.object(systemd, "start", side_effect=Interrupted("signal")), self.assertRaises(Interrupted):
            self.certify()
        self.assertTrue(self.certify()["ordered"])

    def test_what_is_issued_for_other_names_is_not_shown(self) -> None:
        self.authority.names = "DNS:shop.example"
        self.assertIn("one that is good, for www.shop.example", self.fails())
        self.assertEqual(self.live(CERTIFICATE), PLACEHOLDER)
        self.assertEqual(self.certify()["ordered"], False)

    def test_what_nginx_refuses_or_does_not_show_goes_again_and_is_not_ordered_twice(self) -> None:
        with mock.patch.object(nginx_check, "check_live", side_effect=[HostError("nginx -t: got exit code 1"), None]):
            self.assertIn("nginx -t", self.fails())
        self.assertEqual((self.live(CERTIFICATE), self.live(KEY), self.shown), (PLACEHOLDER, PLACEHOLDER, PLACEHOLDER))
        self.stay = True
        self.assertIn("Nginx: got another certificate, or no answer", self.fails())
        self.assertEqual(self.live(CERTIFICATE), PLACEHOLDER)
        self.stay = False
        self.assertFalse(self.certify()["ordered"])
        self.assertEqual((self.shown, self.authority.orders), (self.live(CERTIFICATE), 1))
        self.assertNotEqual(self.shown, PLACEHOLDER)

    def test_what_the_unit_of_nginx_refuses_to_reload_goes_again_and_its_log_is_told(self) -> None:
        refusals = [HostError("systemctl reload portico-nginx.service: got exit code 1")]

        def reload(paths: object) -> None:
            if refusals:
                raise refusals.pop()
            self.reload(paths)

        with (
            mock.patch.object(nginx_reload, "reload_nginx", reload),
            mock.patch.object(evidence, "of_unit", lambda context, unit: [f"log of {unit}"]),
            self.assertRaises(HostError) as caught,
        ):
            self.certify()
        self.assertEqual(caught.exception.evidence, ["log of portico-nginx.service"])
        self.assertEqual((self.live(CERTIFICATE), self.shown), (PLACEHOLDER, PLACEHOLDER))

    def test_another_word_takes_the_file_and_the_way_back_needs_no_order(self) -> None:
        self.certify()
        issued = self.live(CERTIFICATE)
        self.manage("nginx")
        self.assertIn("a file of the stack", self.fails())
        self.assertEqual(self.live(CERTIFICATE), PLACEHOLDER)
        self.manage("agent")
        self.certify()
        self.assertEqual((self.live(CERTIFICATE), self.authority.orders), (issued, 1))

    def test_on_the_way_back_one_that_is_to_be_renewed_is_not_shown_before_the_new_one(self) -> None:
        self.certify()
        issued = self.live(CERTIFICATE)
        self.manage("agent")
        reloaded = self.enterContext(mock.patch.object(nginx_reload, "reload_nginx", side_effect=self.reload))
        with self.waited(61 * DAY):
            self.assertTrue(self.certify()["ordered"])
        self.assertEqual(reloaded.call_count, 1)
        self.assertNotIn(self.live(CERTIFICATE), (issued, PLACEHOLDER))
        # Where none can be ordered it is better than what the stack brought.
        self.manage("agent")
        self.authority.down = True
        kept = max((self.paths.state / "acme").glob("*.pem")).read_text().partition("-----BEGIN CERTIFICATE")[2]
        with self.waited(62 * DAY):
            self.fails()
            self.assertEqual(self.live(CERTIFICATE), PLACEHOLDER)
            self.certify()
            self.assertIn(kept.encode(), self.live(CERTIFICATE))

    def test_another_authority_is_another_order_and_what_the_first_issued_is_kept(self) -> None:
        self.certify()
        first = self.live(CERTIFICATE)
        self.want("shop.example", "www.shop.example", directory="https://other.example/directory")
        self.assertTrue(self.certify()["ordered"])
        self.assertNotEqual(self.live(CERTIFICATE), first)
        self.want("www.shop.example", "shop.example")
        self.assertFalse(self.certify()["ordered"])
        self.assertEqual(self.live(CERTIFICATE), first)

    def test_nothing_is_ordered_where_the_certificate_comes_from_elsewhere(self) -> None:
        self.paths.live("/etc/portico/acme/order.json").unlink()
        self.assertEqual(self.certify(), {"names": [], "ordered": False, "waits": 0})
        self.assertEqual(self.authority.orders, 0)

    def test_one_order_at_a_time_which_no_release_waits_for(self) -> None:
        def start(unit: str, seconds: float = 0) -> None:
            with self.assertRaises(LockBusyError):
                self.certify()
            with lock.held(self.context, 0):
                self.authority.start(unit)

        with mock.patch.object(systemd, "start", start):
            self.assertTrue(self.certify()["ordered"])
