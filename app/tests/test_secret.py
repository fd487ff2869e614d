import os
import re
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from portico_sample import create_app, health
from portico_sample.secret import read_secret, weakness

from .support import BROWSER, FIT_KEY, client


class ReadSecret(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        patched = mock.patch.dict(os.environ, {"CREDENTIALS_DIRECTORY": folder.name})
        patched.start()
        self.addCleanup(patched.stop)

    def test_reads_the_credential_without_its_final_line_break(self):
        (self.folder / "app_appSecretKey").write_text(FIT_KEY + "\n")
        self.assertEqual(read_secret("appSecretKey"), FIT_KEY)
        self.assertEqual(create_app().test_client().get("/readyz").status_code, 200)

    def test_is_none_without_file_text_or_folder(self):
        self.assertIsNone(read_secret("absent"))
        (self.folder / "app_empty").write_text("\n")
        self.assertIsNone(read_secret("empty"))
        (self.folder / "app_binary").write_bytes(b"\xff\xfe")
        self.assertIsNone(read_secret("binary"))
        del os.environ["CREDENTIALS_DIRECTORY"]
        self.assertIsNone(read_secret("appSecretKey"))

    def test_never_takes_the_secret_from_the_environment(self):
        os.environ["appSecretKey"] = os.environ["app_appSecretKey"] = FIT_KEY
        self.assertIsNone(read_secret("appSecretKey"))


class Health(unittest.TestCase):
    def test_is_ready_with_a_fit_key(self):
        answer = client().get("/readyz")
        self.assertEqual((answer.status_code, answer.get_json()["checks"]), (200, {"appSecretKey": "ok"}))

    def test_is_unready_but_live_without_one(self):
        with mock.patch.dict(os.environ):
            os.environ.pop("CREDENTIALS_DIRECTORY", None)
            unready = client(None)
        answer = unready.get("/readyz")
        self.assertEqual((answer.status_code, answer.get_json()["status"]), (503, "unready"))
        self.assertIn("missing", answer.get_json()["checks"]["appSecretKey"])
        self.assertEqual(unready.get("/healthz").status_code, 200)
        self.assertEqual(unready.get("/ticket").status_code, 503)
        self.assertIn("no secret to sign with", unready.get("/", headers=BROWSER).get_data(as_text=True))

    def test_calls_a_short_or_regular_key_unfit_without_showing_it(self):
        for key in ("short-key", "ab" * 40):
            answer = client(key).get("/readyz")
            self.assertEqual(answer.status_code, 503)
            self.assertNotIn(key, answer.get_data(as_text=True))
        self.assertIsNone(weakness(FIT_KEY))

    def test_live_does_not_ask_for_the_key(self):
        with mock.patch.object(health, "weakness", side_effect=AssertionError):
            self.assertEqual(client().get("/healthz").get_json()["status"], "live")


class Login(unittest.TestCase):
    def test_trades_a_ticket_of_one_machine_for_a_token_on_another(self):
        ticket = client().get("/ticket").get_json()["ticket"]
        answer = client().post("/login", json={"name": "Ada", "ticket": ticket})
        self.assertEqual(answer.status_code, 200)
        self.assertGreater(len(answer.get_json()["token"]), 40)

    def test_works_by_the_form_of_the_page(self):
        page = client().get("/", headers=BROWSER).get_data(as_text=True)
        ticket = re.search(r'name="ticket" value="([^"]+)"', page).group(1)
        answer = client().post("/login", data={"name": "Ada", "ticket": ticket}, headers=BROWSER)
        self.assertEqual((answer.status_code, answer.mimetype), (200, "text/html"))

    def test_refuses_an_absent_forged_foreign_or_old_ticket(self):
        ticket = client().get("/ticket").get_json()["ticket"]
        token = client().post("/login", json={"name": "Ada", "ticket": ticket}).get_json()["token"]
        foreign = client(FIT_KEY[::-1]).get("/ticket").get_json()["ticket"]
        with mock.patch("time.time", return_value=time.time() - 700):
            old = client().get("/ticket").get_json()["ticket"]
        for wrong in ("", ticket + "x", token, foreign, old):
            self.assertEqual(client().post("/login", json={"name": "Ada", "ticket": wrong}).status_code, 401)

    def test_refuses_an_unusable_name(self):
        ticket = client().get("/ticket").get_json()["ticket"]
        for name in ("", "  ", "a" * 65, "a\nb"):
            self.assertEqual(client().post("/login", json={"name": name, "ticket": ticket}).status_code, 400)

    def test_takes_a_body_that_is_no_object_as_empty(self):
        self.assertEqual(client().post("/login", json=[1]).status_code, 400)
        self.assertEqual(client().post("/login", data="{", content_type="application/json").status_code, 400)
        self.assertEqual(client().get("/login").status_code, 405)


if __name__ == "__main__":
    unittest.main()
