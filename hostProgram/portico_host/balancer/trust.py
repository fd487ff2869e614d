"""`trust`: the balancer starts to trust a new authority, before any host presents a certificate of it."""

from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.durable import write_file
from ..base.errors import HostError
from ..bundle.managed_file import difference
from ..nginx import nginx_reload
from ..nginx.front import AUTHORITY, Front
from ..preflight import nginx_check
from ..state.manifest import Manifest
from .gate import read_site

# Mode, user and group, as it is installed.
OWNER = (0o644, 0, 0)


def trust(context: Context, value: dict[str, Any]) -> dict[str, Any]:
    """`value` is the line that `stage` printed on the balancer.

    Generations of one authority trust each other (ADR 0013); then, and where no balancer runs yet, nothing is done. Where
    the engine's state was lost, the authority is a new one: it is trusted beside the former one until the balancer switches.
    """
    with lock.held(context):
        plan, site = read_site(context, value)
        live, staged = Front.live(context, site.certificate), Front.staged(plan)
        if live is None:
            return {"learned": False}
        known = set(live.certificates()) & set(staged.certificates())
        # A file that nobody installed was written here: Nginx may have reloaded or not, when that call was killed.
        if known and not _differs(context):
            return {"learned": False}
        before = live.authority.read_bytes()
        if not known:
            context.step("the authority is a new one: trusting it beside the one of before")
            content = "\n".join([*live.certificates(), *staged.certificates(), ""])
            write_file(live.authority, content.encode("ascii"), *OWNER)
        try:
            nginx_check.check_live(context)
            nginx_reload.reload_nginx(context.paths)
        except HostError:
            write_file(live.authority, before, *OWNER)
            raise
    return {"learned": True}


def _differs(context: Context) -> bool:
    installed = Manifest.load(context.paths).files.get(f"/{AUTHORITY}")
    return installed is not None and difference(context.paths, installed) is not None
