import base64
import html
import io
import json
import sys
import unittest
from unittest import mock
from urllib.parse import quote, quote_plus

from portico_host.base.errors import HostError
from portico_host.base.redaction import Redactor
from portico_host.base.report import LINE_LIMIT, Report
from support import printed

SECRET = 'p l"an\\ted/Wert-ä'
KEY = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\nAgEGCCqGSM49AwEHBG0w\n-----END PRIVATE KEY-----\n"


class ShortSecretTest(unittest.TestCase):
    """Values that are in half of all words."""

    def clean(self, secret: str, text: str) -> str:
        redactor = Redactor()
        redactor.add([secret])
        return redactor.clean(text)

    def test_the_evidence_stays_readable(self) -> None:
        text = "unit: portico-app@blue.service failed (failed), result exit-code, exit code 1, restarts 0"
        self.assertEqual(self.clean("a", text), text)
        self.assertEqual(self.clean("e", text), text)
        self.assertEqual(self.clean("-", text), text)
        self.assertEqual(self.clean("1", text), text.replace("code 1", "code [redacted]"))

    def test_it_is_hidden_wherever_it_stands_alone(self) -> None:
        for secret in ("a", "ab", "abc", "ä", "1", "!", "?x"):
            for frame in ("{}", "token {}", "{} token", "key='{}'", '{{"key": "{}"}}', "password is {}\n"):
                with self.subTest(secret=secret, frame=frame):
                    self.assertEqual(self.clean(secret, frame.format(secret)), frame.format("[redacted]"))
        for frame in ("key={}", "postgres://user:{}@host", "({})", "a,{},c", "/{}/"):
            self.assertEqual(self.clean("ab", frame.format("ab")), frame.format("[redacted]"))

    def test_four_characters_are_hidden_within_words_too(self) -> None:
        self.assertEqual(self.clean("abcd", "xabcdx"), "x[redacted]x")
        self.assertEqual(self.clean("abc", "xabcx"), "xabcx")

    def test_blanks_hide_nothing(self) -> None:
        for secret in ("", " ", "\n", "\t \n"):
            self.assertEqual(self.clean(secret, "a b\tc %20"), "a b\tc %20")


class RedactorTest(unittest.TestCase):
    def setUp(self) -> None:
        self.redactor = Redactor()
        self.redactor.add([SECRET, KEY, "", "/ä"])

    def test_hides_a_value_in_each_spelling(self) -> None:
        code = SECRET.encode()
        for spelling in (
            *(SECRET, quote(SECRET, safe=""), quote(SECRET), quote_plus(SECRET)),
            *(json.dumps(SECRET), json.dumps(SECRET, ensure_ascii=False), repr(SECRET), str(code)[1:]),
            *(html.escape(SECRET), html.escape(SECRET, quote=False), html.escape(SECRET).replace("&quot;", "&#34;")),
            *(code.hex(), code.hex().upper(), quote("/ä", safe="").lower()),
        ):
            with self.subTest(spelling):
                cleaned = self.redactor.clean(f"before {spelling} after")
                self.assertRegex(cleaned, r"^before .?\[redacted\].? after$")

    def test_hides_a_value_in_base64_amid_other_bytes(self) -> None:
        for secret in ("hunter2", "Zwölf>>>???Äpfel", SECRET):
            self.redactor.add([secret])
            for before in ("", "u", "us", "app:"):
                for encode in (base64.b64encode, base64.urlsafe_b64encode):
                    code = encode(f"{before}{secret}!!".encode()).decode()
                    with self.subTest(secret=secret, before=before, encode=encode):
                        found = self.redactor.clean(f"Authorization: Basic {code}")
                        self.assertIn("[redacted]", found)
                        left = found.removeprefix("Authorization: Basic ").replace("[redacted]", "")
                        # What is left holds the neighbours, and no whole byte of the secret beside them.
                        self.assertLessEqual(len(left), len(encode(f"{before}!!".encode())) + 4)

    def test_hides_the_password_within_a_url_and_other_forms(self) -> None:
        for value, inner in (
            ("postgres://app:s3cr%40tpass@db:5432/x", "s3cr%40tpass"),
            ("postgres://app:s3cr%40tpass@db:5432/x", "s3cr@tpass"),
            ("postgres://db/x?user=app&password=qu%2Fery", "qu/ery"),
            ("host=db user=app password='of libpq'", "of libpq"),
            ('{"a": {"apiKey": "k9"}, "list": ["long enough"]}', "k9"),
            ('{"a": {"apiKey": "k9"}, "list": ["long enough"]}', "long enough"),
            ('{"url": "redis://:inner-one@cache"}', "inner-one"),
        ):
            with self.subTest(inner):
                self.redactor = Redactor()
                self.redactor.add([value])
                self.assertEqual(self.redactor.clean(f"said {inner} here"), "said [redacted] here")
                self.assertEqual(self.redactor.clean("app on db and cache: a list"), "app on db and cache: a list")

    def test_hides_each_line_of_a_key(self) -> None:
        for line in KEY.splitlines():
            self.assertEqual(self.redactor.clean(f"x {line}"), "x [redacted]")

    def test_hides_a_value_whose_line_break_was_cut_off(self) -> None:
        self.redactor.add(["with-line-break\n"])
        self.assertEqual(self.redactor.clean("<with-line-break>"), "<[redacted]>")

    def test_hides_the_longer_of_two_values_whole(self) -> None:
        self.redactor.add(["abcd", "abcd-efgh"])
        self.assertEqual(self.redactor.clean("abcd-efgh abcd"), "[redacted] [redacted]")

    def test_hides_two_values_that_overlap_and_leaves_no_rest_of_either(self) -> None:
        self.redactor.add(["secret-one", "one-secret"])
        self.assertEqual(self.redactor.clean("<secret-one-secret>"), "<[redacted]>")

    def test_leaves_other_text_alone(self) -> None:
        self.assertEqual(self.redactor.clean("nothing to hide"), "nothing to hide")


class ReportTest(unittest.TestCase):
    def setUp(self) -> None:
        self.report = Report("stage")
        self.report.redactor.add([SECRET])

    def test_prints_a_fault_with_its_evidence_and_without_secrets(self) -> None:
        with printed() as text:
            self.report.failure(HostError(f"x: got {SECRET}", [f"log {SECRET}", "answer"]))
        self.assertEqual(text.getvalue(), "portico: stage: failed: x: got [redacted]\n  log [redacted]\n  answer\n")

    def test_cuts_long_lines_only_after_hiding(self) -> None:
        line = "x" * (LINE_LIMIT - len("portico: stage: ") - 5) + SECRET
        with printed() as text:
            self.report.step(line)
        self.assertEqual(len(text.getvalue().rstrip("\n")), LINE_LIMIT)
        self.assertNotIn(SECRET[:4], text.getvalue())

    def test_shows_no_control_characters(self) -> None:
        with printed() as text:
            self.report.step("a\x1b[31mb\rc")
        self.assertEqual(text.getvalue(), "portico: stage: a [31mb c\n")

    def test_goes_on_when_nobody_reads(self) -> None:
        broken = mock.Mock(spec=io.StringIO)
        broken.write.side_effect = BrokenPipeError
        with mock.patch.object(sys, "stderr", broken), mock.patch.object(sys, "stdout", broken):
            self.report.step("text")
            self.report.failure(HostError("text"))
            self.report.result({"a": 1})
        self.assertTrue(broken.write.called)
