"""The hosts that a balancer watches; the file is rendered with the others of the balancer."""

import json
from dataclasses import dataclass

from ..base.contract import PATHS
from ..base.errors import UsageError, fault
from ..base.paths import Paths
from ..base.values import NAME, Fields

PLACE = PATHS["balancedHosts"]


@dataclass(frozen=True)
class Host:
    """`server` is what stands after the word `server` in Nginx's list of hosts."""

    name: str
    address: str
    server: str


def load(paths: Paths) -> tuple[Host, ...]:
    """The hosts in the order of Nginx's list; none on a host that balances nothing, or one host only."""
    place = paths.live(PLACE)
    try:
        value = json.loads(place.read_bytes())
    except FileNotFoundError:
        return ()
    except ValueError as error:
        raise UsageError(fault(str(place), str(error), "the JSON file of the balancer", "deploy again")) from None
    hosts = [Fields(f"{place.name}.hosts", each) for each in Fields(place.name, value).items("hosts")]
    return tuple(Host(host.text("name", NAME), host.text("address"), host.text("server")) for host in hosts)
