"""The service manager, queried and controlled through systemctl."""

import resource
from collections.abc import Sequence

from ..base.errors import HostError, fault
from ..base.processes import run, tail

JOB_SECONDS = 100
STOPPED = frozenset({"inactive", "failed"})
# Those for which `systemctl is-enabled` ends with exit code 0.
ENABLED = frozenset({"enabled", "enabled-runtime", "static", "alias", "indirect", "generated"})


def show(unit: str, *properties: str) -> dict[str, str]:
    """Properties of a unit; a unit that is not there has empty or default ones."""
    done = run(["systemctl", "show", f"--property={','.join(properties)}", "--", unit], check=False)
    pairs = (line.partition("=") for line in done.stdout.splitlines())
    return {key: value for key, _, value in pairs}


def states(*units: str) -> dict[str, str]:
    """ActiveState of each unit: one query for all, as each call of systemctl takes longer than its answer."""
    done = run(["systemctl", "show", "--property=ActiveState", "--", *units], check=False)
    found = [line.partition("=")[2] for line in done.stdout.splitlines() if line]
    return dict(zip(units, found, strict=True)) if len(found) == len(units) else dict.fromkeys(units, "unknown")


def running(pattern: str) -> list[str]:
    """Names of the units that run, begin to or are about to end, of those whose name is like `pattern`."""
    going = "active,activating,deactivating,reloading,maintenance"
    done = run(["systemctl", "list-units", "--plain", "--no-legend", "--full", f"--state={going}", "--", pattern])
    return sorted(line.split()[0] for line in done.stdout.splitlines() if line.strip())


def show_all(units: Sequence[str], *properties: str) -> dict[str, dict[str, str]]:
    """Properties of several units, by one query."""
    done = run(["systemctl", "show", f"--property={','.join(('Id', *properties))}", "--", *units], check=False)
    blocks = [dict(line.partition("=")[::2] for line in block.splitlines()) for block in done.stdout.split("\n\n")]
    return dict(zip(units, blocks, strict=True)) if len(blocks) == len(units) else {unit: {} for unit in units}


def is_active(unit: str) -> bool:
    return states(unit)[unit] == "active"


def is_stopped(*units: str) -> bool:
    """Whether all of them are."""
    return set(states(*units).values()) <= STOPPED


def boot_states(*units: str) -> dict[str, str]:
    """What `systemctl is-enabled` says of each unit, such as enabled or masked, by one query."""
    done = run(["systemctl", "is-enabled", "--", *units], check=False)
    found = done.stdout.split()
    if len(found) == len(units):
        return dict(zip(units, found, strict=True))
    # Before systemd 254 it says nothing about a unit that is not there, and ends.
    return boot_states(units[0]) | boot_states(*units[1:]) if len(units) > 1 else dict.fromkeys(units, "not-found")


def is_enabled(unit: str) -> bool:
    return boot_states(unit)[unit] in ENABLED


def is_masked(unit: str) -> bool:
    return boot_states(unit)[unit] == "masked"


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


def apply_file_limit(unit: str) -> bool:
    """Gives a running unit the limit of open files that its file has now; what it starts from here on inherits it.

    False in a container, whose root may not raise it: there it counts from the next start.
    """
    facts = show(unit, "MainPID", "LimitNOFILE")
    limit = resource.RLIM_INFINITY if facts["LimitNOFILE"] == "infinity" else int(facts["LimitNOFILE"])
    try:
        resource.prlimit(int(facts["MainPID"]), resource.RLIMIT_NOFILE, (limit, limit))
    except PermissionError:
        return False
    return True


def enable(*units: str) -> None:
    """Puts units into the boot. It reads no units anew, which takes longer than all else of a switch."""
    run(["systemctl", "enable", "--no-reload", "--quiet", "--", *units])


def disable(*units: str) -> None:
    """Takes units out of the boot, without reading units anew; one that is not there is fine."""
    run(["systemctl", "disable", "--no-reload", "--quiet", "--", *units], check=False)


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
