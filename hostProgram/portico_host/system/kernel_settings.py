"""The kernel settings (sysctl) of a state, compared with those in force."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from ..base.context import Context
from ..state.plan import Plan

SYSCTL_LINE = re.compile(r"^-?([\w./*-]+)\s*=\s*(.*?)\s*$", re.MULTILINE)


def deviations(context: Context, plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Key, value and wanted value of each that is not as the managed files have it; `*` stands for a part of a key.

    A setting that the kernel does not have here, or that a container may not write, can be set by nobody: before
    Linux 6.4 that is `net.core.somaxconn` in a container with a user namespace of its own.
    """
    for file in plan.files.values():
        if file.effect == "sysctl":
            for key, wanted in SYSCTL_LINE.findall(plan.content(file).decode()):
                for name, found in _kernel_values(context, key):
                    if found != " ".join(wanted.split()):
                        yield name, found, wanted


def _kernel_values(context: Context, key: str) -> Iterator[tuple[str, str]]:
    settings = context.paths.live("/proc/sys")
    for place in sorted(settings.glob(key.replace(".", "/"))):
        value = _value(place)
        if value is not None:
            yield ".".join(place.relative_to(settings).parts), value


def _value(place: Path) -> str | None:
    try:
        return " ".join(place.read_text().split()) if os.access(place, os.W_OK) else None
    except OSError:
        return None
