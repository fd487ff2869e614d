"""The life of one machine: made, booted, healed, changed, removed."""

import hashlib
import os
import signal
from pathlib import Path

from ..base import records
from ..base.faults import Fault
from ..base.folders import remove_tree
from ..base.locks import locked
from ..base.processes import Process, send, wait_gone
from ..base.progress import Progress
from ..base.records import Record
from ..base.specs import MachineSpec
from ..image.image import ensure_image
from ..network.links import link_exists
from ..network.network import attach
from . import adjustment
from .container import choose_cpus, interface_of, remove_leftovers
from .disk import make_root, personalise
from .readiness import wait_ready
from .runners import runner_for

LOCK = "lock"
POWER_OFF_SECONDS = 45
# These decide what is on the disk: another value means another machine.
DISK_SETTINGS = ("suite", "user", "image")


def machine_up(spec: MachineSpec, progress: Progress) -> Record:
    """Bring the machine into the state that `spec` describes, from whatever is there.

    Right and running: left alone. Running with other limits or keys: changed as it
    runs. With other settings, or without an answer: restarted on its disk. Dead: booted
    again from its disk. Half made: made anew.
    """
    choose_cpus(spec)
    with locked(spec.folder / LOCK, lambda: progress.say("waiting for another call")) as lock:
        spec.folder.chmod(0o700)  # programs inside that become root are nothing for this computer's users
        record = records.load(spec.folder)
        if record and record.is_alive():
            if _can_stay(spec, record) and (kept := _keep(spec, record, progress)):
                return kept
            progress.say("powering off")
            _power_off(record.process)
        identifier = record.identifier if record else identifier_of(spec.folder)
        _clear(spec.folder, identifier)
        _prepare_disk(spec, record, lock, progress)
        return _boot(spec, identifier, progress)


def machine_remove(folder: Path, progress: Progress) -> None:
    """Remove the machine whole; gone or half gone is fine. Its disk goes too, so nothing waits for a clean end."""
    if not folder.exists():
        _clear(folder, identifier_of(folder))  # it may still run when only its folder was deleted
        progress.say("is gone already")
        return
    with locked(folder / LOCK, lambda: progress.say("waiting for another call")):
        record = records.load(folder)
        _clear(folder, record.identifier if record else identifier_of(folder))
        for path in folder.iterdir():
            if path.name != LOCK:
                remove_tree(path)
        remove_tree(folder)
    try:
        folder.parent.rmdir()
    except OSError:
        pass  # other machines are in it
    progress.say("removed")


def _can_stay(spec: MachineSpec, record: Record) -> bool:
    return not spec.userData and _changed(spec, record) <= adjustment.SETTINGS or record.settings == spec.settings()


def _changed(spec: MachineSpec, record: Record) -> set[str]:
    wanted = spec.settings()
    return {name for name in {*wanted, *record.settings} if wanted.get(name) != record.settings.get(name)}


def _keep(spec: MachineSpec, record: Record, progress: Progress) -> Record | None:
    """A machine that runs on, with other limits or keys where these are new. None when it does not answer."""
    if changed := _changed(spec, record):
        progress.say(f"changing as it runs: {', '.join(sorted(changed))}")
        adjustment.adjust(spec, changed, record.process, runner_for(record.identifier))
    if changed or record.incarnation != spec.incarnation:
        record = record.kept_as(spec.incarnation, spec.settings())
        records.save(spec.folder, record)
    attach(interface_of(record.identifier), spec.bridge, progress)
    try:
        wait_ready(spec, record.process)
    except Fault as fault:
        progress.say(str(fault))
        return None
    progress.say(f"runs at {spec.address}")
    return record


def _prepare_disk(spec: MachineSpec, record: Record | None, lock: int, progress: Progress) -> None:
    root = spec.folder / "root"
    settings = spec.settings()
    same = record is not None and all(record.settings.get(name) == settings.get(name) for name in DISK_SETTINGS)
    if not (same and root.is_dir()):
        # Without a record the folder may hold the disk of another suite.
        (spec.folder / records.NAME).unlink(missing_ok=True)
        image = ensure_image(spec.suite, progress, "cloud" if spec.userData else spec.image)
        progress.say(f"making its disk from {image.name}")
        make_root(spec.folder, image, spec.user, lock)
    personalise(root, spec)


def _boot(spec: MachineSpec, identifier: str, progress: Progress) -> Record:
    if not link_exists(spec.bridge):
        raise Fault(
            "bridge", f"{spec.bridge}, which is not there", "a bridge made by `bin/machine network-up`", "run it first"
        )
    progress.say("booting")
    process = runner_for(identifier).start(spec, progress)
    record = Record(identifier, spec.incarnation, spec.settings(), process)
    records.save(spec.folder, record)
    try:
        wait_ready(spec, process)
    except Fault:
        _clear(spec.folder, identifier)
        raise
    progress.say(f"runs at {spec.address}")
    return record


def _power_off(process: Process) -> None:
    """Request an orderly power-off, which systemd-nspawn passes on, and wait for it."""
    send(process, signal.SIGTERM)
    wait_gone(process, POWER_OFF_SECONDS)


def _clear(folder: Path, identifier: str) -> None:
    """End what is left of the machine and remove what is left outside its folder."""
    runner_for(identifier).clear()
    remove_leftovers(folder, identifier)


def identifier_of(folder: Path) -> str:
    """A name that is free on this computer and fits into an interface's name."""
    return f"p{hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:10]}"
