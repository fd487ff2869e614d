"""Whom an application host answers: its balancer alone, or for the time of an update that brings that about, anybody.

A host demands the certificate of its balancer (`caller.conf`), and switches before the balancer does. One that cannot
show it yet, or shows one of an authority that the host's new state does not know, is let in until the switch of all is
confirmed (ADR 0027).
"""

from ..base.context import Context
from ..base.contract import PATHS
from ..base.durable import make_folder, remove_file, write_file
from ..base.paths import Paths
from ..state.plan import Plan
from . import certificates
from .front import AUTHORITY

RULE = PATHS["callerRule"]
ANY = PATHS["anyCaller"]


def admit_former(context: Context, plan: Plan) -> bool:
    """Before the files of `plan` are installed: lets anybody in where its rule is new here. Whether it did just now."""
    paths = context.paths
    if RULE not in plan.files or _known(paths, plan) or anybody(paths):
        return False
    context.step("answers without the balancer's certificate until the switch is confirmed")
    make_folder(paths.state)
    write_file(paths.live(ANY), b"")
    return True


def admit_balancer_alone(paths: Paths) -> None:
    remove_file(paths.live(ANY))


def anybody(paths: Paths) -> bool:
    return paths.live(ANY).exists()


def _known(paths: Paths, plan: Plan) -> bool:
    """Whether a rule is in force already, and that of `plan` believes an authority which this one believes, too."""
    now, then = paths.root / AUTHORITY, plan.tree / AUTHORITY
    if not paths.live(RULE).exists() or not now.exists():
        return False
    return not set(certificates.read(now)).isdisjoint(certificates.read(then))
