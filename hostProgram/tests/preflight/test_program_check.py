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

    def check(self, program: str) -> None:
        app: dict[str, Any] = APP | {"processes": [{"name": "worker", **PROCESS, "program": program}]}
        value = description({}, app)
        check_programs(self.context, Plan("k", "r1", "v1", Description.read(value), value, (), self.root))

    def test_one_of_the_release_of_the_system_and_of_the_application_is_there(self) -> None:
        for program in ("celery", "sh", "./tasks.sh", "/bin/sh"):
            self.check(program)

    def test_any_other_is_refused_before_anything_is_switched(self) -> None:
        for program in ("celeri", "tasks.sh", "./notes.txt", "/bin/celeri"):
            with self.assertRaisesRegex(HostError, rf"app.processes.worker.command: got {program}; allowed: a program"):
                self.check(program)
