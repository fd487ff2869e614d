"""The service manager, asked and told through systemctl."""

from collections.abc import Sequence

from .errors import HostError, fault
from .processes import run, tail

JOB_SECONDS = 100


def show(unit: str, *properties: str) -> dict[str, str]:
    """Properties of a unit; a unit that is not there has empty or default ones."""
    done = run(["systemctl", "show", f"--property={','.join(properties)}", "--", unit], check=False)
    pairs = (line.partition("=") for line in done.stdout.splitlines())
    return {key: value for key, _, value in pairs}


def is_active(unit: str) -> bool:
    return show(unit, "ActiveState").get("ActiveState") == "active"


def is_stopped(unit: str) -> bool:
    return show(unit, "ActiveState").get("ActiveState") in {"inactive", "failed"}


def is_enabled(unit: str) -> bool:
    return run(["systemctl", "is-enabled", "--quiet", "--", unit], check=False).returncode == 0


def is_masked(unit: str) -> bool:
    return run(["systemctl", "is-enabled", "--", unit], check=False).stdout.strip() == "masked"


def reload_units() -> None:
    """Makes the manager read unit files anew; running units and their sockets go on."""
    run(["systemctl", "daemon-reload"])


def start(*units: str, seconds: float = JOB_SECONDS) -> None:
    """Starts and waits until it is done or failed. Raises `TimeLimitError` after `seconds`."""
    _job("start", units, seconds)


def stop(*units: str, seconds: float = JOB_SECONDS) -> None:
    """Stops and waits; a service drains first. Units that are not there are fine."""
    _job("stop", units, seconds)
    run(["systemctl", "reset-failed", "--", *units], check=False)


def restart(unit: str) -> None:
    _job("restart", [unit], JOB_SECONDS)


def reload(unit: str) -> None:
    _job("reload", [unit], JOB_SECONDS)


def kill(unit: str) -> None:
    """Ends all processes of a unit at once."""
    run(["systemctl", "kill", "--signal=KILL", "--", unit], check=False)


def enable(unit: str) -> None:
    """Puts the unit into the boot. It reads no units anew, which takes longer than all else of a switch."""
    run(["systemctl", "enable", "--no-reload", "--quiet", "--", unit])


def disable(unit: str) -> None:
    """Takes the unit out of the boot, without reading units anew; one that is not there is fine."""
    run(["systemctl", "disable", "--no-reload", "--quiet", "--", unit], check=False)


def mask(unit: str) -> None:
    """Stops a unit that ours replaces, and keeps it from ever starting."""
    run(["systemctl", "mask", "--now", "--quiet", "--", unit])


def _job(verb: str, units: Sequence[str], seconds: float) -> None:
    done = run(["systemctl", verb, "--", *units], seconds=seconds, check=False)
    # Stopping what was never loaded is the wanted state already: exit code 5.
    if done.returncode != 0 and not (verb == "stop" and done.returncode == 5):
        message = fault(
            f"systemctl {verb} {' '.join(units)}", f"exit code {done.returncode}", "exit code 0", "see below"
        )
        raise HostError(message, tail(done.stderr))
