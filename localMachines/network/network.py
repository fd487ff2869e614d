"""The bridge that the machines of one stack share with this computer."""

import ipaddress
import json
from pathlib import Path

from ..base import records
from ..base.faults import Fault
from ..base.folders import write_aside
from ..base.locks import locked
from ..base.processes import BOOT_ID
from ..base.progress import Progress
from ..base.specs import NetworkSpec, range_fault, read_range
from ..machine.container import interface_of
from .links import INTERFACES, ask_ip, link_alias, link_exists, link_index, remove_link, run_ip

RECORD = "network.json"


def network_up(spec: NetworkSpec, progress: Progress) -> None:
    """Make the bridge as described; a bridge that is right already is left alone."""
    address_range = read_range(spec.addressRange)
    with locked(spec.folder / "network.lock"):
        _refuse_foreign_bridge(spec)
        _refuse_routed_range(spec, address_range)
        _ensure_bridge(spec, progress)
        _remove_former_bridges(spec, address_range)
        _set_address(spec.bridge, f"{address_range[1]}/{address_range.prefixlen}")
        run_ip("link", "set", spec.bridge, "up")
        _reattach_machines(spec, progress)
        _warn_of_filter(progress)
        _record(spec)
    progress.say(f"{spec.bridge} has {address_range[1]}/{address_range.prefixlen}")


def network_remove(spec: NetworkSpec, progress: Progress) -> None:
    """Remove the bridge and its record; absent, or another owner's by now, is fine."""
    with locked(spec.folder / "network.lock"):
        if link_exists(spec.bridge) and link_alias(spec.bridge) != alias_of(spec.folder):
            progress.say(f"{spec.bridge} belongs to {link_alias(spec.bridge) or 'someone else'}: left alone")
        else:
            remove_link(spec.bridge)
            progress.say(f"{spec.bridge} is gone")
        (spec.folder / RECORD).unlink(missing_ok=True)
        (spec.folder / "network.lock").unlink(missing_ok=True)
    try:
        spec.folder.rmdir()
    except OSError:
        pass  # it holds more than the network


def alias_of(owner: Path) -> str:
    """What marks a bridge as this owner's; the kernel takes 255 bytes."""
    alias = f"portico:{owner}"
    if len(alias.encode()) > 255:
        raise Fault("state folder", owner, "a path of at most 247 bytes", "move the project, or set PORTICO_STATE_DIR")
    return alias


def _is_ours(interface: str, owner: Path) -> bool:
    """True for a bridge of this owner, and for one whose owner's folder is gone: moved, or deleted by hand."""
    alias = link_alias(interface)
    orphaned = alias.startswith("portico:") and not Path(alias.removeprefix("portico:")).exists()
    return alias == alias_of(owner) or orphaned


def _refuse_foreign_bridge(spec: NetworkSpec) -> None:
    if link_exists(spec.bridge) and not _is_ours(spec.bridge, spec.folder):
        holder = link_alias(spec.bridge).removeprefix("portico:") or "another program"
        raise Fault(
            "bridge",
            f"{spec.bridge}, which belongs to {holder}",
            "a name that is free on this computer",
            "destroy the stack that holds it, or give this stack another name",
        )


def _refuse_routed_range(spec: NetworkSpec, address_range: ipaddress.IPv4Network) -> None:
    for device, target in _routes_into(address_range):
        if device != spec.bridge and not _is_ours(device, spec.folder):
            raise range_fault(f"{spec.addressRange}, which is routed to {device} ({target})")


def _routes_into(address_range: ipaddress.IPv4Network) -> list[tuple[str, str]]:
    """Device and target of every route that takes packets for the range, the default route apart."""
    routes = [route for route in ask_ip("-4", "route", "show") if route["dst"] != "default"]
    return [
        (route.get("dev", route.get("type", "another way")), route["dst"])
        for route in routes
        if address_range.overlaps(ipaddress.IPv4Network(route["dst"]))
    ]


def _ensure_bridge(spec: NetworkSpec, progress: Progress) -> None:
    """Make the bridge, or take it over. It gets its name last: one with the name has its owner."""
    if not link_exists(spec.bridge):
        progress.say(f"making the bridge {spec.bridge}")
        aside = f"{spec.bridge[:14]}~"
        remove_link(aside)
        run_ip("link", "add", aside, "type", "bridge")
        run_ip("link", "set", aside, "alias", alias_of(spec.folder))
        run_ip("link", "set", aside, "name", spec.bridge)
    elif link_alias(spec.bridge) != alias_of(spec.folder):
        run_ip("link", "set", spec.bridge, "alias", alias_of(spec.folder))


def _set_address(bridge: str, wanted: str) -> None:
    shown = ask_ip("-4", "address", "show", "dev", bridge)
    held = [f"{entry['local']}/{entry['prefixlen']}" for link in shown for entry in link.get("addr_info", [])]
    for address in held:
        if address != wanted:
            run_ip("address", "delete", address, "dev", bridge)
    if wanted not in held:
        run_ip("address", "add", wanted, "dev", bridge)


def _reattach_machines(spec: NetworkSpec, progress: Progress) -> None:
    """Put the running machines' interfaces onto the bridge: they lose it when it vanishes."""
    for folder in records.machine_folders(spec.folder):
        record = records.load(folder)
        if record is not None and record.is_alive():
            attach(interface_of(record.identifier), spec.bridge, progress)


def attach(interface: str, bridge: str, progress: Progress) -> None:
    """Put a machine's interface onto the bridge, if it is not there already."""
    if link_exists(interface) and not (INTERFACES / bridge / "brif" / interface).exists():
        progress.say(f"attaching {interface} to {bridge} again")
        run_ip("link", "set", interface, "master", bridge)
        run_ip("link", "set", interface, "up")


def _remove_former_bridges(spec: NetworkSpec, address_range: ipaddress.IPv4Network) -> None:
    """Bridges that this stack had under another name, or that hold the range for a stack that is gone."""
    holders = [device for device, _ in _routes_into(address_range)]
    for path in INTERFACES.iterdir():
        former = link_alias(path.name) == alias_of(spec.folder) or path.name in holders
        if path.name != spec.bridge and former and (path / "bridge").exists() and _is_ours(path.name, spec.folder):
            remove_link(path.name)


def _warn_of_filter(progress: Progress) -> None:
    """Say when packets between machines pass through this computer's packet filter."""
    try:
        filtered = Path("/proc/sys/net/bridge/bridge-nf-call-iptables").read_text().strip() == "1"
        tables = Path("/proc/net/ip_tables_names").read_text().split()
    except OSError:
        return
    if filtered and "filter" in tables:
        progress.say(
            "this computer filters bridged packets (net.bridge.bridge-nf-call-iptables=1); should the machines "
            "not reach each other, allow FORWARD on the bridge, with Docker in the chain DOCKER-USER"
        )


def _record(spec: NetworkSpec) -> None:
    text = json.dumps(
        {
            "bridge": spec.bridge,
            "addressRange": spec.addressRange,
            "incarnation": spec.incarnation,
            "index": link_index(spec.bridge),
            "bootId": BOOT_ID.read_text().strip(),
        },
        indent=2,
    )
    write_aside(spec.folder / RECORD, f"{text}\n", 0o644)
