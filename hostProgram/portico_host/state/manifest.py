"""The managed files of this host: which are there, and what their changes still have to cause."""

from dataclasses import dataclass
from pathlib import Path

from ..base.durable import make_folder, write_json
from ..base.paths import Paths
from ..bundle.managed_file import ManagedFile
from .state_file import FORMAT, Reader, load

REMEDY = "move it away and run bin/up: all files are installed anew; those that left the stack meanwhile stay"


@dataclass(frozen=True)
class Manifest:
    """Written before files change and once more after all is proven.

    `pending` are effects that began and were not proven: a call that was killed leaves them, and the
    next one carries them out, although it finds the files themselves in order.
    """

    files: dict[str, ManagedFile]
    enabled_units: tuple[str, ...]
    pending: frozenset[str]

    @staticmethod
    def load(paths: Paths) -> "Manifest":
        place = _place(paths)
        value = load(place, REMEDY)
        if value is None:
            return Manifest({}, (), frozenset())
        reader = Reader(place, value, REMEDY)
        return Manifest(
            files={file.path: file for file in reader.many(ManagedFile, "files")},
            enabled_units=tuple(reader.get("enabledUnits")),
            pending=frozenset(reader.get("pending")),
        )

    def save(self, paths: Paths) -> None:
        make_folder(paths.state)
        value = {
            "format": FORMAT,
            "files": [file.to_json() for file in sorted(self.files.values())],
            "enabledUnits": list(self.enabled_units),
            "pending": sorted(self.pending),
        }
        write_json(_place(paths), value)

    def begun(self, files: dict[str, ManagedFile], units: tuple[str, ...], effects: frozenset[str]) -> "Manifest":
        """While changing to `files`: whatever the old or the new state may have put on disk is ours."""
        return Manifest(
            files={**self.files, **files},
            enabled_units=tuple(sorted({*self.enabled_units, *units})),
            pending=self.pending | effects,
        )


def _place(paths: Paths) -> Path:
    return paths.state / "manifest.json"
