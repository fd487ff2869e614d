"""Secrets as systemd hands them over: one file each below $CREDENTIALS_DIRECTORY, named app_<name>."""

import os
from pathlib import Path

MINIMUM_LENGTH = 32
MINIMUM_DISTINCT = 10


def read_secret(name: str) -> str | None:
    """The secret's text without its final line break; None when it was not handed over or cannot be read."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return None
    try:
        return Path(folder, f"app_{name}").read_text(encoding="utf-8").rstrip("\r\n") or None
    except (OSError, UnicodeDecodeError):
        return None


def weakness(secret: str | bytes | None) -> str | None:
    """What makes a signing key unfit, in words that never hold the key; None when it is fit."""
    if not secret:
        return "missing: hand it over as a credential"
    if len(secret) < MINIMUM_LENGTH:
        return f"too short: allowed: {MINIMUM_LENGTH} characters or more"
    if len(set(secret)) < MINIMUM_DISTINCT:
        return f"too regular: allowed: {MINIMUM_DISTINCT} distinct characters or more"
    return None
