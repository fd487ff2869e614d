"""The image: one tar file with the root of a Debian machine, made once and cached."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import time
from pathlib import Path

from ..base.faults import Fault
from ..base.folders import remove_tree
from ..base.locks import locked
from ..base.progress import Progress
from .apt_sources import find_mirror

SUITES = ("trixie", "bookworm")
PACKAGES = (
    "systemd",
    "systemd-sysv",
    "dbus",
    "openssh-server",
    "sudo",
    "iproute2",
    "procps",
    "ca-certificates",
    "python3",
    "python3-venv",
    "nginx",
    "logrotate",
    "nftables",
)
# Documents and translations are a third of the files and no program reads them.
OPTIONS = (
    "--variant=minbase",
    "--mode=root",
    "--format=tar",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
)
FINISH = Path(__file__).with_name("finish_image.sh")
# What images of a kind have besides; each is an image of its own, made when a machine of that kind is.
KINDS = {
    "": (),
    # A machine of a cloud sets itself up from its user data, and installs updates; the library is what its log shipping needs.
    "cloud": ("cloud-init", "python3-boto3", "unattended-upgrades"),
    "database": ("postgresql",),
}
# A compiler for long queries, a third of such an image; the configuration turns it off.
OPTIONS_OF = {
    "database": (
        "--dpkgopt=path-exclude=/usr/lib/*/libLLVM*",
        "--dpkgopt=path-exclude=/usr/lib/*/libz3*",
        "--dpkgopt=path-exclude=/usr/lib/postgresql/*/lib/bitcode/*",
    )
}


def ensure_image(suite: str, progress: Progress, kind: str = "") -> Path:
    """Give the path of the image of `suite`; make it when the cache has none.

    `kind` is one of `KINDS`. Safe to call several times at once: one call makes
    the image, the others wait.
    """
    image = image_path(suite, kind)
    if image.is_file():
        return image

    def wait() -> None:
        progress.say(f"waiting for another call that makes the image {image.name}")

    with locked(image.with_suffix(".lock"), wait) as lock:
        if not image.is_file():
            _make(suite, image, kind, lock, progress)
    return image


def image_path(suite: str, kind: str = "") -> Path:
    """Where the image is cached; its name changes with all that decides its content."""
    if suite not in SUITES:
        raise Fault("suite", suite, ", ".join(SUITES), "choose another portico:local.platform")
    recipe = [suite, platform.machine(), (*PACKAGES, *KINDS[kind]), _options(kind), FINISH.read_text()]
    key = hashlib.sha256(json.dumps(recipe).encode()).hexdigest()[:12]
    return _cache_folder() / "images" / f"{suite}-{f'{kind}-' if kind else ''}{key}.tar"


def _options(kind: str) -> tuple[str, ...]:
    return (*OPTIONS, *OPTIONS_OF.get(kind, ()))


def _cache_folder() -> Path:
    if given := os.environ.get("PORTICO_CACHE_DIR"):
        return Path(given).absolute()
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "portico"


def _make(suite: str, image: Path, kind: str, lock: int, progress: Progress) -> None:
    program = shutil.which("mmdebstrap")
    if program is None:
        raise Fault("mmdebstrap", "no such program", "mmdebstrap 1.0 or later", "install the package mmdebstrap")
    work = image.with_suffix(".work")
    remove_tree(work)
    work.mkdir(parents=True)
    try:
        made = work / image.name
        arguments = [
            program,
            *_options(kind),
            *_proxy_options(work),
            f"--include={','.join((*PACKAGES, *KINDS[kind]))}",
            f"--customize-hook={FINISH}",
            suite,
            str(made),
            *find_mirror().lines(suite),
        ]
        progress.say(f"making the image of Debian {suite} (once, about a minute)")
        _run(arguments, suite, work, lock, progress)
        with made.open("rb") as file:
            os.fsync(file.fileno())
        made.rename(image)
        progress.say(f"made {image}, {image.stat().st_size // 1_000_000} MB")
    finally:
        remove_tree(work)


def _run(arguments: list[str], suite: str, work: Path, lock: int, progress: Progress) -> None:
    """Run mmdebstrap, pass its stages on, and fail with the end of its log."""
    log = work / "mmdebstrap.log"
    environment = {**os.environ, "TMPDIR": str(work), "PORTICO_SUITE": suite, "LC_ALL": "C.UTF-8"}
    with log.open("w") as output:
        # The child holds the lock as well: a killed caller's mmdebstrap never meets its successor's.
        child = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, pass_fds=[lock]
        )
        try:
            _follow(child, log, progress)
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
    if child.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise Fault(
            "mmdebstrap",
            f"exit code {child.returncode}",
            "exit code 0",
            "see its last lines below; is the Debian mirror reachable?",
            tail,
        )


def _follow(child: "subprocess.Popen[bytes]", log: Path, progress: Progress) -> None:
    shown, spoken = "", time.monotonic()
    while child.poll() is None:
        time.sleep(0.2)
        lines = log.read_text(errors="replace").splitlines()
        stages = [line[3:].split(":")[0].rstrip(".") for line in lines if line.startswith("I: ")]
        stage = stages[-1] if stages else "starting"
        if stage != shown or time.monotonic() - spoken > 10:
            progress.say(stage)
            shown, spoken = stage, time.monotonic()


def _proxy_options(work: Path) -> list[str]:
    """Hand on this computer's apt proxy by a private file: its address may hold a password."""
    if shutil.which("apt-config") is None:
        return []
    shown = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    lines = [line for line in shown.splitlines() if line.startswith(("Acquire::http::Proxy", "Acquire::https::Proxy"))]
    if not lines:
        return []
    path = work / "proxy.conf"
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")
    return [f"--aptopt={path}"]
