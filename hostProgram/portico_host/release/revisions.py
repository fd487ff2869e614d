"""Revisions: a release with its settings and secrets; a change of any of them makes a new one."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..base.context import Context
from ..base.durable import link, make_folder, write_file
from ..base.fingerprint import fingerprint
from ..bundle.managed_file import REVISION_FOLDER, Deviation, ManagedFile, difference, owner_of
from ..state.plan import Plan

DIGITS = 12
ENVIRONMENT = "environment"
SECRET_MODE = 0o600


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
    for file, content in _contents(plan):
        target = place / file.path.removeprefix(REVISION_FOLDER)
        make_folder(target.parent)
        write_file(target, content, int(file.mode, 8), *owner_of(file))
    credentials = place / "credentials"
    make_folder(credentials, 0o700)
    for name, value in secrets.items():
        write_file(credentials / name, value.encode(), SECRET_MODE)


def deviations(context: Context, plan: Plan) -> list[tuple[str, Deviation]]:
    """Path and deviation of each file of the revision that is not as it was written, the secrets aside."""
    found = []
    for file, content in _contents(plan):
        path = f"{folder(context, str(plan.revision))}/{file.path.removeprefix(REVISION_FOLDER)}"
        # As a file of its own at its place in the revision.
        there = replace(file, path=f"/{Path(path).relative_to(context.paths.root)}", effect="none")
        deviation = difference(context.paths, replace(there, sha256=hashlib.sha256(content).hexdigest()))
        if deviation is not None:
            found.append((path, deviation))
    return found


def open_secrets(context: Context, revision: str) -> list[Path]:
    """Files of secrets that others than root may read or write by their mode or owner."""
    place = folder(context, revision) / "credentials"
    return [path for path in sorted(place.glob("*")) if not is_closed(path.lstat())]


def is_closed(facts: os.stat_result) -> bool:
    return stat.S_IMODE(facts.st_mode) == SECRET_MODE and facts.st_uid == os.geteuid()


def repair(context: Context, plan: Plan) -> None:
    """Writes the files of the revision that are not as they were, and closes its secrets, which only `stage` knows."""
    for path in open_secrets(context, str(plan.revision)):
        os.chown(path, os.geteuid(), os.getegid())
        path.chmod(SECRET_MODE)
    broken = {path for path, _ in deviations(context, plan)}
    for file, content in _contents(plan):
        target = folder(context, str(plan.revision)) / file.path.removeprefix(REVISION_FOLDER)
        if str(target) in broken:
            context.step(f"writing {target} anew")
            make_folder(target.parent)
            write_file(target, content, int(file.mode, 8), *owner_of(file))


def has_its_secrets(context: Context, plan: Plan) -> bool:
    """Whether the secrets are the very ones that the revision is named after."""
    place = folder(context, str(plan.revision)) / "credentials"
    try:
        secrets = {path.name: path.read_bytes().decode() for path in sorted(place.iterdir())}
    except (OSError, UnicodeDecodeError):
        return False
    return identify(context, str(plan.release), plan.all_files, secrets) == plan.revision


def _contents(plan: Plan) -> Iterator[tuple[ManagedFile, bytes]]:
    """The files of the revision, with what is in them."""
    for file in plan.all_files:
        if file.of_revision:
            content = plan.content(file)
            is_environment = Path(file.path).name == ENVIRONMENT
            yield file, _with_release(content, plan.release) if is_environment else content


def _with_release(environment: bytes, release: str | None) -> bytes:
    """The application can say which release it is."""
    return environment.rstrip(b"\n") + f'\nPORTICO_RELEASE="{release}"\n'.encode()


def secrets_of(context: Context, revision: str | None) -> list[str]:
    """The values of a revision's secrets, to keep them out of what is printed."""
    if revision is None:
        return []
    place = folder(context, revision) / "credentials"
    return [path.read_text(errors="replace") for path in place.glob("*")]
