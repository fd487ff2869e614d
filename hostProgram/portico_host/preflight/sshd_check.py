"""sshd checks its files before these are in place, and before it reads them."""

from pathlib import Path

from ..base.durable import make_folder
from ..base.errors import HostError, fault
from ..base.processes import run, tail
from ..state.plan import Plan


def check_sshd(plan: Plan) -> None:
    """`HostError` when the staged files would keep sshd from starting; they are read before those of the image."""
    staged = [plan.tree / file.path.lstrip("/") for file in plan.files.values() if file.effect == "sshd"]
    if staged:
        lines = [*(f"Include {path}" for path in staged), "Include /etc/ssh/sshd_config", ""]
        trial = plan.folder / "sshd_config"
        trial.write_text("\n".join(lines))
        validate_sshd("-f", str(trial))


def validate_sshd(*options: str) -> None:
    make_folder(Path("/run/sshd"))
    done = run(["sshd", "-t", *options], check=False)
    if done.returncode != 0:
        message = fault(
            "sshd -t", f"exit code {done.returncode}", "a configuration that sshd takes", "mend what it names"
        )
        raise HostError(message, tail(done.stderr))
