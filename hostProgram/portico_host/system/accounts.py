"""The system user that the application runs as."""

import pwd

from ..base.context import Context
from ..base.processes import run

LOGIN_SHELL = "/usr/sbin/nologin"
NO_HOME = "/nonexistent"


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
            NO_HOME,
            "--shell",
            LOGIN_SHELL,
        ]
        run(["useradd", *options, "--", name])
