"""What a bundle says of itself in bundle.json: its role, files and units, and how its application is started and checked."""

from dataclasses import dataclass
from typing import Any

from ..base.contract import FILES, FORMATS, PATHS
from ..base.errors import UsageError, fault
from ..base.values import NAME, Fields
from .managed_file import ManagedFile

FILE = FILES["bundleDescription"]
FORMAT = FORMATS["bundle"]


@dataclass(frozen=True)
class Health:
    """The request sent through Nginx after each change, and its expected status code.

    `host` is the Host header, where that is not the name of the certificate.
    """

    url: str
    server_name: str
    expect: int
    certificate: str
    host: str | None = None

    @staticmethod
    def read(fields: Fields) -> "Health":
        """States staged before the file was named here have one certificate only."""
        certificate = fields.optional_text("certificate") or PATHS["serverCertificate"]
        host = fields.optional_text("host")
        return Health(fields.text("url"), fields.text("serverName"), fields.number("expect"), certificate, host)


@dataclass(frozen=True)
class Migration:
    """A command that runs once for a release, with its limit in seconds."""

    command: tuple[str, ...]
    seconds: int

    @staticmethod
    def read(fields: Fields) -> "Migration":
        return Migration(tuple(fields.items("command")), fields.number("seconds"))


@dataclass(frozen=True)
class DataFolder:
    """A folder that outlives releases; `served` where Nginx shows what is in it."""

    name: str
    served: bool

    @staticmethod
    def read(fields: Fields) -> "DataFolder":
        return DataFolder(fields.text("name", NAME), fields.value.get("served") is True)


@dataclass(frozen=True)
class Process:
    """A program of the application that runs beside its slots, `instances` times, on this host.

    `alone`: it runs once in the whole fleet, so the old one ends before the new one starts. One that started has to stay for
    `steady_seconds`. `program` is the first word of its command.
    """

    name: str
    instances: int
    alone: bool
    steady_seconds: int
    program: str

    @staticmethod
    def read(fields: Fields) -> "Process":
        return Process(
            name=fields.text("name", NAME),
            instances=fields.number("instances"),
            alone=fields.flag("alone"),
            steady_seconds=fields.number("steadySeconds"),
            program=fields.text("program"),
        )


@dataclass(frozen=True)
class Schedule:
    """A command that runs at the times of `calendar` on this host. `program` is its first word."""

    name: str
    calendar: str
    program: str

    @staticmethod
    def read(fields: Fields) -> "Schedule":
        return Schedule(fields.text("name", NAME), fields.text("calendar"), fields.text("program"))


@dataclass(frozen=True)
class App:
    """How a release is started and checked. Times are in seconds.

    `processes` and `schedules` are those of this host. `data`, `processes` and `schedules` are empty in states from before
    there were any. `home_path` is what a visitor requests first; None where it is not requested, and in states from before
    it was known.
    """

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
    home_path: str | None = None
    data: tuple[DataFolder, ...] = ()
    processes: tuple[Process, ...] = ()
    schedules: tuple[Schedule, ...] = ()

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
            home_path=fields.optional_text("homePath"),
            data=tuple(DataFolder.read(Fields(f"{FILE}.app.data", each)) for each in fields.value.get("data", ())),
            processes=tuple(map(Process.read, fields.objects("processes"))),
            schedules=tuple(map(Schedule.read, fields.objects("schedules"))),
        )


@dataclass(frozen=True)
class Listens:
    """TCP ports that other hosts reach; with `only_ones` there are to be no others but those of sshd."""

    ports: tuple[int, ...]
    only_ones: bool

    @staticmethod
    def read(fields: Fields) -> "Listens":
        return Listens(tuple(fields.items("ports")), bool(fields.value.get("onlyOnes")))


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
    listens: Listens | None
    """None in states that were staged before ports were named here."""

    @staticmethod
    def read(value: Any) -> "Description":
        fields = Fields(FILE, value)
        if fields.number("format") != FORMAT:
            raise UsageError(fault(f"{FILE}.format", value["format"], str(FORMAT), "build the bundle anew"))
        app = value.get("app")
        return Description(
            role=fields.text("role"),
            platform=fields.object("platform").value,
            packages=tuple(fields.items("packages")),
            masked_units=tuple(fields.items("maskedUnits")),
            enabled_units=tuple(fields.items("enabledUnits")),
            files=tuple(ManagedFile.read(Fields(f"{FILE}.files", each)) for each in fields.items("files")),
            health=Health.read(fields.object("health")),
            site=Health.read(fields.object("site")) if value.get("site") else None,
            app=None if app is None else App.read(Fields(f"{FILE}.app", app)),
            listens=Listens.read(fields.object("listens")) if value.get("listens") else None,
        )
