import json
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from portico_host.telemetry import journal
from portico_host.telemetry.access_log import line_event, read_access_log
from portico_host.telemetry.events import BATCH_EVENTS, EVENT_BYTES, OVERHEAD_BYTES, Event, batches
from support import HostCase

HOUR = 3600 * 1000


def line(path: str) -> bytes:
    return json.dumps({"time": "2026-11-25T01:00:00+01:00", "path": path}).encode() + b"\n"


class BatchesTest(unittest.TestCase):
    def sizes(self, events: list[Event]) -> list[int]:
        return [len(batch) for batch in batches(events)]

    def test_none_is_made_of_no_events(self) -> None:
        self.assertEqual(self.sizes([]), [])

    def test_hold_at_most_ten_thousand_events_in_their_order(self) -> None:
        events = [Event(1, str(number), number) for number in range(BATCH_EVENTS + 1)]
        found = list(batches(events))
        self.assertEqual([len(batch) for batch in found], [BATCH_EVENTS, 1])
        self.assertEqual([event for batch in found for event in batch], events)

    def test_hold_at_most_a_mebibyte_with_what_each_event_costs_besides(self) -> None:
        quarter = "x" * (256 * 1024 - OVERHEAD_BYTES)
        self.assertEqual(self.sizes([Event(1, quarter, 0)] * 5), [4, 1])
        self.assertEqual(self.sizes([Event(1, quarter + "x", 0)] * 5), [3, 2])
        self.assertEqual(self.sizes([Event(1, quarter, 0)] * 3 + [Event(1, quarter + "x", 0)]), [3, 1])

    def test_span_at_most_a_day_whichever_way_the_clock_went(self) -> None:
        times = [0, 24 * HOUR, 24 * HOUR + 1, 2 * HOUR, 0]
        self.assertEqual(self.sizes([Event(time, "x", 0) for time in times]), [2, 2, 1])

    def test_an_event_is_cut_where_it_is_too_long_and_never_empty(self) -> None:
        long = Event.of(1, "ä" * EVENT_BYTES, 0)
        self.assertLessEqual(long.size, EVENT_BYTES)
        self.assertEqual(set(long.message), {"ä"})
        self.assertEqual(Event.of(1, "", 0).message, " ")


class JournalTest(unittest.TestCase):
    def entry(self, **fields: Any) -> dict[str, Any]:
        entry = {"__CURSOR": "s=1", "__REALTIME_TIMESTAMP": "1764032400123456", "PRIORITY": "4"}
        return {**entry, "_SYSTEMD_UNIT": "portico-app@blue.service", "MESSAGE": "slow", **fields}

    def message(self, **fields: Any) -> Any:
        return json.loads(journal.entry_event(self.entry(**fields)).message)

    def test_an_entry_keeps_unit_priority_time_and_place(self) -> None:
        event = journal.entry_event(self.entry())
        self.assertEqual((event.milliseconds, event.position), (1764032400123, "s=1"))
        expected = {"unit": "portico-app@blue.service", "priority": 4, "message": "slow"}
        self.assertEqual(json.loads(event.message), expected)

    def test_what_systemd_says_is_about_the_unit_that_it_names(self) -> None:
        said = self.message(_SYSTEMD_UNIT="init.scope", UNIT="portico-nginx.service")
        self.assertEqual(said["unit"], "portico-nginx.service")

    def test_what_is_no_text_or_missing_does_no_harm(self) -> None:
        self.assertEqual(self.message(MESSAGE=[104, 255, 105])["message"], "h\N{REPLACEMENT CHARACTER}i")
        self.assertEqual(self.message(MESSAGE=["one", "two"])["message"], "one\ntwo")
        self.assertEqual(self.message(MESSAGE=None)["message"], "")

    def read(self, script: str, cursor: str | None) -> tuple[list[Event], list[str]]:
        """With a program of ours in place of journalctl."""
        given: list[list[str]] = []
        start = journal.subprocess.Popen

        def instead(command: list[str], **words: Any) -> Any:
            given.append(command)
            return start(["sh", "-c", script], **words)

        with mock.patch.object(journal.subprocess, "Popen", instead):
            return list(journal.read_journal(cursor)), given[0]

    def test_goes_on_after_the_cursor_and_begins_a_day_ago(self) -> None:
        script = f"echo '{json.dumps(self.entry())}'"
        events, command = self.read(script, "s=0;i=1")
        self.assertEqual([event.position for event in events], ["s=1"])
        self.assertIn("--after-cursor=s=0;i=1", command)
        self.assertNotIn("--since=-1d", command)
        self.assertIn("--since=-1d", self.read(script, None)[1])

    def test_a_journal_that_cannot_be_read_is_a_fault(self) -> None:
        with self.assertRaisesRegex(Exception, "journalctl"):
            self.read("echo 'No journal files were opened' >&2; exit 1", None)


class AccessLogTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.log = self.root / "access.log"

    def read(self, position: Any) -> tuple[list[str], Any]:
        events = list(read_access_log(self.log, position))
        return [json.loads(event.message)["path"] for event in events], events[-1].position if events else position

    def rotate(self) -> Path:
        return self.log.rename(f"{self.log}.1")

    def test_without_a_file_there_is_nothing_to_send(self) -> None:
        self.assertEqual(self.read(None), ([], None))

    def test_goes_on_where_it_stopped(self) -> None:
        self.log.write_bytes(line("/1") + line("/2"))
        paths, position = self.read(None)
        self.assertEqual(paths, ["/1", "/2"])
        with self.log.open("ab") as stream:
            stream.write(line("/3"))
        paths, position = self.read(position)
        self.assertEqual(paths, ["/3"])
        self.assertEqual(self.read(position), ([], position))

    def test_leaves_a_line_that_is_being_written(self) -> None:
        self.log.write_bytes(line("/1") + b'{"time":"20')
        paths, position = self.read(None)
        self.assertEqual(paths, ["/1"])
        self.log.write_bytes(line("/1") + line("/2"))
        self.assertEqual(self.read(position)[0], ["/2"])

    def test_reads_the_rest_of_a_file_that_was_rotated_then_the_new_one(self) -> None:
        self.log.write_bytes(line("/1"))
        _, position = self.read(None)
        with self.rotate().open("ab") as stream:
            stream.write(line("/2"))
        self.log.write_bytes(line("/3"))
        paths, position = self.read(position)
        self.assertEqual(paths, ["/2", "/3"])
        self.assertEqual(self.read(position)[0], [])

    def test_reads_no_rotated_file_that_it_does_not_know(self) -> None:
        self.log.write_bytes(line("/old"))
        self.rotate()
        self.log.write_bytes(line("/new"))
        self.assertEqual(self.read(None)[0], ["/new"])

    def test_reads_a_file_that_was_emptied_anew(self) -> None:
        self.log.write_bytes(line("/1") + line("/2"))
        _, position = self.read(None)
        self.log.write_bytes(line("/3"))
        self.assertEqual(self.read(position)[0], ["/3"])

    def test_a_line_has_the_time_that_it_tells_or_that_of_now(self) -> None:
        self.assertEqual(line_event(line("/").decode().strip(), None).milliseconds, 1795564800000)
        with mock.patch("time.time", return_value=7):
            times = [line_event(text, None).milliseconds for text in ("broken {", "[]", '{"time":"soon"}')]
        self.assertEqual(times, [7000] * 3)
