from typing import Any

from bundles import APP, description
from portico_host.base.errors import HostError
from portico_host.bundle.description import Description
from portico_host.preflight.program_check import check_programs
from portico_host.state.plan import Plan
from support import HostCase
from transactions import PROCESS


class ProgramCheckTest(HostCase):
    def setUp(self) -> None:
        super().setUp()
        self.release = self.paths.revisions / "v1/release"
        self.make("venv/bin/celery", 0o755)
        self.make("app/tasks.sh", 0o755)
        self.make("app/notes.txt", 0o644)

    def make(self, name: str, mode: int) -> None:
        place = self.release / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("#!/bin/sh\n")
        place.chmod(mode)

    def check(self, program: str, calendar: str | None = None) -> None:
        app: dict[str, Any] = APP | {"processes": [{"name": "worker", **PROCESS, "program": program}]}
        if calendar is not None:
            app = APP | {"schedules": [{"name": "nightly", "calendar": calendar, "program": program}]}
        value = description({}, app)
        check_programs(self.context, Plan("k", "r1", "v1", Description.read(value), value, (), self.root))

    def test_one_of_the_release_of_the_system_and_of_the_application_is_there(self) -> None:
        for program in ("celery", "sh", "./tasks.sh", "/bin/sh"):
            self.check(program)

    def test_a_schedule_has_a_program_and_times_that_systemd_knows(self) -> None:
        for calendar in ("daily", "Mon *-*-* 04:30:00 Europe/Berlin"):
            self.check("celery", calendar)
        with self.assertRaisesRegex(HostError, "app.schedules.nightly.command: got celeri"):
            self.check("celeri", "daily")
        with self.assertRaisesRegex(HostError, "app.schedules.nightly.calendar: got 25:00; allowed: a calendar expr"):
            self.check("celery", "25:00")

    def test_any_other_is_refused_before_anything_is_switched(self) -> None:
        for program in ("celeri", "tasks.sh", "./notes.txt", "/bin/celeri"):
            with self.assertRaisesRegex(HostError, rf"app.processes.worker.command: got {program}; allowed: a program"):
                self.check(program)
