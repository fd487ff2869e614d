"""The system user that the application runs as."""

import pwd

from .context import Context
from .processes import run


def ensure_user(context: Context, name: str) -> None:
    """Makes the user, without home and login, if it is missing."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        context.step(f"making the user {name}")
        options = [
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
        ]
        run(["useradd", *options, "--", name])
