import time
import unittest
from dataclasses import asdict, replace
from typing import Any

from bundles import description
from portico_host.base.context import Context
from portico_host.base.durable import write_json
from portico_host.base.report import Report
from portico_host.bundle.description import Description
from portico_host.state.delivery import Delivery
from portico_host.state.history import Outcome, Transaction
from portico_host.state.plan import Plan
from portico_host.state.record import Entry, Record
from portico_host.state.trigger import Author, Trigger, Withdrawn
from support import HostCase


def entry(key: str, release: str = "r", slot: str = "blue") -> Entry:
    return Entry(key, "web", release, f"{release}-settings", slot, "2026-01-01T00:00:00Z")


class RecordTest(HostCase):
    def test_an_empty_host_has_no_history(self) -> None:
        self.assertEqual(Record.load(self.paths), Record())

    def test_comes_back_as_it_was_saved_and_only_root_reads_it(self) -> None:
        self.paths.state.mkdir(parents=True)
        record = Record().with_verdict("r1", "v1", "activate").reached(entry("k1")).reached(entry("k2"))
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
        record = Record().with_verdict("r1", "v1", "activate").with_verdict("r1", "v1", "activate")
        self.assertEqual(len(record.history), 1)

    def test_the_history_does_not_grow_for_ever(self) -> None:
        record = Record()
        for number in range(250):
            record = record.with_verdict(f"r{number}", f"v{number}", "activate")
        self.assertEqual(len(record.history), 100)
        self.assertEqual(record.history[-1].release, "r249")


class GoodReleasesTest(unittest.TestCase):
    def confirm(self, record: Record, *releases: str) -> Record:
        for release in releases:
            record = record.reached(entry(f"k-{release}", release)).confirming("confirm")
        return record

    def test_lists_the_latest_first_and_each_once(self) -> None:
        self.assertEqual(self.confirm(Record(), "r1", "r2", "r1", "r3").good_releases(), ["r3", "r1", "r2"])

    def test_what_is_only_on_trial_is_not_good_yet(self) -> None:
        record = self.confirm(Record(), "r1").reached(entry("k2", "r2"))
        self.assertEqual(record.good_releases(), ["r1"])
        self.assertEqual(record.confirmed, entry("k-r1", "r1"))

    def test_keeps_the_latest_state_of_a_release(self) -> None:
        record = self.confirm(Record(), "r1").reached(entry("new", "r1")).confirming("confirm")
        self.assertEqual([each.key for each in record.good], ["new"])

    def test_leaves_out_what_was_found_bad_last(self) -> None:
        record = self.confirm(Record(), "r1").with_verdict("r1", "r1-settings", "activate", "health: got 500")
        self.assertEqual((record.good_releases(), record.bad_releases()), ([], {"r1": "health: got 500"}))

    def test_a_bad_revision_says_nothing_about_another_one_of_its_release(self) -> None:
        record = self.confirm(Record(), "r1").with_verdict("r1", "other-settings", "stage", "no such file")
        self.assertEqual((record.good_releases(), record.bad_releases()), (["r1"], {}))

    def test_leaving_a_release_says_it_of_all_its_states(self) -> None:
        record = self.confirm(Record(), "r1", "r2").withdrawing(
            Withdrawn("r2", "other-settings"), "rollback", "rolled back by ann"
        )
        self.assertEqual((record.good_releases(), record.bad_releases()), (["r1"], {"r2": "rolled back by ann"}))

    def test_takes_back_what_became_good(self) -> None:
        record = self.confirm(Record().with_verdict("r1", "v1", "stage", "no database"), "r1")
        self.assertEqual((record.good_releases(), record.bad_releases()), (["r1"], {}))

    def test_hosts_without_application_have_states_and_no_releases(self) -> None:
        record = Record()
        for key in ("k1", "k2"):
            record = record.reached(Entry(key, "edge", None, None, None, "")).confirming("confirm")
        record = record.with_verdict(None, None, "activate", "nginx -t")
        self.assertEqual(
            ([each.key for each in record.good], record.good_releases(), record.bad_releases()), (["k2"], [], {})
        )


