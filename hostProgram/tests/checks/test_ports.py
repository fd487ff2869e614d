import socket
import unittest
from pathlib import Path
from unittest import mock

from portico_host.bundle.description import Listens
from portico_host.checks import ports
from support import HostCase


def listener(address: str, family: socket.AddressFamily = socket.AF_INET) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.bind((address, 0))
    opened.listen()
    return opened


class ListeningTest(unittest.TestCase):
    """Asks the kernel of the computer that runs the test."""

    def test_finds_what_other_hosts_reach_and_nothing_else(self) -> None:
        places = (
            ("0.0.0.0", socket.AF_INET),
            ("::", socket.AF_INET6),
            ("127.0.0.1", socket.AF_INET),
            ("::1", socket.AF_INET6),
        )
        opened = [listener(*place) for place in places]
        numbers = [each.getsockname()[1] for each in opened]
        found = ports.listening(Path("/proc/net"))
        self.assertEqual([number in found for number in numbers], [True, True, False, False])
        held = ports.processes_of(found[numbers[0]])
        self.assertRegex(" ".join(held.values()), r"python3?.* \(process \d+\)")
        for each in opened:
            each.close()
        self.assertNotIn(numbers[0], ports.listening(Path("/proc/net")))

    def test_knows_the_loopback_of_both_families(self) -> None:
        for address, family, expected in (
            ("0100007F", socket.AF_INET, True),
            ("00000000", socket.AF_INET, False),
            ("00000000000000000000000001000000", socket.AF_INET6, True),
            ("0000000000000000FFFF00000100007F", socket.AF_INET6, True),
            ("00000000000000000000000000000000", socket.AF_INET6, False),
        ):
            with self.subTest(address), mock.patch("struct.pack", side_effect=self.little_endian):
                self.assertEqual(ports.is_loopback(address, family), expected)

    @staticmethod
    def little_endian(_form: str, *words: int) -> bytes:
        return b"".join(word.to_bytes(4, "little") for word in words)


class DifferenceTest(HostCase):
    def found(self, listens: Listens | None, open_ports: dict[int, set[str]]) -> list[tuple[str, str]]:
        plan = mock.Mock()
        plan.description.listens = listens
        with (
            mock.patch.object(ports, "listening", return_value=open_ports),
            mock.patch.object(ports, "ssh_ports", return_value={22}),
            mock.patch.object(ports, "processes_of", return_value={"7": "nc (process 5)"}),
        ):
            return [(each.subject, each.healer) for each in ports.find(self.context, plan)]

    def test_a_port_that_is_missing_is_healed_and_a_strange_one_is_told(self) -> None:
        found = self.found(Listens((8443,), True), {22: {"1"}, 9999: {"7"}})
        self.assertEqual(found, [("port 8443", "activate"), ("port 9999", "nobody")])

    def test_on_a_host_that_was_there_before_others_may_listen(self) -> None:
        self.assertEqual(self.found(Listens((8443,), False), {22: {"1"}, 8443: {"2"}, 9999: {"7"}}), [])

    def test_a_state_from_before_ports_were_named_has_none(self) -> None:
        self.assertEqual(self.found(None, {9999: {"7"}}), [])
