"""Names made of content, secrets included, from which nobody can guess the secrets.

A plain hash of a weak secret could be tried out by anyone who reads the name in a log or a folder
listing. So the hash is keyed, with a key that never leaves this host: equal inputs give equal names
on one host, and unrelated ones on another.
"""

import hashlib
import hmac
import json
import secrets
from typing import Any

from .durable import make_folder, write_file
from .paths import Paths

KEY_BYTES = 32


def fingerprint(paths: Paths, value: Any, digits: int) -> str:
    """The keyed hash of a JSON value, as that many hex digits."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hmac.new(_key(paths), text.encode(), hashlib.sha256).hexdigest()[:digits]


def _key(paths: Paths) -> bytes:
    path = paths.state / "fingerprint.key"
    if not path.exists():
        make_folder(paths.state)
        write_file(path, secrets.token_bytes(KEY_BYTES), 0o600)
    return path.read_bytes()
