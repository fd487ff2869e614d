"""The commands of bin/machine: arguments in, exit code out."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from .base.faults import Fault
from .base.progress import Progress
from .base.specs import read_machine, read_network
from .image.image import SUITES, ensure_image
from .machine.listing import list_machines
from .machine.machine import machine_remove, machine_up
from .machine.orphans import find_bridges, find_orphans, remove_orphans
from .network.network import network_remove, network_up

CHECKOUT = Path(__file__).resolve().parent.parent

DESCRIPTION = """Real Debian machines on this computer, run by systemd-nspawn. Results go to standard
output, progress to standard error. Exit code: 0 done, 1 failed, 2 wrong use,
130 interrupted."""


def main(words: list[str]) -> int:
    """Run one command; gives the exit code."""
    arguments = _parser().parse_args(words)
    try:
        _require_root_on_linux()
        arguments.run(arguments)
    except Fault as fault:
        print(f"portico: {fault}", file=sys.stderr)
        if fault.evidence:
            print(fault.evidence, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"portico: {error.filename or 'this computer'}: got {error.strerror}; allowed: a place that root can write; "
            "see the folder and its disk",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("portico: stopped; run again to go on", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bin/machine", description=DESCRIPTION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    image = add("image", _image, "make the image of a Debian suite, once, and print its path")
    image.add_argument("--suite", choices=SUITES, required=True)
    image.add_argument(
        "--cloud",
        dest="kind",
        action="store_const",
        const="cloud",
        default="",
        help="the image of machines that set themselves up from user data, by cloud-init",
    )
    add("network-up", _network_up, "make the bridge of a stack; JSON on standard input")
    add("network-remove", _network_remove, "remove the bridge of a stack; the same JSON")
    add("up", _up, "make, boot, heal or change a machine; JSON on standard input, one JSON line as result")
    add("remove", _remove, "remove a machine with its disk; the same JSON")
    for name, run, text in (
        (
            "orphans",
            _orphans,
            "print what the stack of a folder left on this computer, as JSON, whatever became of the folder",
        ),
        ("remove-orphans", _remove_orphans, "remove it: machines with their disks, the bridge, its addresses"),
    ):
        add(name, run, text).add_argument(
            "--owner", type=Path, required=True, help="folder of the stack, as .portico/dev"
        )
    listing = add("list", _list, "show the machines below a folder")
    listing.add_argument(
        "--directory",
        type=Path,
        default=Path(os.environ.get("PORTICO_STATE_DIR", CHECKOUT / ".portico")),
        help="folder of one stack or of all; default: $PORTICO_STATE_DIR, else .portico of this checkout",
    )
    return parser


def _image(arguments: argparse.Namespace) -> None:
    print(ensure_image(arguments.suite, Progress(f"image {arguments.suite}"), arguments.kind))


def _network_up(_: argparse.Namespace) -> None:
    spec = read_network(sys.stdin.read())
    network_up(spec, Progress("network"))
    print(json.dumps({"bridge": spec.bridge, "addressRange": spec.addressRange}))


def _network_remove(_: argparse.Namespace) -> None:
    network_remove(read_network(sys.stdin.read()), Progress("network"))


def _up(_: argparse.Namespace) -> None:
    spec = read_machine(sys.stdin.read())
    record = machine_up(spec, Progress(f"machine {spec.name}"))
    print(json.dumps({"name": spec.name, "address": spec.address, "identity": record.incarnation}))


def _remove(_: argparse.Namespace) -> None:
    spec = read_machine(sys.stdin.read())
    machine_remove(spec.folder, Progress(f"machine {spec.name}"))


def _orphans(arguments: argparse.Namespace) -> None:
    owner = arguments.owner.absolute()
    machines = [{"name": orphan.name, "runs": orphan.process is not None} for orphan in find_orphans(owner)]
    print(json.dumps({"machines": machines, "bridges": find_bridges(owner)}))


def _remove_orphans(arguments: argparse.Namespace) -> None:
    print(json.dumps({"removed": remove_orphans(arguments.owner.absolute(), Progress("orphans"))}))


def _list(arguments: argparse.Namespace) -> None:
    print(list_machines(arguments.directory))


def _require_root_on_linux() -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        user = f"user {getpass.getuser()} on {sys.platform}"
        raise Fault("bin/machine", user, "root on Linux", "run it as root, or choose another portico:target")
