"""The order of the steps, written down once. A call that is killed before any of them is healed by the next."""

import os
import signal
from collections.abc import Callable, Mapping

ORDER: dict[str, tuple[str, ...]] = {
    "stage": (
        "lock",
        "check-platform",
        "make-user",
        "write-tree",
        "make-data",
        "unpack-release",
        "build-environment",
        "compile-release",
        "complete-release",
        "write-revision",
        "check-units",
        "check-programs",
        "check-time-zone",
        "link-rehearsal",
        "start-rehearsal",
        "probe-rehearsal",
        "check-nginx",
        "check-sshd",
        "check-firewall",
        "watch-rehearsal",
        "stop-rehearsal",
        "complete-stage",
    ),
    "migrate": ("lock", "await-leftover", "install-units", "run", "record", "remove-units"),
    # Also how `confirm`, `revert`, `expire` and `rollback` bring about what serves.
    "activate": (
        "lock",
        "heal",
        "arm-lease",
        "mark-pending",
        "admit-former",
        "install-files",
        "remove-files",
        "apply-system",
        "apply-units",
        "refresh-nginx",
        "publish-assets",
        "link-slot",
        "open-socket",
        "start-slot",
        "probe-slot",
        "start-processes",
        "hand-over-processes",
        "switch-live",
        "enable-live",
        "stop-old",
        "stop-processes",
        "start-services",
        "verify-health",
        "admit-balancer",
        "settle",
        "record",
        "end-lease",
        "install-program",
        "prune",
    ),
    # What follows when a step of `activate` up to `verify-health` fails.
    "undo": (
        "stop-new-processes",
        "restore-files",
        "start-old",
        "start-old-processes",
        "switch-back",
        "stop-new",
        "restore-nginx",
        "verify-old",
        "settle-old",
        "record-bad",
        "restore-lease",
    ),
    # Of a host that still serves what it is to keep; one that went back is activated first.
    "confirm": ("lock", "bring-back", "start-processes", "admit-balancer", "keep", "end-lease"),
}

KILL_VARIABLE = "PORTICO_KILL_AT"


def perform(command: str, actions: Mapping[str, Callable[[], None]]) -> None:
    """Does the steps of `command` in their order; `lock` is for whoever calls."""
    for step in ORDER[command]:
        if step != "lock":
            reach(command, step)
            actions[step]()


def reach(command: str, step: str) -> None:
    """Called right before a step. Tests name one in PORTICO_KILL_AT (`activate:start-slot`) to die there."""
    if os.environ.get(KILL_VARIABLE) == f"{command}:{step}":
        os.kill(os.getpid(), signal.SIGKILL)


def listing() -> str:
    """All steps, one a line, in the form that PORTICO_KILL_AT takes."""
    return "\n".join(f"{command}:{step}" for command, names in ORDER.items() for step in names)
