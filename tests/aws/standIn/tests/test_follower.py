"""Machines that follow instances: what is to be done, and with which user data."""

import base64
import gzip
import unittest

from ..follower import Instance, plan, user_data_text


def instance(id_: str, state: str = "running") -> Instance:
    """An instance in a state."""
    return Instance(id_, "10.40.16.4", state)


class Plan(unittest.TestCase):
    """From the machines that are known to those of the instances."""

    def test_an_instance_that_lives_gets_a_machine_once(self) -> None:
        for state in ("pending", "running"):
            new = instance("i-1", state)
            self.assertEqual(plan([new], set()).boot, (new,))
            self.assertEqual(plan([new], {"i-1"}).boot, ())

    def test_a_machine_goes_with_its_instance(self) -> None:
        for left in ([], [instance("i-1", "terminated")], [instance("i-1", "shutting-down")]):
            steps = plan([*left, instance("i-2")], {"i-1", "i-2"})
            self.assertEqual((steps.boot, steps.remove), ((), ("i-1",)))

    def test_an_instance_that_ended_before_it_was_seen_gets_none(self) -> None:
        steps = plan([instance("i-1", "terminated")], set())
        self.assertEqual((steps.boot, steps.remove), ((), ()))


class UserData(unittest.TestCase):
    """User data as cloud-init reads it."""

    def test_is_taken_plain_and_compressed(self) -> None:
        text = "#cloud-config\nusers: []\n"
        for raw in (text.encode(), gzip.compress(text.encode())):
            self.assertEqual(user_data_text(base64.b64encode(raw).decode()), text)
