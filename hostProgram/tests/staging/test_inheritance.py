import json
import os
from typing import Any
from unittest import mock

from bundles import APP, description
from portico_host.base.errors import HostError
from portico_host.bundle.description import Description
from portico_host.staging import inheritance
from portico_host.state.plan import Plan
from portico_host.units import evidence
from support import HostCase


class InheritanceCase(HostCase):
    """`self.list` is where process 7, the rehearsed application, writes its list."""

    def setUp(self) -> None:
        super().setUp()
        self.process = self.root / "7/root"
        self.list = self.process / inheritance.LIST
        self.list.parent.mkdir(parents=True)

    def say(self, connections: Any = (), threads: Any = ()) -> None:
        self.list.write_text(json.dumps({"connections": connections, "threads": threads}))


class ListTest(InheritanceCase):
    def read(self) -> Any:
        return inheritance.read_list(self.process)

    def test_has_what_the_application_wrote(self) -> None:
        self.say(["TCP 10.0.0.5:5432"], ["poller"])
        self.assertEqual(self.read(), {"connections": ["TCP 10.0.0.5:5432"], "threads": ["poller"]})

    def test_is_none_when_there_is_none_or_another_form(self) -> None:
        self.assertIsNone(self.read())
        for text in ("", "{", "[]", "{}", '{"connections": [1], "threads": []}', '{"connections": {}, "threads": []}'):
            self.list.write_text(text)
            self.assertIsNone(self.read())

    def test_leads_nowhere_else_and_holds_nobody_up(self) -> None:
        elsewhere = self.root / "elsewhere"
        elsewhere.write_text('{"connections": [], "threads": []}')
        os.symlink(elsewhere, self.list)
        self.assertIsNone(self.read())
        self.list.unlink()
        os.mkfifo(self.list)
        self.assertIsNone(self.read())


class ProofTest(InheritanceCase):
    def prove(self, path: str = inheritance.WRITER) -> None:
        value = description({path: ""}, APP)
        plan = Plan("0123456789", "r1", "v1", Description.read(value), value, (), self.root)
        with (
            mock.patch.object(inheritance.systemd, "show", lambda unit, *names: {"MainPID": "7"}),
            mock.patch.object(inheritance, "PROCESSES", self.root),
            mock.patch.object(inheritance, "PAUSE_SECONDS", 0.01),
            mock.patch.object(evidence, "of_unit", lambda context, unit: [f"log of {unit}"]),
        ):
            inheritance.prove_nothing_inherited(self.context, plan, 0.05)

    def test_nothing_left_is_fine(self) -> None:
        self.say()
        self.prove()

    def test_names_each_connection_and_thread_and_both_ways_out(self) -> None:
        self.say(["TCP 10.0.0.5:5432", "Unix /run/redis.sock"], ["poller\n\x1b[31m"])
        with self.assertRaises(HostError) as caught:
            self.prove()
        self.assertRegex(
            caught.exception.message,
            r"^slot rehearsal: got connections to TCP 10\.0\.0\.5:5432, Unix /run/redis\.sock and threads named poller\?\?\[31m "
            r"in the master process after the import; allowed: none, .+; open and start them in the workers, .+"
            r"gunicorn\.preload: false",
        )

    def test_connections_alone_and_threads_alone_fail_too(self) -> None:
        for found, wanted in (
            ((["TCP [::1]:1"], []), r"got connections to TCP \[::1\]:1 in"),
            (([], ["a"]), "got threads named a in"),
        ):
            self.say(*found)
            with self.assertRaisesRegex(HostError, wanted):
                self.prove()

    def test_a_long_list_is_cut(self) -> None:
        self.say([], [f"t{number}" for number in range(20)])
        with self.assertRaisesRegex(HostError, r"t7 and 12 more in the master"):
            self.prove()

    def test_no_list_is_no_proof(self) -> None:
        with self.assertRaisesRegex(HostError, r"no list of what the workers inherit within 0\.05 s") as caught:
            self.prove()
        self.assertEqual(caught.exception.evidence, ["log of portico-app@rehearsal.service"])

    def test_a_plan_that_does_not_preload_is_not_asked(self) -> None:
        self.say(["TCP 10.0.0.5:5432"])
        self.prove("/opt/portico/revision/gunicorn.conf.py")
