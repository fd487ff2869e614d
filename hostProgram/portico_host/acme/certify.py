"""`certify`: the certificate of the site is ordered, shown and renewed; the timer calls it."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from typing import Any

from ..base import lock
from ..base.context import Context
from ..base.durable import make_folder
from ..base.errors import HostError, Interrupted, LockBusyError, cleaned_up, fault
from . import issued
from .attempts import Attempts
from .issue import issue
from .issued import FOLDER, Issued
from .judge import judge
from .order import Order
from .show import is_shown, show


def certify(context: Context, value: dict[str, Any]) -> dict[str, Any]:
    """With `now` in `value` an order that failed is made again before its time."""
    order = Order.load(context.paths)
    if order is None:
        context.step("the certificate of the site comes from elsewhere")
        return {"names": [], "ordered": False, "waits": 0}

    def present(found: Issued) -> None:
        if not is_shown(context, found):
            with lock.held(context):
                show(context, order, found)

    with _alone(context):
        kept, attempts = issued.load(context.paths, order), Attempts.load(context.paths, order)
        waits = 0 if value.get("now") is True else max(0, round(attempts.not_before - time.time()))
        due = kept is None or kept.is_due(time.time())
        ordered = due and waits == 0
        with cleaned_up(lambda failure: _note(context, attempts, failure)):
            if ordered:
                present(_order(context, order))
            elif kept is not None:
                present(kept)
        if ordered or not due:
            Attempts.forget(context.paths)
        return {"names": list(order.names), "ordered": ordered, "waits": waits if due else 0}


def _order(context: Context, order: Order) -> Issued:
    """It is kept before it is shown: whatever becomes of that, it is not ordered again."""
    new = issue(context, order)
    judge(new, order)
    issued.keep(context.paths, order, new)
    return new


def _note(context: Context, attempts: Attempts, failure: HostError) -> None:
    """Whatever it is: an order that is made again at once meets the limits of the authority."""
    if not isinstance(failure, (Interrupted, LockBusyError)):
        attempts.failed(context.paths, context.report.redactor.clean(failure.message), time.time())


@contextlib.contextmanager
def _alone(context: Context) -> Iterator[None]:
    """One order at a time; a release need not wait for it."""
    folder = context.paths.state / FOLDER
    make_folder(folder, 0o700)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = fault("certify", "another order under way", "one at a time", "wait for its end")
        raise LockBusyError(message) from None
