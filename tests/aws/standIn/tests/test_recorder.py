"""What is noted of the calls that arrive."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

from ..recorder import OWN_AGENT, Recorder


class Recording(unittest.TestCase):
    """A recorder before an application that answers with what it got."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory(prefix="portico-test-")
        self.addCleanup(holder.cleanup)
        self.file = Path(holder.name) / "calls.txt"
        self.status = "200 OK"

        def application(environ, start_response):
            start_response(self.status, [])
            return [environ["wsgi.input"].read()]

        self.recorder = Recorder(application, {}, self.file)

    def call(self, action: str, agent: str = "terraform") -> tuple[bytes, str]:
        """What the application got of the body, and what was printed."""
        body = f"Action={action}".encode()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "HTTP_USER_AGENT": agent,
            "HTTP_AUTHORIZATION": "AWS4-HMAC-SHA256 Credential=A/20260101/eu-central-1/ec2/aws4_request",
        }
        with contextlib.redirect_stderr(io.StringIO()) as printed:
            got = b"".join(self.recorder(environ, lambda status, headers: None))
        return got, printed.getvalue()

    def test_each_action_is_noted_once_in_order(self) -> None:
        for action in ("RunInstances", "DescribeVpcs", "RunInstances"):
            self.call(action)
        self.assertEqual(self.file.read_text(), "ec2:DescribeVpcs\nec2:RunInstances\n")

    def test_the_application_still_gets_the_body(self) -> None:
        self.assertEqual(self.call("RunInstances"), (b"Action=RunInstances", ""))

    def test_calls_of_the_stand_in_itself_are_not_noted(self) -> None:
        self.assertEqual(self.call("RunInstances", f"Boto3/1.44 {OWN_AGENT}")[0], b"Action=RunInstances")
        self.assertFalse(self.file.exists())

    def test_a_failed_call_is_told(self) -> None:
        self.status = "400 BAD REQUEST"
        self.assertEqual(self.call("RunInstances")[1], "call: ec2:RunInstances: 400 BAD REQUEST\n")
