"""Keeps this program on the host, for people who want to run it there."""

from pathlib import Path

from ..base.context import Context
from ..base.durable import make_parents, write_file

WRAPPER = """#!/bin/sh
# What runs on this host, and whether all is as it should be: portico-host status, portico-host check
exec python3 -I {program} "$@"
"""


def install_program(context: Context, source: Path) -> None:
    """Copies the running bundle to its lasting place, with a command that starts it."""
    paths = context.paths
    for place, content, mode in (
        (paths.program, source.read_bytes(), 0o644),
        (paths.command, WRAPPER.format(program=paths.program).encode(), 0o755),
    ):
        if not place.is_file() or place.read_bytes() != content:
            make_parents(place)
            write_file(place, content, mode)
