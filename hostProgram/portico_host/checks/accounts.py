"""The user that the application runs as: a system user without login, in no group but its own."""

import grp
import pwd
from collections.abc import Iterator

from ..base.context import Context
from ..state.plan import Plan
from ..system.accounts import LOGIN_SHELL, NO_HOME
from .difference import Difference

ADVICE = "look who changed it and why, then put it right with usermod"


def find(_context: Context, plan: Plan) -> Iterator[Difference]:
    app = plan.description.app
    if app is None:
        return
    try:
        user = pwd.getpwnam(app.user)
    except KeyError:
        yield Difference(f"user {app.user}", "missing", "a system user", "stage")
        return
    if user.pw_uid == 0:
        yield Difference(f"user {app.user}", "number 0, which is root", "a number of its own", "nobody", ADVICE)
    if user.pw_shell != LOGIN_SHELL:
        yield Difference(f"user {app.user}", f"shell {user.pw_shell}", f"shell {LOGIN_SHELL}", "nobody", ADVICE)
    if user.pw_dir != NO_HOME:
        yield Difference(f"user {app.user}", f"home {user.pw_dir}", f"home {NO_HOME}", "nobody", ADVICE)
    groups = sorted(each.gr_name for each in grp.getgrall() if app.user in each.gr_mem)
    own = grp.getgrgid(user.pw_gid).gr_name
    if groups or own != app.user:
        found = f"in {', '.join(dict.fromkeys([own, *groups]))}"
        yield Difference(f"user {app.user}", found, f"in group {app.user} alone", "nobody", ADVICE)
