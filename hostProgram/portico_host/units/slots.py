"""The two places in which the application can run, and which of them serves."""

import contextlib
import os
import re
from pathlib import Path

from ..base import contract
from ..base.context import Context
from ..base.durable import link, make_folder, make_parents, remove_file, write_file
from ..base.errors import HostError, fault
from ..base.paths import Paths
from ..base.processes import TimeLimitError
from . import evidence, systemd

SLOTS: tuple[str, str] = tuple(contract.SLOTS["live"])
REHEARSAL: str = contract.SLOTS["rehearsal"]
MIGRATION: str = contract.SLOTS["migration"]
SCHEDULED: str = contract.SLOTS["scheduled"]
MARGIN_SECONDS = 3
SHARED_SOCKET = contract.NAMES["appSocket"]


def service(slot: str) -> str:
    return f"{contract.NAMES['appService']}{slot}.service"


def probe_unit(slot: str) -> str:
    return f"{contract.NAMES['probeSocket']}{slot}.socket"


def units(slot: str) -> tuple[str, str]:
    """Both units of a slot."""
    return service(slot), probe_unit(slot)


def probe_socket(paths: Paths, slot: str) -> Path:
    """The socket on which this slot alone answers."""
    return paths.runtime / f"probe-{slot}.sock"


def other(slot: str | None) -> str:
    """The slot that a new revision goes to."""
    return SLOTS[1] if slot == SLOTS[0] else SLOTS[0]


def live(paths: Paths) -> str | None:
    """The slot that serves: the one that the shared socket names; None before the first activation."""
    try:
        text = choice(paths).read_text()
    except FileNotFoundError:
        return None
    found = re.search(rf"^Service={contract.NAMES['appService']}(\w+)\.service$", text, re.MULTILINE)
    return found[1] if found and found[1] in SLOTS else None


def choose(paths: Paths, slot: str) -> None:
    """Makes `slot` the one that the shared socket starts; the manager has to read its units anew."""
    text = f"# The slot that serves. Written by portico-host at each switch.\n[Socket]\nService={service(slot)}\n"
    path = choice(paths)
    make_parents(path)
    write_file(path, text.encode(), 0o644)


def revision(paths: Paths, slot: str) -> str | None:
    """The revision that a slot is linked to."""
    try:
        return Path(os.readlink(paths.slots / slot)).name
    except FileNotFoundError:
        return None


def assign(paths: Paths, slot: str, revision_id: str) -> None:
    make_folder(paths.slots)
    link(paths.slots / slot, f"../revisions/{revision_id}")


def start(context: Context, slot: str, seconds: float) -> None:
    """Starts a slot with its probe socket and waits until the application is imported.

    Raises `HostError` with state and log of the slot when it is not within `seconds`.
    """
    try:
        # systemd has the same limit and says more about it, so it goes first.
        systemd.start(probe_unit(slot), service(slot), seconds=seconds + MARGIN_SECONDS)
    except TimeLimitError:
        raise _not_started(context, slot, True, seconds) from None
    except HostError:
        # systemd has the same limit, and says by its result that it was met.
        late = systemd.show(service(slot), "Result").get("Result") == "timeout"
        raise _not_started(context, slot, late, seconds) from None


def stop(slot: str, seconds: float) -> None:
    """Stops a slot; requests under way may end first. Raises `HostError` when it is not stopped within `seconds`."""
    try:
        systemd.stop(service(slot), probe_unit(slot), seconds=seconds)
    except TimeLimitError as error:
        remedy = (
            "requests take longer than they may: raise balancer.drainSeconds, or lower gunicorn.gracefulTimeoutSeconds"
        )
        message = fault(f"stop of slot {slot}", "no end of it", f"an end within {seconds:g} s", remedy)
        raise HostError(message, error.evidence) from None


def stop_all(paths: Paths, seconds: float) -> None:
    """Ends both slots and the shared socket, now and at boot."""
    for slot in SLOTS:
        systemd.disable(service(slot))
        stop(slot, seconds)
    systemd.disable(SHARED_SOCKET)
    systemd.stop(SHARED_SOCKET)
    remove_file(choice(paths))
    with contextlib.suppress(OSError):
        choice(paths).parent.rmdir()


def is_idle(slot: str) -> bool:
    return systemd.is_stopped(*units(slot))


def enable_only(slot: str) -> bool:
    """Makes this slot, and no other, the one that starts at boot. For a moment both do, never none.

    Returns whether anything changed: then the manager has to read its units anew.
    """
    at_boot = systemd.boot_states(service(slot), service(other(slot)))
    missing, too_many = at_boot[service(slot)] not in systemd.ENABLED, at_boot[service(other(slot))] in systemd.ENABLED
    if missing:
        systemd.enable(service(slot))
    if too_many:
        systemd.disable(service(other(slot)))
    return missing or too_many


def _not_started(context: Context, slot: str, late: bool, seconds: float) -> HostError:
    got = "no end of it" if late else "a failure"
    remedy = "see its log below" + ("; raise app.startSeconds if its import needs longer" if late else "")
    message = fault(f"start of slot {slot}", got, f"a start within {seconds:g} s", remedy)
    return HostError(message, evidence.of_unit(context, service(slot)))


def choice(paths: Paths) -> Path:
    """The drop-in of the shared socket that names the slot which serves."""
    return paths.units / f"{SHARED_SOCKET}.d" / "50-live-slot.conf"
