"""`reboot`: this host boots anew; what it has begun ends first."""

import time
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.contract import PORTS
from ..base.errors import HostError, fault
from ..base.processes import run
from ..base.values import Fields
from ..checks import ports
from ..state.history import Transaction
from ..state.lease import Clock
from ..state.plan import Plan
from ..state.record import Record
from ..state.trigger import REBOOT, WHO, Trigger
from ..system import boot
from .return_to_confirmed import find_lease

WEB_PORT = PORTS["web"]
PAUSE_SECONDS = 0.2
# For the answer to reach the one who called.
DELAY_SECONDS = 1


def reboot(context: Context, value: dict[str, Any]) -> dict[str, Any]:
    """`value` holds `who`, and `drained` for a host that gets no new requests: then those it has may end first.

    Returns the id of the boot that ends, once the service manager was told. Raises `HostError` before that on a host without
    a state, where a switch waits for its confirmation, and while packages are installed.
    """
    fields = Fields("input", value)
    who = fields.text("who", WHO)
    with lock.held(context):
        record = Record.load(context.paths)
        if record.current is None:
            raise HostError(fault("reboot", "a host without a state", "one that was deployed to", "run bin/up"))
        if find_lease(context) is not None:
            remedy = "wait for the end of the update"
            raise HostError(fault("reboot", "a switch on trial", "a host whose release was confirmed", remedy))
        plan = Plan.load(context.paths, record.current.key)
        with boot.hold_packages(context.paths):
            if value.get("drained") is True:
                _await_silence(context, plan)
            why = f"rebooted by {who}"
            trigger = Trigger(REBOOT, plan.author.by(who), why)
            context.step("rebooting")
            record.logged(Transaction.ended(context, plan, trigger, "confirmed", why)).save(context.paths)
            run(["systemd-run", "--quiet", f"--on-active={DELAY_SECONDS}", "systemctl", "reboot"])
    return {"boot": Clock.read().boot}


def _await_silence(context: Context, plan: Plan) -> None:
    """Until no connection of the balancer is left, for as long as an old slot may finish its requests."""
    app = plan.description.app
    if app is None:
        return
    context.step("waiting for the end of the requests that it has")
    limit = time.monotonic() + app.drain_seconds
    while time.monotonic() < limit and ports.connected(context.paths.live("/proc/net"), [WEB_PORT]):
        time.sleep(PAUSE_SECONDS)
