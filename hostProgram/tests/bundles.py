"""Bundles for tests, as the builder makes them."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

from support import GROUP, OWNER

APP: dict[str, Any] = {
    "module": "sample:app",
    "healthPath": "/healthz",
    "readyPath": "/readyz",
    "startSeconds": 5,
    "readySeconds": 5,
    "probes": 3,
    "drainSeconds": 45,
    "keepReleases": 2,
    "user": OWNER,
    "host": "portico.internal",
}


def description(files: dict[str, str], app: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """bundle.json for these contents by path: effect `app` in the revision, `sshd` in /etc/ssh, `firewall` of rules, else `nginx`."""
    return {
        "format": 1,
        "role": "web",
        "platform": {"id": "debian-13", "python": "3.13", "nginx": "1.26", "openssl": "3.5", "systemd": 257},
        "packages": [],
        "maskedUnits": [],
        "enabledUnits": [],
        "files": [describe(path, content) for path, content in files.items()],
        "health": {"url": "https://127.0.0.1:8443/healthz", "serverName": "web.portico.internal", "expect": 200},
        "site": None,
        "app": app,
        **changes,
    }


def describe(path: str, content: str) -> dict[str, str]:
    digest = hashlib.sha256(content.encode()).hexdigest()
    effects = {"/opt/portico/revision/": "app", "/etc/ssh/": "sshd", "/etc/portico/firewall": "firewall"}
    effect = next((effect for start, effect in effects.items() if path.startswith(start)), "nginx")
    return {"path": path, "mode": "0644", "owner": OWNER, "group": GROUP, "sha256": digest, "effect": effect}


def write_bundle(place: Path, value: dict[str, Any], files: dict[str, str]) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("bundle.json", json.dumps(value))
        for path, content in files.items():
            archive.writestr(f"tree{path}", content)
    return place
