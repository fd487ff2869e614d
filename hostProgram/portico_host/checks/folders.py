"""Folders of ours: there, with their owner and mode. A folder that others may write to gives them every file in it."""

from collections.abc import Iterator

from ..base.context import Context
from ..release.own_folders import wanted
from ..state.plan import Plan
from .difference import Difference


def find(context: Context, plan: Plan) -> Iterator[Difference]:
    for folder in wanted(context, plan):
        deviation = folder.deviation()
        if deviation is not None:
            yield Difference(str(folder.place), *deviation)
