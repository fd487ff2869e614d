"""The kernel takes the rules of the firewall, before they are those of this host."""

from ..base.context import Context
from ..base.durable import make_folder
from ..base.errors import HostError, fault
from ..base.processes import tail
from ..state.plan import Plan
from ..system import firewall


def check_firewall(context: Context, plan: Plan) -> None:
    """`HostError` when the staged rules cannot be loaded."""
    if not firewall.rules(plan):
        return
    make_folder(context.paths.live(firewall.FOLDER))
    done = firewall.try_rules(context, plan)
    if done.returncode != 0:
        allowed = "rules that nft and the kernel take"
        message = fault("nft --file", f"exit code {done.returncode}", allowed, "mend what it names")
        raise HostError(message, tail(done.stderr))
