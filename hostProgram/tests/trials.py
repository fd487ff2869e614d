"""A host with a confirmed release, for tests of switches that have to be confirmed."""

from typing import Any

from portico_host.state.lease import Lease
from portico_host.transaction import confirmation, return_to_confirmed
from transactions import TransactionCase

OTHER_FILE = "events { }\n"


class TrialCase(TransactionCase):
    """Release 1 is confirmed; `try_release` puts another one on trial for 60 seconds."""

    def setUp(self) -> None:
        super().setUp()
        self.activate(1, lease=60)
        self.confirm(1)

    def try_release(self, number: int = 2) -> None:
        self.activate(number, OTHER_FILE, lease=60)

    def confirm(self, number: int) -> dict[str, Any]:
        return confirmation.confirm(self.context, {"staged": f"{number:08x}"}, self.program)

    def again(self) -> None:
        """A new host, for tests that go through many cases."""
        self.doCleanups()
        self.setUp()

    def expire(self) -> None:
        return_to_confirmed.expire(self.context, self.program)

    def revert(self, why: str = "another host failed") -> dict[str, Any]:
        return return_to_confirmed.revert(self.context, {"why": why}, self.program)

    @property
    def armed(self) -> Lease | None:
        return Lease.load(self.paths)

    def outcomes(self) -> list[tuple[str, str | None, str]]:
        return [(each.command, each.release, each.outcome) for each in self.record.transactions]

    def confirmed(self) -> str | None:
        return self.record.confirmed.key if self.record.confirmed else None
