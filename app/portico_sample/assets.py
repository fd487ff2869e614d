"""Addresses of static files, by the content-hashed names that the release build gave them."""

import json
from collections.abc import Callable
from pathlib import Path

from flask import url_for


def load_assets(static_folder: Path) -> Callable[[str], str]:
    """A template helper: `asset("app.css")` is the file's address.

    A release carries `manifest.json` ({"app.css": "app.1a2b3c4d.css"}); the hashed name may be cached for ever. Without the
    manifest, as in a checkout, the plain name is used.
    """
    manifest_file = static_folder / "manifest.json"
    names = json.loads(manifest_file.read_text(encoding="utf-8")) if manifest_file.is_file() else {}

    def asset(name: str) -> str:
        return url_for("static", filename=names.get(name, name))

    return asset