class TransactionsTest(HostCase):
    def log(self, record: Record, number: int, outcome: Outcome = "serves", command: str = "activate") -> Record:
        at = f"2026-01-01T00:00:{number % 60:02d}Z"
        return record.logged(Transaction(at, 1.5, command, "r", f"v{number}", "ann", None, outcome, ""))

    def test_come_back_as_they_were_saved(self) -> None:
        self.paths.state.mkdir(parents=True)
        record = self.log(Record(), 1).migrated_now("r1")
        record.save(self.paths)
        self.assertEqual(Record.load(self.paths), record)

    def test_do_not_grow_for_ever(self) -> None:
        record = Record()
        for number in range(250):
            record = self.log(record, number).migrated_now(f"r{number}")
        self.assertEqual((len(record.transactions), record.transactions[-1].revision), (100, "v249"))
        self.assertEqual(len(record.migrated), 100)

    def test_confirming_changes_the_outcome_of_the_one_that_brought_the_state(self) -> None:
        record = Record()
        for number in (1, 2, 1, 3):
            record = self.log(record, number)
        record = record.reached(Entry("k", "web", "r", "v1", "blue", "")).outcome_confirmed()
        self.assertEqual([each.outcome for each in record.transactions], ["serves", "serves", "confirmed", "serves"])

    def test_confirming_what_no_transaction_tells_of_changes_none(self) -> None:
        record = self.log(Record(), 1, "failed").reached(Entry("k", "web", "r", "v1", "blue", ""))
        self.assertEqual(record.outcome_confirmed(), record)

    def test_tell_who_and_how_long_and_keep_a_reason_short(self) -> None:
        context = Context(Report("test"), self.paths, began=time.time() - 2)
        value: Any = description({})
        plan = Plan("k", "r1", "v1", Description.read(value), value, (), self.paths.staged / "k")
        trigger = Trigger("rollback", Author("ann", "c0ffee"))
        told = Transaction.ended(context, plan, trigger, "failed", "x" * 500)
        self.assertEqual((told.command, told.who, told.commit, told.release), ("rollback", "ann", "c0ffee", "r1"))
        self.assertTrue(2 <= told.seconds < 3 and len(told.why) == 300)

    def test_tell_of_a_release_what_came_for_it_and_how_long_it_was_staged_and_of_nothing_else(self) -> None:
        context = Context(Report("test"), self.paths)
        value: Any = description({})
        before = Plan("k", "r1", "v1", Description.read(value), value, (), self.paths.staged / "k")
        plan = replace(before, delivery=Delivery.after({"wheels": 60}, {"wheels": 60, "application": 7}, 3.14159))
        told = Transaction.ended(context, plan, Trigger("activate"), "serves", "")
        self.assertEqual((told.staging, told.copied), (3.1, 7))
        for other, command in ((plan, "rollback"), (before, "activate")):
            told = Transaction.ended(context, other, Trigger(command), "serves", "")
            self.assertEqual((told.staging, told.copied), (None, None))


class OlderRecordTest(HostCase):
    def test_what_was_reached_before_there_were_leases_was_final(self) -> None:
        self.paths.state.mkdir(parents=True)
        write_json(self.paths.state / "record.json", {"current": asdict(entry("k2")), "previous": None, "history": []})
        record = Record.load(self.paths)
        self.assertEqual((record.confirmed, record.good), (entry("k2"), (entry("k2"),)))
        self.assertEqual((record.transactions, record.migrated), ((), {}))

    def test_a_transaction_of_before_bytes_were_counted_has_none(self) -> None:
        self.paths.state.mkdir(parents=True)
        transaction = asdict(Transaction("", 1, "activate", "r", "v", "ann", None, "serves", ""))
        del transaction["staging"], transaction["copied"]
        write_json(self.paths.state / "record.json", {**asdict(Record()), "transactions": [transaction]})
        self.assertEqual(Record.load(self.paths).transactions[0].copied, None)
