"""Runs other programs, always with a time limit, a fixed environment and no terminal."""

import os
import subprocess
from collections.abc import Mapping, Sequence

from .errors import HostError, fault

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
EVIDENCE_LINES = 30


class TimeLimitError(HostError):
    """The program did not end in its time and was ended."""


def run(
    arguments: Sequence[str],
    *,
    seconds: float = 60,
    check: bool = True,
    environment: Mapping[str, str] | None = None,
    ends_with_us: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Runs `arguments` and returns what came back.

    `ends_with_us` lets the kernel end the program when this one is killed, for programs that write
    into a folder which the next call makes anew. `check=False` hands a failure back instead of
    raising it. Raises `TimeLimitError` after `seconds`.
    """
    prefix = ["setpriv", "--pdeathsig", "KILL", "--"] if ends_with_us else []
    try:
        done = subprocess.run(
            [*prefix, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            # Out of the terminal's process group: a dropped SSH session must not end a half-done step.
            start_new_session=True,
            env={"PATH": SEARCH_PATH, "LC_ALL": "C.UTF-8", "HOME": "/root", **(environment or {})},
        )
    except subprocess.TimeoutExpired as expired:
        message = fault(name(arguments), f"no end after {seconds:g} s", "an end in that time", "see the output")
        raise TimeLimitError(message, tail(_text(expired.stdout) + _text(expired.stderr))) from None
    except OSError as error:
        message = fault(name(arguments), error.strerror, "a program that runs", "install the package it belongs to")
        raise HostError(message) from None
    if check and done.returncode != 0:
        message = fault(name(arguments), f"exit code {done.returncode}", "exit code 0", "see its output")
        raise HostError(message, tail(done.stdout + done.stderr))
    return done


def name(arguments: Sequence[str]) -> str:
    """The command as it is shown in messages; arguments never hold a secret."""
    return " ".join([os.path.basename(arguments[0]), *arguments[1:]])[:160]


def tail(output: str) -> list[str]:
    """The last lines of an output, which is where programs say why they failed."""
    return [line for line in output.splitlines() if line.strip()][-EVIDENCE_LINES:]


def _text(output: bytes | str | None) -> str:
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""
