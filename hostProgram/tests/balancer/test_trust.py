from unittest import mock

from certificates import issue, make_authority
from portico_host.balancer import trust
from portico_host.base.errors import HostError, fault
from portico_host.nginx import nginx_reload
from portico_host.preflight import nginx_check
from portico_host.state.manifest import Manifest
from support import managed

from balancer.test_gate import FrontCase

AUTHORITY = "/etc/portico/tls/ca.crt"


class TrustTest(FrontCase):
    def setUp(self) -> None:
        super().setUp()
        self.reloads: list[object] = []
        self.enterContext(mock.patch.object(nginx_check, "check_live", lambda context: None))
        self.enterContext(mock.patch.object(nginx_reload, "reload_nginx", lambda paths: self.reloads.append(paths)))
        self.old, self.new = make_authority(self.root, "old"), make_authority(self.root, "new")
        self.site = issue(self.root, "old", "site", "shop.example")

    def believed(self) -> str:
        return self.paths.live(AUTHORITY).read_text()

    def test_an_authority_that_is_a_stranger_is_believed_beside_the_one_of_before(self) -> None:
        self.install("shop.example", self.site, self.old)
        plan = self.stage("shop.example", self.new)
        self.assertEqual(trust.trust(self.context, plan.result()), {"learned": True})
        self.assertEqual(self.believed(), self.old.read_text() + self.new.read_text())
        self.assertEqual(len(self.reloads), 1)

    def test_one_that_shares_a_generation_is_left_to_its_own_switch(self) -> None:
        self.install("shop.example", self.site, self.old)
        plan = self.stage("shop.example", self.old, self.new)
        self.assertEqual(trust.trust(self.context, plan.result()), {"learned": False})
        self.assertEqual((self.believed(), self.reloads), (self.old.read_text(), []))

    def test_nothing_is_done_where_no_balancer_runs_yet(self) -> None:
        self.assertEqual(trust.trust(self.context, self.stage("shop.example", self.new).result()), {"learned": False})

    def test_a_call_that_was_killed_before_nginx_was_told_is_made_good(self) -> None:
        self.install("shop.example", self.site, self.old, self.new)
        Manifest({AUTHORITY: managed(AUTHORITY, self.old.read_bytes())}, (), frozenset()).save(self.paths)
        trust.trust(self.context, self.stage("shop.example", self.new).result())
        self.assertEqual(len(self.reloads), 1)

    def test_what_nginx_does_not_take_is_put_back(self) -> None:
        self.install("shop.example", self.site, self.old)
        plan = self.stage("shop.example", self.new)
        refusal = HostError(fault("nginx -t", "exit code 1", "a configuration that Nginx takes", "mend it"))
        with mock.patch.object(nginx_check, "check_live", side_effect=refusal), self.assertRaises(HostError):
            trust.trust(self.context, plan.result())
        self.assertEqual((self.believed(), self.reloads), (self.old.read_text(), []))
