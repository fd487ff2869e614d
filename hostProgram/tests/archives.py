"""Archives of releases for tests, as the deployer makes them."""

import hashlib
import io
import json
import platform
import sysconfig
import tarfile
import zipfile
from pathlib import Path
from typing import Any

PYTHON, MACHINE = sysconfig.get_python_version(), platform.machine()
WHEEL = "tiny-1.0-py3-none-any.whl"
INFO = "tiny-1.0.dist-info"
TINY = {
    "tiny.py": "def main():\n    print('tiny')\n",
    f"{INFO}/entry_points.txt": "[console_scripts]\ntiny = tiny:main\n",
}


def target(python: str = PYTHON, architecture: str = MACHINE) -> dict[str, Any]:
    return {"python": python, "architecture": architecture, "wheels": [WHEEL]}


def write_tar(place: Path, files: dict[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(str(place), mode) as archive:  # type: ignore[call-overload]
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return place


def write_application(place: Path, release: str, *targets: dict[str, Any], **files: bytes) -> Path:
    """Locks of the wheel below, one for each target; this host is one unless others are named."""
    made_for = targets or (target(),)
    lock = f"tiny==1.0 --hash=sha256:{hashlib.sha256(make_wheel()).hexdigest()}\n".encode()
    locks = {f"locks/{each['python']}-{each['architecture']}.lock": lock for each in made_for}
    description = json.dumps({"id": release, "targets": made_for, "staticFolder": None}).encode()
    members = {"app/main.py": b"x = 1\n", **locks, **files, "release.json": description}
    return write_tar(place, members)


def write_wheels(folder: Path, wheel: bytes | None = None, named_by: bytes | None = None) -> Path:
    """Named by its content, or by that of another wheel: then its name does not say what is in it."""
    content = wheel or make_wheel()
    line = f"644 {hashlib.sha256(named_by or content).hexdigest()} wheels/{WHEEL}\0"
    digest = hashlib.sha256(f"portico release archive 1\0{line}".encode()).hexdigest()
    return write_tar(folder / f"wheels-{digest[:12]}.tar", {f"wheels/{WHEEL}": content}, "w")


def make_wheel(files: dict[str, str] | None = None) -> bytes:
    """The wheel `tiny`, with these files beside what describes it. All of them may be executed."""
    described = {
        f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        f"{INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{INFO}/RECORD": "",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in (described | (TINY if files is None else files)).items():
            member = zipfile.ZipInfo(name)
            member.external_attr = 0o100755 << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
