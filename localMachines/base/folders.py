"""Folders that are removed whole, whatever was left in them."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from .faults import Fault


def remove_tree(folder: Path) -> None:
    """Remove a folder with all in it, or a file; absent is fine.

    What a killed program left mounted inside is unmounted first, since its
    files are not ours to remove.
    """
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink(missing_ok=True)
        return
    for target in reversed(_mounts_in(folder)):
        subprocess.run(["umount", "--lazy", target], check=False, capture_output=True)
    if left := _mounts_in(folder):
        raise Fault("folder to remove", folder, "a folder with nothing mounted in it", f"run `umount {left[0]}`")
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)  # a program that was killed may still be writing its last file
    raise Fault("folder to remove", folder, "a folder that can be removed", "see which program holds it")


def write_aside(path: Path, text: str, mode: int) -> None:
    """Replace a file in one step: readers see the old text or the new one, never half."""
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    aside.rename(path)


def _mounts_in(folder: Path) -> list[str]:
    """What is mounted on the folder or below it, outer mounts first."""
    top = str(folder.resolve())
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    targets = (line.split()[4].encode().decode("unicode_escape") for line in lines)
    return sorted(target for target in targets if target == top or target.startswith(f"{top}/"))
