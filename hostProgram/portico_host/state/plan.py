"""A staged state: what `stage` prepared, and `activate` brings about or returns to."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..base.contract import PATHS
from ..base.durable import write_json
from ..base.errors import HostError, fault
from ..base.paths import Paths
from ..base.values import IDENTIFIER, Fields
from ..bundle.description import Description
from ..bundle.managed_file import ManagedFile
from .delivery import Delivery
from .state_file import FORMAT, Reader, load
from .trigger import Author

REMEDY = "remove its folder and run bin/up, which stages it anew"
UNIT_EFFECTS = frozenset({"systemd", "appUnit", "nginxUnit", "nginxLimits"})


@dataclass(frozen=True)
class Plan:
    """`key` is made of all inputs: equal inputs, equal key. Its folder is complete once it holds plan.json."""

    key: str
    release: str | None
    revision: str | None
    description: Description
    bundle_json: Any
    secret_files: tuple[ManagedFile, ...]
    folder: Path
    author: Author = Author()
    delivery: Delivery | None = None
    """None where an earlier version staged it."""

    @property
    def complete(self) -> bool:
        return (self.folder / "plan.json").is_file()

    @property
    def tree(self) -> Path:
        return self.folder / "tree"

    @property
    def all_files(self) -> tuple[ManagedFile, ...]:
        return (*self.description.files, *self.secret_files)

    @property
    def files(self) -> dict[str, ManagedFile]:
        """The files that live at their own path, by path."""
        return {file.path: file for file in self.all_files if not file.of_revision}

    def content(self, file: ManagedFile) -> bytes:
        return (self.tree / file.path.lstrip("/")).read_bytes()

    def units(self) -> list[ManagedFile]:
        """The unit files, drop-ins not among them."""
        folder = f"{PATHS['units']}/"
        return [
            file for file in self.files.values() if file.path.startswith(folder) and "/" not in file.path[len(folder) :]
        ]

    def result(self) -> dict[str, Any]:
        """The line that `stage` prints and `activate` reads."""
        return {"staged": self.key, "role": self.description.role, "release": self.release, "revision": self.revision}

    def save(self) -> None:
        """Makes the folder complete. Author and delivery are kept with it and take no part in its key."""
        value = {
            "format": FORMAT,
            "release": self.release,
            "revision": self.revision,
            "bundle": self.bundle_json,
            "secretFiles": [file.to_json() for file in self.secret_files],
            "author": asdict(self.author),
            "delivery": asdict(self.delivery) if self.delivery else None,
        }
        write_json(self.folder / "plan.json", value)

    @staticmethod
    def load(paths: Paths, key: str) -> "Plan":
        """Raises `HostError` when `stage` did not complete this key on this host."""
        folder = paths.staged / key
        place = folder / "plan.json"
        value = load(place, REMEDY)
        if value is None:
            remedy = "run `stage` on this host again"
            raise HostError(fault("staged", key, "a key that `stage` printed on this host", remedy))
        reader = Reader(place, value, REMEDY)
        return Plan(
            key=key,
            release=reader.get("release"),
            revision=reader.get("revision"),
            description=Description.read(reader.get("bundle")),
            bundle_json=reader.get("bundle"),
            secret_files=reader.many(ManagedFile, "secretFiles"),
            folder=folder,
            author=reader.one(Author, "author", {}) or Author(),
            delivery=reader.one(Delivery, "delivery", None),
        )


def read_key(value: dict[str, Any]) -> str:
    """The key in the line that `stage` printed."""
    return Fields("input", value).text("staged", IDENTIFIER)
