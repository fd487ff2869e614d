"""Faults that end a command, each with its exit code."""

import errno
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from .contract import EXIT_CODES

OF_THE_HOST = "look at the disk and the memory of the host"
OF_OURS = "a fault of portico-host, which may have met something that another version wrote: report it with this line"


class HostError(Exception):
    """A fault found on this host: exit code 1.

    `evidence` holds the lines that explain it: request, answer, unit state, log.
    """

    exit_code = EXIT_CODES["failed"]

    def __init__(self, message: str, evidence: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.evidence = list(evidence)


class UsageError(HostError):
    """The command line or the standard input is not what the command takes: exit code 2."""

    exit_code = EXIT_CODES["wrongCall"]


class LockBusyError(HostError):
    """Another call works on this host and did not end in time: exit code 3."""

    exit_code = EXIT_CODES["busy"]


class Interrupted(HostError):
    """The caller sent a signal to end: exit code 1, and no verdict on the release, which did nothing wrong."""


def fault(setting: str, got: object, allowed: str, remedy: str) -> str:
    """The one form of an error message."""
    return f"{setting}: got {got}; allowed: {allowed}; {remedy}"


def as_host_error(error: Exception) -> HostError:
    """Any error as one with evidence; one of another kind (a full disk, a fault of ours) shows where it came from."""
    if isinstance(error, HostError):
        return error
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        full = f"no space left{f' for {error.filename}' if error.filename else ''} ({place})"
        return HostError(fault("disk", full, "room for what a release writes", "free some space"))
    remedy = OF_THE_HOST if isinstance(error, (OSError, MemoryError)) else OF_OURS
    return HostError(fault(place, f"{type(error).__name__}: {error}", "no such error", remedy))


@contextmanager
def cleaned_up(clean: Callable[[HostError], None]) -> Iterator[None]:
    """What fails within goes to `clean` first, which may add to its evidence, and then to the caller."""
    try:
        yield
    except Exception as error:
        failure = as_host_error(error)
        clean(failure)
        raise failure from error


def clean_each(failure: HostError, acts: Iterable[Callable[[], None]]) -> None:
    """Does each of them, whatever becomes of the others; what goes wrong is evidence of the failure."""
    for act in acts:
        try:
            act()
        except Exception as second:
            failure.evidence.append(f"after the failure: {as_host_error(second).message}")
