"""Static files: those of the retained releases, where Nginx serves them from."""

import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..base.context import Context
from ..base.durable import make_parents, remove_file, write_file
from .releases import Release

COMPRESSIBLE = frozenset(
    f".{ending}"
    for ending in (
        *("css", "csv", "eot", "htm", "html", "ico", "js", "json", "map", "md", "mjs", "otf"),
        *("rss", "svg", "ttf", "txt", "wasm", "webmanifest", "xml"),
    )
)
SMALLEST_TO_COMPRESS = 256
LEVEL = 9


def publish(context: Context, release: Release) -> None:
    """Puts the static files of a release in place, each in one rename; those that are there stay."""
    changed = [name for name, source in static_files(release) if _publish_file(source, context.paths.assets / name)]
    if changed:
        context.step(f"published {len(changed)} static files")


def drop_others(context: Context, kept: Iterable[Release]) -> None:
    """Removes the files that no retained release has."""
    wanted: set[Path] = set()
    for release in kept:
        for name, _ in static_files(release):
            place = context.paths.assets / name
            wanted |= {place, compressed(place)}
    for folder, _, names in os.walk(context.paths.assets, topdown=False):
        for path in (Path(folder) / name for name in names):
            if path not in wanted:
                remove_file(path)
        if not os.listdir(folder) and Path(folder) != context.paths.assets:
            os.rmdir(folder)


def static_files(release: Release) -> Iterator[tuple[str, Path]]:
    """The static files of a release by their name below the static URL."""
    static = release.describe().get("staticFolder")
    if not static:
        return
    top = release.folder / "app" / static
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield str(path.relative_to(top)), path


def compressed(path: Path) -> Path:
    return path.with_name(f"{path.name}.gz")


def _publish_file(source: Path, place: Path) -> bool:
    content = source.read_bytes()
    if place.is_file() and place.read_bytes() == content:
        return False
    make_parents(place)
    packed = _compress(source, content)
    # The compressed one first: a file that is in place has its right companion.
    if packed is None:
        remove_file(compressed(place))
    else:
        _write(compressed(place), packed, content)
    _write(place, content, content)
    return True


def _compress(source: Path, content: bytes) -> bytes | None:
    if source.suffix.lower() not in COMPRESSIBLE or len(content) < SMALLEST_TO_COMPRESS:
        return None
    packed = gzip.compress(content, LEVEL, mtime=0)
    return packed if len(packed) < len(content) else None


def _write(place: Path, data: bytes, content: bytes) -> None:
    write_file(place, data, 0o644)
    # Nginx makes the entity tag of time and size. A time that follows from the content gives every host
    # the same tag for the same file, and another one when only the content changes.
    when = 1_000_000_000 + int(hashlib.sha256(content).hexdigest()[:7], 16)
    os.utime(place, (when, when))
