"""The system below: packages, versions, kernel settings, what sshd makes of its files, room on the disk."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from ..base.context import Context
from ..base.contract import PATHS
from ..base.processes import run
from ..bundle.managed_file import difference
from ..state.plan import Plan
from ..system import boot, facts, firewall, kernel_settings
from ..units import systemd
from .difference import Difference

SSHD_LINE = re.compile(r"^([A-Za-z]+)\s+(.+?)\s*$", re.MULTILINE)


def find(context: Context, plan: Plan) -> Iterator[Difference]:
    yield from _packages(plan)
    yield from _platform(plan)
    for key, found, wanted in kernel_settings.deviations(context, plan):
        yield Difference(f"kernel setting {key}", found, wanted)
    yield from _sshd(context, plan)
    yield from _firewall(context, plan)
    yield from clock_differences()
    asking = boot.asked_by(context.paths)
    if asking is not None:
        yield Difference("reboot", f"asked for by {asking}", "none that waits", "nobody", "bin/reboot")
    room = facts.missing_room(context)
    if room is not None:
        wanted_room = f"{facts.FREE_BYTES >> 20} MB or more"
        yield Difference("disk", room, wanted_room, "nobody", "free some space; a release needs it")


def _packages(plan: Plan) -> Iterator[Difference]:
    for name in facts.missing_packages(plan.description.packages):
        yield Difference(f"package {name}", "not installed", "installed", "stage")


def _platform(plan: Plan) -> Iterator[Difference]:
    """Another version may read the files in another way; they have to be rendered for it."""
    found = facts.read_facts()
    advice = (
        "bin/up renders the files for what it finds on a host that you gave it; of a machine of the stack, make it anew"
    )
    for key, wanted in sorted(plan.description.platform.items()):
        if found.get(key) != str(wanted):
            yield Difference(f"version of {key}", found.get(key, "unknown"), str(wanted), "nobody", advice)


def _is_in_force(found: str, wanted: str) -> bool:
    """A list after a minus names what sshd is not to offer, and sshd tells what it offers."""
    if not wanted.startswith("-"):
        return found == wanted
    return not any(fnmatchcase(name, pattern) for name in found.split(",") for pattern in wanted[1:].split(","))


def _firewall(context: Context, plan: Plan) -> Iterator[Difference]:
    """A unit that does not run is told with the others."""
    if firewall.rules(plan) and systemd.is_active(firewall.UNIT) and not firewall.is_loaded(context, plan):
        wanted = f"those of {PATHS['firewall']}"
        yield Difference("rules of the firewall", "others than were deployed", wanted)


def clock_differences() -> Iterator[Difference]:
    """A container has the clock of its computer, and no say in it."""
    if run(["systemd-detect-virt", "--quiet", "--container"], check=False).returncode == 0:
        return
    done = run(["timedatectl", "show", "--property=NTPSynchronized", "--value"], check=False)
    if done.stdout.strip() == "no":
        advice = "install systemd-timesyncd or chrony, let it reach its servers (UDP 123), timedatectl set-ntp true"
        yield Difference("clock", "follows no source of time", "set by NTP", "nobody", advice)


def _sshd(context: Context, plan: Plan) -> Iterator[Difference]:
    """Files of others that sshd reads before ours have the last word."""
    ours = [file for file in plan.files.values() if file.effect == "sshd" and not difference(context.paths, file)]
    texts = [(file.path, plan.content(file).decode()) for file in ours]
    if not texts:
        return
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    effective = dict(re.findall(r"^(\S+) (.*)$", run(["sshd", "-T"], check=False).stdout, re.MULTILINE))
    for path, text in texts:
        for key, wanted in SSHD_LINE.findall(text):
            found = effective.get(key.lower())
            if found is not None and not _is_in_force(found.lower(), wanted.lower()):
                advice = (
                    f"see which file in /etc/ssh/sshd_config.d sorts before {Path(path).name}: grep -ri {key} /etc/ssh"
                )
                yield Difference(f"sshd {key}", found, wanted, "nobody", advice)
