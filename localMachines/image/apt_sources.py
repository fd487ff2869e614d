"""Where Debian packages come from: the mirror and keyring this computer is set up with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ..base.faults import Fault

RELEASES = ("bullseye", "bookworm", "trixie", "forky")
DEFAULT_ARCHIVE = "http://deb.debian.org/debian"
DEFAULT_SECURITY = "http://deb.debian.org/debian-security"
KEYRINGS = (
    "usr/share/keyrings/debian-archive-keyring.gpg",
    "usr/share/keyrings/debian-archive-keyring.pgp",
)


@dataclass(frozen=True)
class Mirror:
    """The two addresses of a Debian mirror, and the file with the keys that sign it."""

    archive: str
    security: str
    keyring: Path

    def lines(self, suite: str) -> list[str]:
        """The package sources of `suite` with its updates and security updates."""
        signed = f"[signed-by={self.keyring}]"
        return [
            f"deb {signed} {self.archive} {suite} main",
            f"deb {signed} {self.archive} {suite}-updates main",
            f"deb {signed} {self.security} {suite}-security main",
        ]


def find_mirror(root: Path = Path("/")) -> Mirror:
    """The Debian mirror in /etc/apt, else deb.debian.org (for Ubuntu and others)."""
    archive = security = None
    for uri, suite in _entries(root / "etc/apt"):
        if suite in RELEASES and urlsplit(uri).path.rstrip("/").endswith("/debian"):
            archive = archive or uri.rstrip("/")
        if suite.removesuffix("-security") in RELEASES and suite.endswith("-security"):
            security = security or uri.rstrip("/")
    return Mirror(archive or DEFAULT_ARCHIVE, security or DEFAULT_SECURITY, _find_keyring(root))


def _find_keyring(root: Path) -> Path:
    for name in KEYRINGS:
        if (root / name).is_file():
            return root / name
    raise Fault(
        "Debian keyring",
        "no /usr/share/keyrings/debian-archive-keyring.gpg",
        "the keys that sign Debian packages",
        "install the package debian-archive-keyring",
    )


def _entries(folder: Path) -> Iterator[tuple[str, str]]:
    """Address and suite of every enabled source with the component main."""
    for path in [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]:
        if path.suffix not in (".list", ".sources") or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        yield from _deb822(text) if path.suffix == ".sources" else _one_line(text)


def _one_line(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[[^\]]*\]\s+)?(https?://\S+)\s+(\S+)\s+([^#]*)", line)
        if match and "main" in match[3].split():
            yield match[1], match[2]


def _deb822(text: str) -> Iterator[tuple[str, str]]:
    for stanza in re.split(r"\n\s*\n", text):
        fields = {
            name.lower(): value.split()
            for name, value in re.findall(r"^([A-Za-z-]+):(.*(?:\n[ \t].*)*)", stanza, re.MULTILINE)
        }
        off = fields.get("enabled", ["yes"])[:1] == ["no"]
        if off or "deb" not in fields.get("types", []) or "main" not in fields.get("components", []):
            continue
        for uri in fields.get("uris", []):
            if uri.startswith(("http://", "https://")):
                yield from ((uri, suite) for suite in fields.get("suites", []))
