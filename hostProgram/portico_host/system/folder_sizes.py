"""How much the application keeps on this host."""

from pathlib import Path

from ..base.paths import Paths
from ..base.processes import TimeLimitError, run

SECONDS = 3


def of_data(paths: Paths) -> dict[str, int | None]:
    """Bytes on the disk of each folder of data, those that no setting names any more too; None where counting takes too long."""
    found = sorted(paths.data.iterdir()) if paths.data.is_dir() else []
    return {place.name: _bytes_of(place) for place in found if place.is_dir() and not place.is_symlink()}


def _bytes_of(place: Path) -> int | None:
    command = ["du", "--summarize", "--block-size=1", "--one-file-system", "--", str(place)]
    try:
        done = run(command, seconds=SECONDS, check=False)
    except TimeLimitError:
        return None
    # A file that is removed meanwhile is a complaint, and the sum is there all the same.
    sum_of = done.stdout.split("\t")[0]
    return int(sum_of) if sum_of.isdecimal() else None
