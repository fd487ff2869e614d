"""This program, compiled once for each bundle: out of the bundle alone Python compiles all modules at each start.

`stage` writes the modules of its bundle into one zip, which is named by the hash of the whole bundle and by the Python that it is
for. Whoever starts that bundle, or the copy that an activation installed, finds them by this name; any other starts without.
"""

import contextlib
import hashlib
import importlib.util
import io
import json
import marshal
import os
import pkgutil
import stat
import sys
from pathlib import Path

PACKAGE = __name__.partition(".")[0]
# Of bundles: that of this host, and the one that it goes back to.
KEPT = 2
# Flags of PEP 552: by a hash that is not compared with a source, which is not there.
UNCHECKED = (1).to_bytes(4, "little")


def use(program: Path, folder: Path | None = None) -> bool:
    """Has the modules that are imported from here on come from the zip of `program`. Answers whether there is one that only root wrote."""
    try:
        place = _zip_of(program.read_bytes(), folder or _folder())
        trusted = _is_only_roots(place.parent, stat.S_IFDIR) and _is_only_roots(place, stat.S_IFREG)
    except OSError:
        return False
    if trusted:
        sys.modules[PACKAGE].__path__.insert(0, f"{place}/{PACKAGE}")
    return trusted


def keep(program: Path, folder: Path) -> None:
    """Writes the zip of a bundle into `folder`, unless it is there. Where that fails, the next starts take longer, and that is all."""
    # Only here: each start of this program would be longer by it.
    import zipfile

    with contextlib.suppress(OSError, zipfile.BadZipFile):
        data = program.read_bytes()
        place = _zip_of(data, folder)
        if not place.exists():
            _write(place, _compiled(data))
            for old in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT]:
                old.unlink()


def _folder() -> Path:
    """Read here: a package that is imported before `use` stays what it is."""
    value = json.loads(pkgutil.get_data(PACKAGE, "base/contract.json") or b"")
    return Path(value["paths"]["byteCode"])


def _zip_of(bundle: bytes, folder: Path) -> Path:
    return folder / f"{hashlib.sha256(bundle).hexdigest()}-{importlib.util.MAGIC_NUMBER.hex()}.zip"


def _is_only_roots(place: Path, kind: int) -> bool:
    facts = place.lstat()
    open_to_others = facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_IFMT(facts.st_mode) == kind and facts.st_uid == 0 and not open_to_others


def _compiled(bundle: bytes) -> bytes:
    """The package as byte code, and the files that it reads as they are."""
    import zipfile

    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as source, zipfile.ZipFile(result, "w") as target:
        for name in (each for each in source.namelist() if each.startswith(f"{PACKAGE}/")):
            content = source.read(name)
            if not name.endswith(".py"):
                target.writestr(name, content)
                continue
            code = marshal.dumps(compile(content, name, "exec", dont_inherit=True))
            header = importlib.util.MAGIC_NUMBER + UNCHECKED + importlib.util.source_hash(content)
            target.writestr(f"{name}c", header + code)
    return result.getvalue()


def _write(place: Path, content: bytes) -> None:
    """Whole or not there."""
    place.parent.mkdir(mode=0o755, exist_ok=True)
    draft = place.with_suffix(f".{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644), "wb") as stream:
            stream.write(content)
            os.fsync(stream.fileno())
        draft.rename(place)
    finally:
        draft.unlink(missing_ok=True)
