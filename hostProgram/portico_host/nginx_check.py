"""Nginx judges its configuration, as the user and with the folders that its unit will give it."""

import re
from pathlib import Path

from .context import Context
from .durable import make_folder
from .errors import HostError, fault
from .isolation import Command, empty_folder, in_place_of, run_isolated
from .plan import Plan
from .processes import tail

UNIT = "portico-nginx.service"
FOLDERS = {"RuntimeDirectory": "/run", "CacheDirectory": "/var/cache", "LogsDirectory": "/var/log"}
# The prefix that the unit starts Nginx with: logs and temporary files count from it.
PREFIX = "/var/"


def check_staged(context: Context, plan: Plan) -> None:
    """Judges the staged files; `HostError` when Nginx would not start with them."""
    if any(file.path == f"/etc/systemd/system/{UNIT}" for file in plan.units()):
        make_folder(context.paths.live("/etc/portico"))
        mount = in_place_of("/etc/portico", str(plan.tree / "etc/portico"))
        _check(context, plan.tree / "etc/systemd/system", [mount])


def check_live(context: Context) -> None:
    """Judges the files in place, right before Nginx is to read them."""
    _check(context, context.paths.units, [])


def _check(context: Context, units: Path, mounts: list[Command]) -> None:
    drop_ins = sorted((units / f"{UNIT}.d").glob("*.conf"))
    text = "\n".join(path.read_text() for path in (units / UNIT, *drop_ins))
    user = _setting(text, "User") or "root"
    group = _setting(text, "Group") or user
    preparation = [*mounts, *(empty_folder(path, "1777") for path in FOLDERS.values())]
    for key, parent in FOLDERS.items():
        for name in _setting(text, key).split():
            preparation.append(["install", "-d", "-o", user, "-g", group, f"{parent}/{name}"])
    configuration = str(context.paths.nginx_configuration)
    command = ["setpriv", "--reuid", user, "--regid", group, "--init-groups", *_rights(text), "--"]
    command += ["nginx", "-t", "-q", *_error_log(text), "-p", PREFIX, "-c", configuration]
    done = run_isolated(preparation, command)
    if done.returncode != 0:
        message = fault(
            "nginx -t", f"exit code {done.returncode}", "a configuration that Nginx takes", "mend what it names"
        )
        raise HostError(message, tail(done.stdout + done.stderr))
    for line in tail(done.stderr):
        context.step(line)


def _rights(text: str) -> list[str]:
    """The capabilities that the unit leaves to Nginx, such as the one for ports below 1024."""
    names = _setting(text, "AmbientCapabilities").lower().split()
    listed = ",".join(f"+{name.removeprefix('cap_')}" for name in names)
    return ["--inh-caps", listed, "--ambient-caps", listed] if names else []


def _error_log(text: str) -> list[str]:
    """The option as the unit has it: versions that do not know it refuse the command line."""
    return ["-e", "stderr"] if " -e stderr " in _setting(text, "ExecStart") else []


def _setting(text: str, key: str) -> str:
    found = re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)
    return found[-1].strip() if found else ""
