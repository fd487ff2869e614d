"""The kernel settings (sysctl) of a state, compared with those in force."""

import re
from collections.abc import Iterator

from ..base.context import Context
from ..state.plan import Plan

SYSCTL_LINE = re.compile(r"^-?([\w./-]+)\s*=\s*(.*?)\s*$", re.MULTILINE)


def deviations(context: Context, plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Key, value and wanted value of each that is not as the managed files have it.

    A setting that the kernel does not have here can be set by nobody: before Linux 6.4 that is `net.core.somaxconn`
    in a container with a user namespace of its own.
    """
    for file in plan.files.values():
        if file.effect == "sysctl":
            for key, wanted in SYSCTL_LINE.findall(plan.content(file).decode()):
                found = _kernel_value(context, key)
                if found is not None and found != " ".join(wanted.split()):
                    yield key, found, wanted


def _kernel_value(context: Context, key: str) -> str | None:
    place = context.paths.live(f"/proc/sys/{key.replace('.', '/')}")
    try:
        return " ".join(place.read_text().split())
    except OSError:
        return None
