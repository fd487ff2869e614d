"""The processes of the application in a switch: those of the new slot take over from those of the old one."""

from collections.abc import Container

from ..base.context import Context
from ..state.plan import Plan
from ..units import processes, systemd


class ProcessSwitch:
    """The processes of `plan`. Most start beside their former selves, which end when the new release serves.

    What runs once in the fleet starts when its former self has ended. Where this host did not have it, another host may: then it
    waits for the confirmation, before which that one has given it up.
    """

    def __init__(self, context: Context, plan: Plan) -> None:
        self.context, self.app = context, plan.description.app

    def clear(self, serving: str | None) -> None:
        """A killed call may have left those of both slots: those of the serving one stay."""
        found = {each: processes.UNIT.fullmatch(each) for each in processes.running(self.context)}
        processes.stop(self.context, [each for each, name in found.items() if name and name["slot"] != serving])

    def start_beside(self, slot: str | None) -> None:
        self._start(processes.units(self.app, slot, alone=False))

    def hand_over(self, slot: str | None, waiting: Container[str]) -> None:
        """Those of `waiting` are not started."""
        wanted = processes.units(self.app, slot, alone=True)
        names = {processes.name_of(each) for each in wanted}
        if names:
            going = processes.running(self.context)
            processes.stop(
                self.context, [each for each in going if processes.name_of(each) in names and each not in wanted]
            )
        self._start([each for each in wanted if processes.name_of(each) not in waiting])

    def start_all(self, slot: str | None) -> None:
        self._start(processes.units(self.app, slot))

    def keep_only(self, slot: str | None) -> None:
        """Ends all that do not belong to the slot."""
        wanted = processes.units(self.app, slot)
        processes.stop(self.context, [each for each in processes.running(self.context) if each not in wanted])

    def enable(self, slot: str | None) -> bool:
        """Returns whether the manager has to read its units anew."""
        return processes.enable_only(self.context, processes.units(self.app, slot))

    def bring_back(self, slot: str | None) -> None:
        """As before a switch that failed."""
        self.start_all(slot)
        if self.enable(slot):
            systemd.reload_units()

    def _start(self, wanted: list[str]) -> None:
        if self.app is not None:
            processes.start(self.context, self.app, wanted)
