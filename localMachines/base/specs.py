"""The requested machine or network: the JSON on standard input, checked."""

import ipaddress
import json
import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from .faults import Fault

NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
INTERFACE = re.compile(r"[a-zA-Z][a-zA-Z0-9_.-]{0,14}")
# Kinds of images that a machine may name; one with `userData` has that of a cloud.
IMAGES = ("", "database")
ACCESS = ("user", "authorizedKey", "hostPrivateKey", "hostPublicKey")


@dataclass(frozen=True)
class MachineSpec:
    """One machine. `cpus` and `memoryMegabytes` are limits, `incarnation` names this life of it.

    A machine gets its login user and its keys with its disk, or brings them by
    itself at its first boot, as one in a cloud does: by `userData`. `image` is
    the kind of image that its disk is made from, "" for the usual one.
    """

    name: str
    directory: str
    suite: str
    address: str
    prefixLength: int
    gateway: str
    bridge: str
    cpus: int
    memoryMegabytes: int
    incarnation: str
    user: str = ""
    authorizedKey: str = ""
    hostPrivateKey: str = field(default="", repr=False)
    hostPublicKey: str = ""
    userData: str = field(default="", repr=False)
    sizeSetting: str = "portico:local.web"
    image: str = ""

    @property
    def folder(self) -> Path:
        """The machine's own folder; a relative one starts at the current folder."""
        return Path(self.directory).absolute()

    def settings(self) -> dict[str, Any]:
        """All that shapes the machine and is no secret; a change of any is acted on."""
        hidden = ("directory", "hostPrivateKey", "incarnation", "sizeSetting", "userData")
        found = {name: value for name, value in vars(self).items() if name not in hidden}
        # The usual one is what records of before say, without a word.
        return found if self.image else {name: value for name, value in found.items() if name != "image"}


@dataclass(frozen=True)
class NetworkSpec:
    """The bridge of one stack. `owner` is the state folder of the stack."""

    bridge: str
    addressRange: str
    owner: str
    incarnation: str = ""

    @property
    def folder(self) -> Path:
        """The state folder; a relative one starts at the current folder."""
        return Path(self.owner).absolute()


def read_machine(text: str) -> MachineSpec:
    """The machine that the JSON text describes; raises a Fault that names the field."""
    spec = _read(MachineSpec, text)
    _demand(NAME.fullmatch(spec.name), "name", spec.name, "lower-case letters, digits and hyphens, 31 at most")
    _demand(
        INTERFACE.fullmatch(spec.bridge), "bridge", spec.bridge, "the name of a network interface, 15 letters at most"
    )
    _demand(spec.cpus >= 1, f"{spec.sizeSetting}.cpus", spec.cpus, "a whole number from 1")
    _demand(
        spec.memoryMegabytes >= 64,
        f"{spec.sizeSetting}.memoryMegabytes",
        spec.memoryMegabytes,
        "a whole number from 64",
    )
    _demand(spec.image in IMAGES, "image", spec.image, ", ".join(repr(kind) for kind in IMAGES))
    for name in ("address", "gateway"):
        _demand(_is_address(getattr(spec, name)), name, getattr(spec, name), "an IPv4 address")
    if spec.userData:
        for name in ACCESS:
            _demand(not getattr(spec, name), name, "a value beside userData", "nothing: the user data brings it")
    else:
        _check_access(spec)
    return spec


def _check_access(spec: MachineSpec) -> None:
    for name in ACCESS:
        _demand(getattr(spec, name), name, "nothing", "a value of type str")
    _demand(NAME.fullmatch(spec.user), "user", spec.user, "lower-case letters, digits and hyphens, 31 at most")
    for name in ("authorizedKey", "hostPublicKey"):
        words = getattr(spec, name).split()
        _demand(
            "\n" not in getattr(spec, name).strip() and len(words) > 1, name, "something else", "one OpenSSH public key"
        )
    _demand("PRIVATE KEY-----" in spec.hostPrivateKey, "hostPrivateKey", "something else", "an OpenSSH private key")


def read_network(text: str) -> NetworkSpec:
    """The network that the JSON text describes; raises a Fault that names the field."""
    spec = _read(NetworkSpec, text)
    _demand(
        INTERFACE.fullmatch(spec.bridge), "bridge", spec.bridge, "the name of a network interface, 15 letters at most"
    )
    read_range(spec.addressRange)
    return spec


def read_range(text: str) -> ipaddress.IPv4Network:
    """A private range in which all machines of a stack find room; raises a Fault otherwise."""
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError:
        network = None
    private = [ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
    if network is None or not 16 <= network.prefixlen <= 28 or not any(map(network.subnet_of, private)):
        raise range_fault(text)
    return network


def range_fault(got: str) -> Fault:
    """The fault of an address range that cannot be used."""
    return Fault(
        "portico:local.addressRange",
        got,
        "a private IPv4 range from /16 to /28 that this computer does not route elsewhere",
        "choose another, as in `pulumi config set --path portico:local.addressRange 10.231.8.0/24`",
    )


Spec = TypeVar("Spec", MachineSpec, NetworkSpec)


def _read(kind: type[Spec], text: str) -> Spec:
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Fault("standard input", "something else", "one JSON object", "see `bin/machine --help`")
    known = {entry.name: entry for entry in fields(kind)}
    for name in given:
        _demand(name in known, name, "an unknown field", ", ".join(known))
    for name, entry in known.items():
        optional, wanted = (
            isinstance(entry.default, str),
            f"a value of type {getattr(entry.type, '__name__', entry.type)}",
        )
        _demand(optional or name in given, name, "nothing", wanted)
        value = given.get(name, entry.default)
        _demand(type(value) is entry.type, name, f"a value of type {type(value).__name__}", wanted)
    return kind(**given)


def _demand(holds: object, subject: str, got: object, allowed: str) -> None:
    if not holds:
        raise Fault(subject, got, allowed, "correct it and run again")


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True
