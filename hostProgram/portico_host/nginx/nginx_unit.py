"""Nginx's unit, and what its text says."""

import re

from ..base.contract import NAMES

UNIT = NAMES["nginxUnit"]
# Keys by which systemd makes folders for it, with the folder that holds them.
FOLDERS = {"RuntimeDirectory": "/run", "CacheDirectory": "/var/cache", "LogsDirectory": "/var/log"}


def setting(text: str, key: str) -> str:
    """The last value of a key in the text of a unit; empty where it has none."""
    found = re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)
    return found[-1].strip() if found else ""
