"""Repairs a release that somebody changed on this host: back to what was released, file by file, while it serves."""

import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from ..base.context import Context
from ..base.durable import link, make_folder, make_parents, remove_file, remove_folder, write_file
from ..units.sandbox import Sandbox, take_back
from . import checksums
from .archive import unpack
from .environments import COMPLETE, Environment, compile_modules
from .releases import DESCRIPTION, LOCK, Release, read_target

BYTE_CODE = "__pycache__"
MARK = "mended-"


def repair_release(context: Context, release: Release, archive: Path, wheels: Path, sandbox: Sandbox) -> bool:
    """Compares release and environment with what was written down, and takes what differs out of the archives.

    Returns whether anything did. A process that runs may have read it: `is_repaired` says so until it was started anew.
    """
    folders = [release.folder, release.venv.resolve()] if release.venv.is_dir() else []
    for folder in folders:
        # What a killed call left.
        take_back(folder)
    if folders and not any(map(checksums.changes, folders)):
        return False
    context.step(f"somebody changed release {release.id} on this host; bringing it back")
    mark_repaired(context, release.id)
    fresh = Release(context, f"{release.id}.mend")
    remove_folder(fresh.folder)
    fresh.folder.mkdir()
    try:
        description = unpack(archive, fresh.folder, DESCRIPTION)
        fresh.keep(read_target(description))
        environment = Environment.of(context, fresh.folder / LOCK)
        _repair_environment(environment, fresh, wheels, sandbox)
        link(fresh.venv, f"../../environments/{environment.key}")
        write_file(fresh.folder / DESCRIPTION, description, 0o644)
        _take_over(release.folder, fresh.folder)
    finally:
        remove_folder(fresh.folder)
    compile_modules(release.folder / "app", sandbox)
    checksums.write_checksums(release.folder)
    return True


def mark_repaired(context: Context, release: str) -> None:
    """Notes that files of a release are other ones than those that a running process may have read."""
    make_folder(context.paths.state)
    write_file(_mark(context, release), b"")


def is_repaired(context: Context, release: str | None) -> bool:
    """Whether a release was brought back and nothing was started with it since."""
    return release is not None and _mark(context, release).exists()


def clear_mark(context: Context, release: str | None) -> None:
    """What serves was started with the release as it is now."""
    if release is not None:
        remove_file(_mark(context, release))


def _repair_environment(environment: Environment, fresh: Release, wheels: Path, sandbox: Sandbox) -> None:
    if not environment.complete:
        fresh.install(environment, wheels, sandbox)
        return environment.finish(sandbox)
    if not checksums.changes(environment.folder):
        return
    aside = replace(environment, key=f"{environment.key}.mend")
    try:
        fresh.install(aside, wheels, sandbox)
        write_file(aside.folder / COMPLETE, b"", 0o644)
        _take_over(environment.folder, aside.folder)
    finally:
        remove_folder(aside.folder)
    compile_modules(environment.folder / "lib", sandbox, processes=0)
    checksums.write_checksums(environment.folder)


def _take_over(folder: Path, fresh: Path) -> None:
    """Byte code goes: it is made anew of the sources."""
    for path, _, _ in checksums.changes(folder) or []:
        source = fresh / path.relative_to(folder)
        if BYTE_CODE in path.parts or not os.path.lexists(source):
            remove_file(path)
            continue
        make_parents(path)
        if path.is_dir() and not path.is_symlink():
            remove_folder(path)
        if source.is_symlink():
            link(path, os.readlink(source))
        else:
            # Programs of an environment name its folder.
            content = source.read_bytes().replace(os.fsencode(fresh), os.fsencode(folder))
            write_file(path, content, source.stat().st_mode & 0o777)


def clear_other_marks(context: Context, releases: Collection[str]) -> None:
    """Those of releases that are gone: one that was staged and never activated left its mark."""
    for path in context.paths.state.glob(f"{MARK}*"):
        if path.name.removeprefix(MARK) not in releases:
            remove_file(path)


def _mark(context: Context, release: str) -> Path:
    return context.paths.state / f"{MARK}{release}"
