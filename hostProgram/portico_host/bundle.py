"""The bundle: the zip file that this program runs from, with the rendered files of one role."""

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import UsageError, fault
from .managed_file import ManagedFile
from .values import NAME, Fields

FORMAT = 1


@dataclass(frozen=True)
class Health:
    """The question asked through Nginx after each change, and its expected status code."""

    url: str
    server_name: str
    expect: int
    certificate: str

    @staticmethod
    def read(fields: Fields) -> "Health":
        """States staged before the file was named here know one certificate only."""
        certificate = fields.optional_text("certificate") or "/etc/portico/tls/server.crt"
        return Health(fields.text("url"), fields.text("serverName"), fields.number("expect"), certificate)


@dataclass(frozen=True)
class Migration:
    """A command that runs once for a release, with its limit in seconds."""

    command: tuple[str, ...]
    seconds: int

    @staticmethod
    def read(fields: Fields) -> "Migration":
        return Migration(tuple(fields.items("command")), fields.number("seconds"))


@dataclass(frozen=True)
class App:
    """How a release is started and judged. Times are in seconds."""

    module: str
    health_path: str
    ready_path: str
    start_seconds: int
    ready_seconds: int
    probes: int
    drain_seconds: int
    keep_releases: int
    user: str
    host: str
    migration: Migration | None

    @staticmethod
    def read(fields: Fields) -> "App":
        return App(
            module=fields.text("module"),
            health_path=fields.text("healthPath"),
            ready_path=fields.text("readyPath"),
            start_seconds=fields.number("startSeconds"),
            ready_seconds=fields.number("readySeconds"),
            probes=fields.number("probes"),
            drain_seconds=fields.number("drainSeconds"),
            keep_releases=fields.number("keepReleases"),
            user=fields.text("user", NAME),
            host=fields.text("host"),
            migration=Migration.read(fields.object("migration")) if fields.value.get("migration") else None,
        )


@dataclass(frozen=True)
class Description:
    """What bundle.json says; kept beside the staged files, since activation needs it as well."""

    role: str
    platform: dict[str, Any]
    packages: tuple[str, ...]
    masked_units: tuple[str, ...]
    enabled_units: tuple[str, ...]
    files: tuple[ManagedFile, ...]
    health: Health
    site: Health | None
    app: App | None

    @staticmethod
    def read(value: Any) -> "Description":
        fields = Fields("bundle.json", value)
        if fields.number("format") != FORMAT:
            raise UsageError(fault("bundle.json.format", value["format"], str(FORMAT), "build the bundle anew"))
        app = value.get("app")
        return Description(
            role=fields.text("role"),
            platform=fields.object("platform").value,
            packages=tuple(fields.items("packages")),
            masked_units=tuple(fields.items("maskedUnits")),
            enabled_units=tuple(fields.items("enabledUnits")),
            files=tuple(ManagedFile.read(Fields("bundle.json.files", each)) for each in fields.items("files")),
            health=Health.read(fields.object("health")),
            site=Health.read(fields.object("site")) if value.get("site") else None,
            app=None if app is None else App.read(Fields("bundle.json.app", app)),
        )


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
                value = json.loads(archive.read("bundle.json"))
        except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
            raise UsageError(fault("bundle", f"{path} ({error})", "a bundle of Portico", "build it anew")) from None
        return Bundle(path, hashlib.sha256(data).hexdigest(), value, Description.read(value))

    def contents(self) -> dict[str, bytes]:
        """The content of each file of the description, by its path on the host."""
        with zipfile.ZipFile(self.path) as archive:
            return {file.path: archive.read(f"tree{file.path}") for file in self.description.files}

    @property
    def home(self) -> Path:
        """The login user's home: it holds the folder that the bundle lies in."""
        return self.path.parent.parent
