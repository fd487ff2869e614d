"""The bundle: the zip file that this program runs from, with the rendered files of one role."""

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..base.contract import FILES
from ..base.errors import UsageError, fault
from .description import Description


@dataclass(frozen=True)
class Bundle:
    """An opened bundle. `digest` is the SHA-256 of the whole file, the program included."""

    path: Path
    digest: str
    json: Any
    description: Description

    @staticmethod
    def open(path: Path) -> "Bundle":
        """Reads the description. Raises `UsageError` when `path` is no bundle."""
        try:
            data = path.read_bytes()
            with zipfile.ZipFile(path) as archive:
                value = json.loads(archive.read(FILES["bundleDescription"]))
        except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
            raise UsageError(fault("bundle", f"{path} ({error})", "a bundle of Portico", "build it anew")) from None
        return Bundle(path, hashlib.sha256(data).hexdigest(), value, Description.read(value))

    def contents(self) -> dict[str, bytes]:
        """The content of each file of the description, by its path on the host."""
        with zipfile.ZipFile(self.path) as archive:
            return {file.path: archive.read(f"{FILES['bundleTree']}{file.path}") for file in self.description.files}

    @property
    def home(self) -> Path:
        """The login user's home: it holds the folder that the bundle lies in."""
        return self.path.parent.parent
