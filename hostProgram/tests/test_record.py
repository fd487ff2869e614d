import unittest

from support import HostCase

from portico_host.record import Entry, Record


def entry(key: str, release: str = "r", slot: str = "blue") -> Entry:
    return Entry(key, "web", release, f"{release}-settings", slot, "2026-01-01T00:00:00Z")


class RecordTest(HostCase):
    def test_an_empty_host_has_no_history(self) -> None:
        self.assertEqual(Record.load(self.paths), Record())

    def test_comes_back_as_it_was_saved_and_only_root_reads_it(self) -> None:
        self.paths.state.mkdir(parents=True)
        record = Record().judged("r1", "v1", "activate").reached(entry("k1")).reached(entry("k2"))
        record.save(self.paths)
        self.assertEqual(Record.load(self.paths), record)
        self.assertEqual((self.paths.state / "record.json").stat().st_mode & 0o777, 0o600)

    def test_remembers_what_was_before(self) -> None:
        record = Record().reached(entry("k1")).reached(entry("k2"))
        self.assertEqual((record.current, record.previous), (entry("k2"), entry("k1")))

    def test_reaching_the_current_state_again_keeps_the_previous_one(self) -> None:
        record = Record().reached(entry("k1")).reached(entry("k2")).reached(entry("k2", slot="green"))
        self.assertEqual((record.current, record.previous), (entry("k2", slot="green"), entry("k1")))

    def test_saying_the_same_again_adds_nothing(self) -> None:
        record = Record().judged("r1", "v1", "activate").judged("r1", "v1", "activate")
        self.assertEqual(len(record.history), 1)

    def test_the_history_does_not_grow_for_ever(self) -> None:
        record = Record()
        for number in range(250):
            record = record.judged(f"r{number}", f"v{number}", "activate")
        self.assertEqual(len(record.history), 100)
        self.assertEqual(record.history[-1].release, "r249")


class GoodReleasesTest(unittest.TestCase):
    def test_lists_the_latest_first_and_each_once(self) -> None:
        record = Record()
        for release in ("r1", "r2", "r1", "r3"):
            record = record.judged(release, f"{release}v", "activate")
        self.assertEqual(record.good_releases(), ["r3", "r1", "r2"])

    def test_leaves_out_what_was_found_bad_last(self) -> None:
        record = Record().judged("r1", "v1", "activate").judged("r1", "v1", "activate", "health: got 500")
        self.assertEqual(record.good_releases(), [])

    def test_takes_back_what_became_good(self) -> None:
        record = Record().judged("r1", "v1", "stage", "no database").judged("r1", "v1", "activate")
        self.assertEqual(record.good_releases(), ["r1"])
