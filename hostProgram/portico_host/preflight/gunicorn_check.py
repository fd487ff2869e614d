"""Gunicorn checks its settings, as the user of the application and without rights over anything."""

from ..base.context import Context
from ..base.errors import HostError, fault
from ..base.processes import run, tail
from ..release.releases import Release
from ..release.revisions import folder
from ..state.plan import Plan

# Settings are checked with an application that is always there; the real one is imported in the rehearsal,
# inside of its own unit.
STAND_IN = "wsgiref.simple_server:demo_app"
SECONDS = 30


def check_gunicorn(context: Context, plan: Plan) -> None:
    """`HostError` when Gunicorn does not take the settings of the plan's revision."""
    assert plan.release is not None and plan.revision is not None and plan.description.app is not None
    release, place = Release(context, plan.release), folder(context, plan.revision)
    properties = {
        "User": plan.description.app.user,
        "EnvironmentFile": f"-{place}/environment",
        "LoadCredential": f"app:{place}/credentials",
        "WorkingDirectory": str(release.folder / "app"),
        "RuntimeDirectory": "portico-check",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "PrivateTmp": "yes",
        "PrivateNetwork": "yes",
    }
    options = [f"--property={key}={value}" for key, value in properties.items()]
    unit = ["systemd-run", "--quiet", "--pipe", "--wait", "--collect", "--service-type=exec", *options, "--"]
    command = [
        str(release.python),
        "-m",
        "gunicorn",
        "--check-config",
        "--config",
        str(place / "gunicorn.conf.py"),
        STAND_IN,
    ]
    done = run([*unit, *command], seconds=SECONDS, check=False)
    if done.returncode != 0:
        message = fault(
            "gunicorn --check-config",
            f"exit code {done.returncode}",
            "settings that Gunicorn takes",
            "mend what it names",
        )
        raise HostError(message, tail(done.stdout + done.stderr))
