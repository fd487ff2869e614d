import http.server
import json
import subprocess
import threading
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from fake_cloudwatch import DESTINATION, MACHINE, FakeCloudWatch
from portico_host.base.errors import HostError, UsageError
from portico_host.state.history import Transaction
from portico_host.state.record import Record, Verdict
from portico_host.telemetry import cloud, cycle, metrics
from portico_host.telemetry.destination import Destination
from portico_host.telemetry.events import Event
from support import HostCase, printed

NOTHING: list[Event] = []


def verdict(at: str, why: str = "") -> Verdict:
    return Verdict("r1", "v1", not why, why, "stage", at)


def transaction(at: str, outcome: Any) -> Transaction:
    return Transaction(at, 1.0, "activate", "r1", "v1", None, None, outcome, "")


def certificate(place: Path, days: int) -> None:
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "/dev/null"]
    words = [*key, "-subj", "/CN=web", "-days", str(days), "-out", str(place)]
    subprocess.run(["openssl", "req", "-x509", *words], check=True, capture_output=True)


class MeasuresTest(HostCase):
    def test_memory_is_what_cannot_be_had_back(self) -> None:
        text = "MemTotal:        1000 kB\nMemFree:          100 kB\nMemAvailable:     250 kB\n"
        self.assertEqual(metrics.memory_percent(text), 75)

    def disk(self, **facts: int) -> float:
        numbers = {"f_blocks": 100, "f_bfree": 50, "f_bavail": 50, "f_files": 100, "f_ffree": 90, "f_favail": 90}
        with mock.patch("os.statvfs", return_value=mock.Mock(**{**numbers, **facts})):
            return metrics.disk_percent(self.root)

    def test_a_disk_is_as_full_as_df_says(self) -> None:
        self.assertEqual(self.disk(), 50)
        self.assertAlmostEqual(self.disk(f_bavail=45), 100 * 50 / 95)

    def test_a_disk_without_inodes_is_full(self) -> None:
        self.assertEqual(self.disk(f_ffree=0, f_favail=0), 100)

    def test_a_file_system_that_counts_no_inodes_is_measured_by_its_blocks(self) -> None:
        self.assertEqual(self.disk(f_files=0, f_ffree=0, f_favail=0), 50)

    def test_the_days_of_a_certificate_end_with_its_last_second(self) -> None:
        place = self.root / "server.crt"
        certificate(place, 10)
        now = metrics.time.time()
        self.assertAlmostEqual(metrics.certificate_days(place, now), 10, places=2)
        self.assertAlmostEqual(metrics.certificate_days(place, now + 12 * 86400), -2, places=2)

    def test_a_value_that_cannot_be_had_hides_no_other(self) -> None:
        with printed() as text:
            found = {each.name: each.value for each in metrics.collect(self.context, self.root)}
        self.assertEqual(sorted(found), ["DiskPercent", "Heartbeat", "MemoryPercent", "ReleaseFailed"])
        self.assertEqual((found["Heartbeat"], found["ReleaseFailed"]), (1, 0))
        self.assertIn("CertificateDays cannot be measured: openssl", text.getvalue())


class EndedBadlyTest(unittest.TestCase):
    def test_nothing_happened_yet(self) -> None:
        self.assertFalse(Record().ended_badly())

    def test_a_release_that_failed_in_its_rehearsal(self) -> None:
        served = (transaction("2026-01-01T00:00:00Z", "confirmed"),)
        bad = verdict("2026-01-02T00:00:00Z", "no answer")
        good = verdict("2026-01-03T00:00:00Z")
        self.assertTrue(Record(transactions=served, history=(bad,)).ended_badly())
        self.assertFalse(Record(transactions=served, history=(bad, good)).ended_badly())

    def test_a_switch_that_nobody_confirmed(self) -> None:
        good = (verdict("2026-01-01T00:00:00Z"),)
        gone = transaction("2026-01-02T00:00:00Z", "went back")
        self.assertTrue(Record(history=good, transactions=(gone,)).ended_badly())
        again = transaction("2026-01-03T00:00:00Z", "serves")
        self.assertFalse(Record(history=good, transactions=(gone, again)).ended_badly())

    def test_what_was_said_at_the_end_of_a_transaction_counts_more_than_its_beginning(self) -> None:
        at = "2026-01-02T00:00:00Z"
        self.assertTrue(
            Record(transactions=(transaction(at, "serves"),), history=(verdict(at, "no answer"),)).ended_badly()
        )


class DestinationTest(HostCase):
    def test_is_read_from_the_file_of_the_host(self) -> None:
        place = self.root / "observe.json"
        given = {"region": "eu-central-1", "namespace": "Portico", "logGroup": "/portico/portico-prod"}
        place.write_text(json.dumps({**given, "stack": "portico-prod"}))
        self.assertEqual(Destination.load(place), DESTINATION)
        place.write_text(json.dumps(given))
        with self.assertRaisesRegex(UsageError, "observe.json.stack: got nothing"):
            Destination.load(place)

    def test_a_host_that_shall_send_nothing_says_so(self) -> None:
        with self.assertRaisesRegex(UsageError, "observe.json: got .*No such file"):
            Destination.load(self.root / "observe.json")


class CycleTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        certificate(self.root / "server.crt", 100)
        self.there = FakeCloudWatch()
        self.sent = [Event(number, f"line {number}", number) for number in range(3)]

    def send(self, **readers: Any) -> None:
        cycle.send(self.context, self.there.cloud(), readers, self.root, self.root)

    def reader(self, position: int | None) -> Iterator[Event]:
        return (event for event in self.sent if position is None or event.position > position)

    def test_measures_are_of_this_machine_and_stack(self) -> None:
        self.send()
        self.assertEqual({each["Namespace"] for each in self.there.metrics}, {"Portico"})
        names = [each["MetricName"] for each in self.there.metrics]
        self.assertEqual(names, ["Heartbeat", "DiskPercent", "MemoryPercent", "ReleaseFailed", "CertificateDays"])
        dimensions = [{"Name": "Stack", "Value": "portico-prod"}, {"Name": "Machine", "Value": MACHINE}]
        self.assertEqual([each["Dimensions"] for each in self.there.metrics], [dimensions] * 5)

    def test_logs_go_to_streams_of_the_machine_and_are_sent_once(self) -> None:
        for _ in range(2):
            self.send(journal=self.reader, access=lambda _: NOTHING)
        self.assertEqual(self.there.streams, {f"{MACHINE}/journal": ["line 0", "line 1", "line 2"]})
        self.sent.append(Event(9, "line 9", 9))
        self.send(journal=self.reader)
        self.assertEqual(self.there.streams[f"{MACHINE}/journal"][3:], ["line 9"])

    def test_the_position_is_kept_without_giving_files_away_which_the_sandbox_forbids(self) -> None:
        with mock.patch("os.fchown") as fchown:
            self.send(journal=self.reader)
        self.assertEqual(json.loads((self.root / "journal-position.json").read_text()), {"format": 1, "position": 2})
        fchown.assert_not_called()

    def test_it_goes_on_where_a_version_without_a_format_ended(self) -> None:
        former = self.root / "journal.json"
        former.write_text("1")
        self.send(journal=self.reader)
        self.assertEqual(self.there.streams, {f"{MACHINE}/journal": ["line 2"]})
        self.assertFalse(former.exists())

    def test_a_position_of_a_newer_format_is_left_alone_and_keeps_no_other_log(self) -> None:
        place = self.root / "journal-position.json"
        place.write_text('{"format": 2, "after": {}}')
        with self.assertRaisesRegex(HostError, "journal-position.json: got format 2; allowed: format 1 and below"):
            self.send(journal=self.reader, access=self.reader)
        self.assertEqual(place.read_text(), '{"format": 2, "after": {}}')
        self.assertEqual(list(self.there.streams), [f"{MACHINE}/access"])

    def test_what_was_not_accepted_is_sent_again(self) -> None:
        self.there.outages = {"put_log_events": 1}
        with self.assertRaisesRegex(HostError, "put_log_events: got ClientError: ServiceUnavailableException"):
            self.send(journal=self.reader)
        self.assertFalse((self.root / "journal-position.json").exists())
        self.send(journal=self.reader)
        self.assertEqual(self.there.streams[f"{MACHINE}/journal"], ["line 0", "line 1", "line 2"])

    def test_a_part_that_fails_keeps_no_other_from_being_sent(self) -> None:
        self.there.outages = {"put_metric_data": 1}

        def broken(_: Any) -> Iterator[Event]:
            raise OSError("no journal")
            yield

        with self.assertRaises(HostError) as raised:
            self.send(journal=broken, access=self.reader)
        self.assertIn("put_metric_data", raised.exception.message)
        self.assertIn("no journal", "".join(raised.exception.evidence))
        self.assertEqual(len(self.there.streams[f"{MACHINE}/access"]), 3)

    def test_without_its_log_group_it_fails_and_names_the_reason(self) -> None:
        self.there.groups.clear()
        with self.assertRaisesRegex(HostError, "ResourceNotFoundException.*docs/aws.md"):
            self.send(journal=self.reader)

    def test_one_run_sends_so_much_and_the_next_goes_on(self) -> None:
        self.sent = [Event(number, "x" * 200_000, number) for number in range(60)]
        self.send(journal=self.reader)
        self.assertEqual(self.there.batches, [5] * cycle.MOST_BATCHES)
        self.send(journal=self.reader)
        self.assertEqual(sum(self.there.batches), 60)

    def test_a_run_that_took_its_time_leaves_the_rest(self) -> None:
        self.sent = [Event(number, "x" * 200_000, number) for number in range(20)]
        with mock.patch.object(cycle, "LOG_SECONDS", 0):
            self.send(journal=self.reader)
        self.assertEqual(self.there.batches, [5])

    def test_lines_whose_clock_went_back_are_put_in_order(self) -> None:
        self.sent = [Event(5, "later", 1), Event(3, "sooner", 2)]
        self.send(journal=self.reader)
        self.assertEqual(self.there.streams[f"{MACHINE}/journal"], ["sooner", "later"])


class MetadataTest(unittest.TestCase):
    def serve(self, status: int) -> str:
        """A metadata service that wants a token, and what the host learns from it."""

        class Service(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, code: int, body: str) -> None:
                self.send_response(code)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def do_PUT(self) -> None:
                self.answer(status, "token of " + self.headers["X-aws-ec2-metadata-token-ttl-seconds"])

            def do_GET(self) -> None:
                known = self.headers["X-aws-ec2-metadata-token"] == "token of 60"
                self.answer(200 if known else 401, MACHINE if self.path == "/latest/meta-data/instance-id" else "")

            def log_message(self, *_: Any) -> None:
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Service)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        with mock.patch.object(cloud, "METADATA", f"127.0.0.1:{server.server_port}"):
            return cloud.instance_id()

    def test_tells_the_machine_its_name_for_a_token(self) -> None:
        self.assertEqual(self.serve(200), MACHINE)

    def test_a_metadata_service_that_refuses_is_a_fault(self) -> None:
        with self.assertRaisesRegex(HostError, "answers 403"):
            self.serve(403)
