"""The managed files of this host: which are there, and what their changes still have to cause."""

from dataclasses import dataclass
from pathlib import Path

from .durable import make_folder, read_json, write_json
from .managed_file import ManagedFile
from .paths import Paths


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
        value = read_json(_place(paths))
        if value is None:
            return Manifest({}, (), frozenset())
        return Manifest(
            files={each["path"]: ManagedFile(**each) for each in value["files"]},
            enabled_units=tuple(value["enabledUnits"]),
            pending=frozenset(value["pending"]),
        )

    def save(self, paths: Paths) -> None:
        make_folder(paths.state)
        value = {
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
