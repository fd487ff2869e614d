"""Revisions: a release with its settings and secrets; a change of any of them makes a new one."""

from pathlib import Path

from .context import Context
from .durable import link, make_folder, write_file
from .fingerprint import fingerprint
from .managed_file import REVISION_FOLDER, ManagedFile, owner_of
from .plan import Plan

DIGITS = 12
ENVIRONMENT = "environment"


def identify(context: Context, release: str, files: tuple[ManagedFile, ...], secrets: dict[str, str]) -> str:
    """The name of the revision. Files of the slot's unit take part: they change what runs."""
    parts = sorted(
        [file.path, file.mode, file.owner, file.group, file.sha256]
        for file in files
        if file.effect in {"app", "appUnit"}
    )
    return fingerprint(context.paths, ["revision", release, parts, secrets], DIGITS)


def folder(context: Context, revision: str) -> Path:
    return context.paths.revisions / revision


def write(context: Context, plan: Plan, secrets: dict[str, str]) -> None:
    """Writes the revision of `plan`. Its content follows from its name, so writing it again changes nothing."""
    assert plan.revision is not None
    place = folder(context, plan.revision)
    make_folder(place)
    link(place / "release", f"../../releases/{plan.release}")
    for file in plan.all_files:
        if file.of_revision:
            target = place / file.path.removeprefix(REVISION_FOLDER)
            make_folder(target.parent)
            content = plan.content(file)
            if target.name == ENVIRONMENT:
                content = _with_release(content, plan.release)
            write_file(target, content, int(file.mode, 8), *owner_of(file))
    credentials = place / "credentials"
    make_folder(credentials, 0o700)
    for name, value in secrets.items():
        write_file(credentials / name, value.encode(), 0o600)


def _with_release(environment: bytes, release: str | None) -> bytes:
    """The application can say which release it is."""
    return environment.rstrip(b"\n") + f'\nPORTICO_RELEASE="{release}"\n'.encode()


def secrets_of(context: Context, revision: str | None) -> list[str]:
    """The values of a revision's secrets, to keep them out of what is printed."""
    if revision is None:
        return []
    place = folder(context, revision) / "credentials"
    return [path.read_text(errors="replace") for path in place.glob("*")]
