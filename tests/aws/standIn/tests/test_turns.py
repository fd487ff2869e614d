"""Calls that come at once."""

import threading
import time
import unittest

from ..turns import Turns


def signed(service: str) -> dict[str, str]:
    """A request for a service."""
    return {"HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential=A/20260101/eu-central-1/{service}/aws4_request"}


class AtOnce(unittest.TestCase):
    """Two calls at the same moment."""

    def most_at_once(self, *services: str) -> int:
        inside, most, note = 0, 0, threading.Lock()

        def application(environ, start_response):
            nonlocal inside, most
            with note:
                inside += 1
                most = max(most, inside)
            time.sleep(0.1)
            with note:
                inside -= 1
            return []

        turns = Turns(application)
        threads = [threading.Thread(target=turns, args=(signed(service), None)) for service in services]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return most

    def test_of_one_service_take_turns(self) -> None:
        self.assertEqual(self.most_at_once("ec2", "ec2", "ec2"), 1)

    def test_of_two_services_do_not_wait_for_each_other(self) -> None:
        self.assertEqual(self.most_at_once("ec2", "elasticloadbalancing"), 2)
