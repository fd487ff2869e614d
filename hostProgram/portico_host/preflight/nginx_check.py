"""Nginx checks its configuration, as the user and with the folders that its unit will give it."""

from pathlib import Path

from ..base.context import Context
from ..base.contract import PATHS
from ..base.durable import make_folder
from ..base.errors import HostError, fault
from ..base.paths import Paths
from ..base.processes import tail
from ..health_check import servers
from ..nginx.nginx_unit import FOLDERS, UNIT, setting
from ..state.plan import Plan
from ..system import isolation
from ..system.isolation import Command, empty_folder, in_place_of, run_isolated

# The prefix that the unit starts Nginx with: logs and temporary files count from it.
PREFIX = PATHS["nginxPrefix"]


def check_staged(context: Context, plan: Plan) -> None:
    """Checks the staged files; `HostError` when Nginx would not start with them."""
    staged = Paths(plan.tree)
    if any(file.path == f"{PATHS['units']}/{UNIT}" for file in plan.units()):
        configuration = PATHS["configuration"]
        make_folder(context.paths.live(configuration))
        mounts = [in_place_of(configuration, str(staged.live(configuration)))]
        watch = plan.folder / "watch"
        if servers.stage(staged, watch):
            make_folder(context.paths.live(servers.FOLDER))
            mounts.append(in_place_of(servers.FOLDER, str(watch)))
        _check(context, staged.units, mounts)


def check_live(context: Context) -> None:
    """Checks the files in place, right before Nginx is to read them.

    In the sandbox of a unit of ours that is left to Nginx's unit, which does so before each start and reload.
    """
    if isolation.is_possible():
        _check(context, context.paths.units, [])


def _check(context: Context, units: Path, mounts: list[Command]) -> None:
    drop_ins = sorted((units / f"{UNIT}.d").glob("*.conf"))
    text = "\n".join(path.read_text() for path in (units / UNIT, *drop_ins))
    user = setting(text, "User") or "root"
    group = setting(text, "Group") or user
    preparation = [*mounts, *(empty_folder(path, "1777") for path in FOLDERS.values())]
    for key, parent in FOLDERS.items():
        for name in setting(text, key).split():
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
    names = setting(text, "AmbientCapabilities").lower().split()
    listed = ",".join(f"+{name.removeprefix('cap_')}" for name in names)
    return ["--inh-caps", listed, "--ambient-caps", listed] if names else []


def _error_log(text: str) -> list[str]:
    """The option as the unit has it: versions without it refuse the command line."""
    return ["-e", "stderr"] if " -e stderr " in setting(text, "ExecStart") else []
