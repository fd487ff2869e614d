"""The packet filter: the rules of a state, and those that the kernel has."""

import shlex
import subprocess

from ..base.context import Context
from ..base.contract import NAMES, PATHS
from ..base.errors import HostError
from ..base.paths import Paths
from ..base.processes import run
from ..state.plan import Plan
from .isolation import in_place_of, run_isolated

UNIT = NAMES["firewallUnit"]
EFFECT = "firewall"
FOLDER = PATHS["configuration"]
TABLE = ["nft", "--stateless", "list", "table", "inet", "portico"]


def rules(plan: Plan) -> dict[str, str]:
    """The digests of its files, by path; none where it has no firewall."""
    return {file.path: file.sha256 for file in plan.files.values() if file.effect == EFFECT}


def try_rules(context: Context, plan: Plan) -> subprocess.CompletedProcess[str]:
    """Loads the staged rules into a network that nobody uses, and lists what the kernel has then."""
    live, staged = context.paths.live(FOLDER), Paths(plan.tree).live(FOLDER)
    load = ["nft", "--file", str(context.paths.live(PATHS["firewall"]))]
    script = f"{shlex.join(load)}; {shlex.join(TABLE)}"
    return run_isolated([in_place_of(str(live), str(staged))], ["unshare", "--net", "sh", "-euc", script])


def is_loaded(context: Context, plan: Plan) -> bool:
    """Whether this host has the rules of the state, whoever changed them by hand; False where it cannot be told."""
    wanted = try_rules(context, plan)
    return wanted.returncode == 0 and wanted.stdout == loaded()


def loaded() -> str:
    """What the kernel has in our table; nothing where there is none."""
    try:
        return run(TABLE, check=False).stdout
    except HostError:
        return ""
