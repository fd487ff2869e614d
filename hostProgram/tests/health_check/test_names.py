import unittest

from health_checks import WEB, HealthCheckCase
from portico_host.health_check import agent, names, servers
from portico_host.health_check.balanced_hosts import Host
from portico_host.nginx import nginx_reload

OWN = [names.own(name) for name in WEB]


class NamesTest(HealthCheckCase):
    def test_each_host_is_verified_by_its_own_name(self) -> None:
        self.rounds()
        self.assertEqual(self.verified(), OWN)

    def test_a_host_that_went_back_is_verified_by_the_shared_name_until_it_has_its_own_again(self) -> None:
        self.rounds()
        self.shared = {"web-2"}
        self.rounds()
        self.assertEqual(self.verified(), [OWN[0], names.SHARED, OWN[2]])
        self.shared = set()
        self.rounds()
        self.assertEqual(self.verified(), OWN)
        usual, hurry = nginx_reload.CLOSING_SECONDS, nginx_reload.HURRY_SECONDS
        self.assertEqual(self.closings, [usual, hurry, usual])

    def test_what_is_known_of_a_host_stays_while_it_shows_nothing_and_over_the_next_start(self) -> None:
        self.shared = {"web-2"}
        self.rounds()
        self.unreached = {"web-1", "web-2"}
        self.agent = agent.Agent(self.context)
        self.rounds(5)
        self.assertEqual(self.verified(), [OWN[0], names.SHARED, OWN[2]])

    def test_a_release_has_nginx_read_the_names_that_are_known(self) -> None:
        self.shared = {"web-2"}
        self.rounds()
        self.paths.live(names.PLACE).unlink()
        servers.refresh(self.paths)
        self.assertEqual(self.verified(), [OWN[0], names.SHARED, OWN[2]])

    def test_a_staged_balancer_has_the_own_ones(self) -> None:
        self.assertTrue(servers.stage(self.paths, self.root / "watch"))
        self.assertEqual((self.root / "watch" / names.FILE).read_text(), names.text(HOSTS, ()))


class TextTest(unittest.TestCase):
    def test_goes_by_the_last_address_that_was_tried_as_nginx_writes_it(self) -> None:
        four, six = Host("a", "10.0.0.1", ""), Host("b", "fd00:0:0:0::00A1", "")
        _, first, second = names.text((four, six), ()).splitlines()
        self.assertEqual(first, '"~(?:^|[ ,])10\\.0\\.0\\.1:8443$" a.web.portico.internal;')
        self.assertEqual(second, '"~(?:^|[ ,])\\[fd00::a1\\]:8443$" b.web.portico.internal;')


HOSTS = tuple(Host(name, f"10.0.0.{name[-1]}", "") for name in WEB)

if __name__ == "__main__":
    unittest.main()
