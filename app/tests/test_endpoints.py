import hashlib
import io
import json
import unittest
from unittest import mock

from portico_sample.upload import HashingSink

from .support import BROWSER, client


class Slow(unittest.TestCase):
    def test_waits_as_long_as_asked_for_get_and_post(self):
        for method in ("GET", "POST"):
            with mock.patch("time.sleep") as sleep:
                answer = client().open("/slow?seconds=12.5", method=method)
            self.assertEqual((answer.status_code, answer.get_json()["seconds"]), (200, 12.5))
            sleep.assert_called_once_with(12.5)

    def test_takes_both_bounds(self):
        for seconds in ("0", "25"):
            with mock.patch("time.sleep"):
                self.assertEqual(client().get(f"/slow?seconds={seconds}").status_code, 200)

    def test_refuses_everything_else_with_one_clear_answer(self):
        for seconds in ("-0.1", "25.01", "nan", "inf", "", "soon"):
            with self.subTest(seconds=seconds), mock.patch("time.sleep") as sleep:
                answer = client().get("/slow", query_string={"seconds": seconds})
            self.assertEqual(answer.status_code, 400)
            self.assertIn("seconds: got ", answer.get_json()["message"])
            self.assertIn("allowed: a number from 0 to 25", answer.get_json()["message"])
            sleep.assert_not_called()


class Events(unittest.TestCase):
    def stream(self, query: str):
        patched = mock.patch("time.sleep")
        self.sleep = patched.start()
        self.addCleanup(patched.stop)
        return client().get("/events" + query)

    def ticks(self, answer) -> list[dict]:
        return [
            json.loads(line[6:]) for line in answer.get_data(as_text=True).splitlines() if line.startswith("data: ")
        ]

    def test_is_an_unbuffered_event_stream(self):
        answer = self.stream("?count=1")
        self.assertEqual(answer.mimetype, "text/event-stream")
        self.assertEqual(answer.headers["X-Accel-Buffering"], "no")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_sends_the_first_event_at_once_and_the_next_a_second_later(self):
        self.ticks(self.stream("?count=2"))
        first, second = (call.args[0] for call in self.sleep.call_args_list)
        self.assertAlmostEqual(first, 0, delta=0.1)
        self.assertAlmostEqual(second, 1, delta=0.1)

    def test_ends_after_count_events_and_numbers_them(self):
        self.assertEqual([tick["number"] for tick in self.ticks(self.stream("?count=3"))], [1, 2, 3])

    def test_ends_by_itself_before_a_release_would_cut_it(self):
        self.assertEqual(len(self.ticks(self.stream(""))), 25)

    def test_sends_heartbeats(self):
        self.assertEqual(self.stream("?count=30").get_data(as_text=True).count(": heartbeat\n\n"), 3)

    def test_refuses_a_count_out_of_bounds(self):
        for count in ("0", "301", "2.5", "many"):
            with self.subTest(count=count):
                answer = self.stream(f"?count={count}")
                self.assertEqual(answer.status_code, 400)
                self.assertIn("allowed: a whole number from 1 to 300", answer.get_json()["message"])


class Upload(unittest.TestCase):
    body = bytes(range(256)) * 5000
    expected = {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}

    def test_hashes_a_raw_body(self):
        self.assertEqual(client().post("/upload", data=self.body).get_json(), self.expected)

    def test_hashes_an_empty_body(self):
        self.assertEqual(client().post("/upload").get_json(), {"bytes": 0, "sha256": hashlib.sha256().hexdigest()})

    def test_hashes_the_file_of_a_form_without_keeping_it(self):
        with mock.patch("tempfile.SpooledTemporaryFile") as spooled, mock.patch("tempfile.TemporaryFile") as temporary:
            answer = client().post("/upload", data={"note": "hello", "file": (io.BytesIO(self.body), "bytes.bin")})
        self.assertEqual(answer.get_json(), self.expected)
        spooled.assert_not_called()
        temporary.assert_not_called()

    def test_refuses_a_form_without_exactly_one_file(self):
        for form in ({"note": "hello"}, {"a": (io.BytesIO(b"1"), "a"), "b": (io.BytesIO(b"2"), "b")}):
            answer = client().post("/upload", data=form, content_type="multipart/form-data")
            self.assertEqual(answer.status_code, 400)
            self.assertIn("allowed: 1", answer.get_json()["message"])

    def test_answers_a_browser_with_a_page(self):
        answer = client().post("/upload", data=b"abc", headers=BROWSER)
        self.assertEqual(answer.mimetype, "text/html")
        self.assertIn(hashlib.sha256(b"abc").hexdigest(), answer.get_data(as_text=True))

    def test_takes_post_only(self):
        self.assertEqual(client().get("/upload").status_code, 405)

    def test_sink_counts_what_is_written_in_pieces(self):
        sink = HashingSink()
        sink.write(b"ab")
        sink.write(b"c")
        self.assertEqual((sink.byte_count, sink.sha256()), (3, hashlib.sha256(b"abc").hexdigest()))


if __name__ == "__main__":
    unittest.main()
