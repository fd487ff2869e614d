from portico_host.checks import leftovers
from portico_host.nginx import callers
from portico_host.state.plan import Plan
from portico_host.transaction import rollback
from trials import TrialCase

AUTHORITY = "/etc/portico/tls/ca.crt"


def authority(*names: str) -> str:
    return "".join(f"-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----\n" for name in names)


class CallersTest(TrialCase):
    """Release 1 demands nothing of whoever asks; those after it do, by the authorities `known`."""

    known = ("one", "two")

    def stage(self, number: int, configuration: str = "events {}\n", key: str | None = None) -> Plan:
        if number == 1:
            return super().stage(number, configuration, key)
        files = {callers.RULE: "return 403;\n", AUTHORITY: authority(*self.known)}
        return super().stage(number, configuration, key, files)

    @property
    def anybody(self) -> bool:
        return callers.anybody(self.paths)

    def demand(self) -> None:
        """Release 2 is confirmed: the host answers its balancer alone."""
        self.try_release()
        self.confirm(2)

    def test_a_host_answers_anybody_from_the_switch_that_brings_the_rule_until_its_confirmation(self) -> None:
        self.assertFalse(self.anybody)
        self.try_release()
        self.assertTrue(self.anybody)
        self.confirm(2)
        self.assertFalse(self.anybody)

    def test_it_does_so_before_the_rule_is_in_place(self) -> None:
        with self.killed_at("activate:install-files"):
            self.try_release()
        self.assertTrue(self.anybody)

    def test_a_host_whose_balancer_is_known_answers_nobody_else_at_any_time(self) -> None:
        self.demand()
        self.known = ("two", "three")
        with self.killed_at("activate:record"):
            self.try_release(3)
        self.assertFalse(self.anybody)
        self.try_release(3)
        self.assertFalse(self.anybody)

    def test_an_authority_that_the_balancer_has_never_heard_of_lets_it_in_until_it_has_switched(self) -> None:
        self.demand()
        self.known = ("another",)
        self.try_release(3)
        self.assertTrue(self.anybody)
        self.confirm(3)
        self.assertFalse(self.anybody)

    def test_a_way_back_ends_it(self) -> None:
        for back in (self.revert, self.expire):
            for demands in (False, True):
                with self.subTest(back=back.__name__, demands=demands):
                    self.again()
                    if demands:
                        self.demand()
                        self.known = ("another",)
                    self.try_release(3)
                    self.assertTrue(self.anybody)
                    self.wait(61)
                    back()
                    self.assert_serves(2 if demands else 1, "green" if demands else "blue")
                    self.assertFalse(self.anybody)
                    self.known = CallersTest.known

    def test_so_does_the_undo_of_a_switch_that_failed_and_not_of_a_second_one(self) -> None:
        self.bad_slots = {"v2", "v3"}
        self.expect_failure(2)
        self.assertFalse(self.anybody)
        self.bad_slots = {"v3"}
        self.try_release(2)
        self.expect_failure(3)
        self.assertTrue(self.anybody)

    def test_a_rollback_over_the_rule_lets_the_balancer_in_and_the_check_says_so(self) -> None:
        self.demand()
        self.activate(1)
        rollback.rollback(self.context, {"release": "r2", "who": "ann"}, self.program)
        self.assert_serves(2, "green")
        self.assertTrue(self.anybody)
        plan = Plan.load(self.paths, "00000002")
        found = [each for each in leftovers.find(self.context, plan) if each.subject == "callers"]
        self.assertEqual([each.found for each in found], ["anybody in the network is answered"])

    def test_the_check_takes_no_offence_while_a_switch_waits_for_its_confirmation(self) -> None:
        self.try_release()
        plan = Plan.load(self.paths, "00000002")
        self.assertEqual([each for each in leftovers.find(self.context, plan) if each.subject == "callers"], [])
