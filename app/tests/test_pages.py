import os
import re
import unittest
from unittest import mock

from .support import BROWSER, client


class Index(unittest.TestCase):
    def page(self, secret_key=None, **arguments) -> str:
        response = client(secret_key) if secret_key else client()
        return response.get("/", headers=BROWSER, **arguments).get_data(as_text=True)

    def test_shows_release_host_client_worker_and_request_id(self):
        with (
            mock.patch.dict(os.environ, {"PORTICO_RELEASE": "1a2b3c4d5e6f"}),
            mock.patch("socket.gethostname", return_value="web-7"),
        ):
            headers = BROWSER | {"X-Request-ID": "abc123"}
            page = (
                client().get("/", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"}).get_data(as_text=True)
            )
        for expected in ("1a2b3c4d5e6f", "web-7", "203.0.113.9", f"worker {os.getpid()}", "abc123"):
            self.assertIn(expected, page)

    def test_holds_no_inline_script_style_or_handler_and_no_address_of_others(self):
        page = self.page()
        self.assertNotRegex(page, r"<script(?![^>]*\bsrc=)")
        self.assertNotIn("<style", page)
        self.assertNotRegex(page, r"\sstyle=|\son[a-z]+=|javascript:|data:")
        self.assertNotRegex(page, r"(src|href|action)=\"(https?:)?//")

    def test_every_link_and_asset_answers(self):
        page = self.page()
        addresses = set(re.findall(r"(?:href|src)=\"(/[^\"]*)\"", page)) - {"/events?count=5", "/slow?seconds=3"}
        self.assertGreaterEqual(len(addresses), 8)
        for address in addresses:
            with self.subTest(address=address), client().get(address) as response:
                self.assertEqual(response.status_code, 200)

    def test_works_without_script(self):
        page = self.page()
        self.assertEqual(page.count("<noscript>"), 2)
        self.assertRegex(page, r'<form action="/login" method="post">')
        self.assertRegex(page, r'<form action="/upload" method="post" enctype="multipart/form-data">')

    def test_escapes_what_a_caller_sends(self):
        page = self.page(environ_base={"HTTP_X_REQUEST_ID": "<b>bold</b>"})
        self.assertNotIn("<b>bold", page)
        self.assertIn("&lt;b&gt;bold", page)


class Whoami(unittest.TestCase):
    def test_answers_get_and_post_alike(self):
        for method in ("GET", "POST"):
            facts = client().open("/whoami", method=method, data=b"x=1" if method == "POST" else None).get_json()
            self.assertEqual(set(facts), {"host", "release", "client", "scheme", "requestId", "pid"})

    def test_believes_no_forwarded_header(self):
        facts = (
            client()
            .get("/whoami", headers={"X-Forwarded-For": "203.0.113.9"}, environ_base={"REMOTE_ADDR": "127.0.0.1"})
            .get_json()
        )
        self.assertEqual(facts["client"], "127.0.0.1")

    def test_names_the_development_release_without_one(self):
        with mock.patch.dict(os.environ):
            os.environ.pop("PORTICO_RELEASE", None)
            self.assertEqual(client().get("/whoami").get_json()["release"], "development")

    def test_may_not_be_stored(self):
        self.assertEqual(client().get("/whoami").headers["Cache-Control"], "no-store")


class Errors(unittest.TestCase):
    def test_are_a_page_for_a_browser_and_json_for_others(self):
        page = client().get("/absent", headers=BROWSER)
        self.assertEqual((page.status_code, page.mimetype), (404, "text/html"))
        self.assertIn("Not Found", page.get_data(as_text=True))
        for headers in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
            answer = client().get("/absent", headers=headers | {"X-Request-ID": "abc123"})
            self.assertEqual((answer.status_code, answer.mimetype), (404, "application/json"))
            self.assertEqual(answer.get_json()["requestId"], "abc123")
            self.assertEqual(answer.headers["Vary"], "Accept")

    def test_name_the_allowed_methods(self):
        answer = client().put("/upload")
        self.assertEqual(answer.status_code, 405)
        self.assertIn("POST", answer.headers["Allow"])

    def test_keep_an_unexpected_exception_in_the_log(self):
        failing = client()
        with mock.patch("portico_sample.pages.facts", side_effect=RuntimeError("private detail")):
            with self.assertLogs("portico_sample", "ERROR"):
                answer = failing.get("/whoami")
        self.assertEqual(answer.status_code, 500)
        self.assertNotIn("private detail", answer.get_data(as_text=True))


if __name__ == "__main__":
    unittest.main()
