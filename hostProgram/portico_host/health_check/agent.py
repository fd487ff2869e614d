"""The health check itself: one round of checks after the other, and what follows from the answers."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..base.context import Context
from ..base.durable import remove_file
from ..base.errors import HostError, Interrupted, as_host_error
from ..nginx import nginx_reload
from . import balanced_hosts, check_state, http_check, marks, names, servers, unreached
from .check_state import State
from .standing import Choice, Standing, choose

# From the beginning of one round to that of the next, unless a host keeps it waiting.
ROUND_SECONDS = 1
# Between two attempts to have Nginx take a list that it did not take.
RETRY_SECONDS = 10


def run_health_check(context: Context) -> None:
    """Runs until it gets a signal to end, or another version of this program is installed, which the unit then starts."""
    begun_as = _identity()
    agent = Agent(context)
    with contextlib.suppress(Interrupted):
        while _identity() == begun_as:
            began = time.monotonic()
            agent.round()
            time.sleep(max(0, began + ROUND_SECONDS - time.monotonic()))


class Agent:
    """`known` is what the last round found; a start goes on where the one before ended."""

    def __init__(self, context: Context) -> None:
        self.context, self.paths = context, context.paths
        self.known = check_state.load(self.paths)
        self.drained: dict[str, marks.Mark] = {}
        self.retry_at = 0.0
        self.complained = False

    def tidy(self) -> None:
        """Whoever was killed before a reload, this program or a release, left what closes each connection."""
        flag = self.paths.live(nginx_reload.CLOSING)
        if flag.exists() and nginx_reload.turn.take(self.paths.live(servers.FOLDER)):
            remove_file(flag)
            nginx_reload.turn.end()

    def round(self) -> None:
        hosts = balanced_hosts.load(self.paths)
        if not hosts:
            return
        self.tidy()
        results = asyncio.run(http_check.check_all(self.paths, hosts))
        self.drained = self.read_marks()
        standings = self.update_standings(hosts, results)
        choice = choose(standings, self.drained)
        self.report(hosts, standings, choice)
        lost = [
            host
            for host, result in zip(hosts, results, strict=True)
            if self.is_out_now(host, standings) and not result.reached
        ]
        if not choice.open:
            unreached.end_connections(self.paths, lost)
        known = State(standings, tuple(sorted(self.drained)), choice.serving, choice.open, False, self.known.unread)
        shared = self.update_shared(hosts, results)
        self.known = self.apply(hosts, replace(known, asked=check_state.clock(), shared=shared))
        self.known.save(self.paths)

    def read_marks(self) -> dict[str, marks.Mark]:
        """Those of before where the file cannot be read, as that of a newer version: hosts are checked all the same."""
        try:
            found = marks.load(self.paths)
        except HostError as error:
            if not self.complained:
                self.context.step(f"marks of hosts that are out for work stay what they were: {error.message}")
            self.complained = True
            return self.drained
        self.complained = False
        return found

    def update_standings(
        self, hosts: Sequence[balanced_hosts.Host], results: Sequence[http_check.Result]
    ) -> dict[str, Standing]:
        now = check_state.clock()
        before = self.known.standings
        return {
            host.name: before.get(host.name, Standing()).after(each.fine, each.text, now)
            for host, each in zip(hosts, results, strict=True)
        }

    def update_shared(
        self, hosts: Sequence[balanced_hosts.Host], results: Sequence[http_check.Result]
    ) -> tuple[str, ...]:
        """Hosts whose certificate has the shared name alone; of one that shows none now, what was known."""
        return tuple(
            host.name
            for host, each in zip(hosts, results, strict=True)
            if (host.name in self.known.shared if each.names is None else names.own(host.name) not in each.names)
        )

    def is_out_now(self, host: balanced_hosts.Host, standings: dict[str, Standing]) -> bool:
        return self.known.standings.get(host.name, Standing()).good and not standings[host.name].good

    def report(self, hosts: Sequence[balanced_hosts.Host], standings: dict[str, Standing], choice: Choice) -> None:
        """One line for each change, with its reason."""
        serving = f"serving: {', '.join(choice.serving)}"
        for host in hosts:
            was, now = self.known.standings.get(host.name, Standing()), standings[host.name]
            if self.is_out_now(host, standings):
                held = f"; not back before {now.held_until - check_state.clock():.0f} s" if now.relapses else ""
                self.context.step(f"{host.name} ({host.address}) does not answer: {now.answer}{held}; {serving}")
            elif now.good and not was.good:
                self.context.step(f"{host.name} ({host.address}) answers again: {now.answer}; {serving}")
        for name in sorted(set(self.drained) - set(self.known.seen)):
            self.context.step(f"{name} is taken out for work: {self.drained[name].why}; {serving}")
        for name in sorted(set(self.known.seen) - set(self.drained)):
            self.context.step(f"{name} is not out for work any more; {serving}")
        if choice.open and not self.known.open:
            self.context.step(f"no host answers, so all of them get requests; {serving}")

    def apply(self, hosts: tuple[balanced_hosts.Host, ...], known: State) -> State:
        """Has Nginx take list and names. What it does not take, and what a release is just writing, is tried again."""
        text = servers.text(hosts, known.serving, self.drained)
        naming = names.text(hosts, known.shared)
        if not known.unread and servers.current(self.paths) == text and names.current(self.paths) == naming:
            return replace(known, applied=True)
        if check_state.clock() < self.retry_at or not nginx_reload.turn.take(self.paths.live(servers.FOLDER)):
            return known
        try:
            # Before the first byte: after a kill the next run has to reload Nginx.
            replace(known, unread=True).save(self.paths)
            servers.write(self.paths, text)
            names.write(self.paths, naming)
            process = nginx_reload.master(self.paths)
            if process is not None:
                leaving = [name for name in self.known.serving if not known.standings.get(name, Standing()).good]
                refused = set(known.shared) - set(self.known.shared)
                seconds = nginx_reload.HURRY_SECONDS if leaving or refused else nginx_reload.CLOSING_SECONDS
                nginx_reload.reload(self.paths, lambda: os.kill(process, signal.SIGHUP), seconds)
            return replace(known, applied=True, unread=False)
        except (HostError, OSError) as error:
            self.context.step(f"Nginx does not have the new list: {as_host_error(error).message}")
            self.retry_at = check_state.clock() + RETRY_SECONDS
            return replace(known, unread=True)
        finally:
            nginx_reload.turn.end()


def _identity() -> tuple[int, int]:
    """Changes when an activation installs another version."""
    facts = Path(sys.argv[0]).stat()
    return facts.st_ino, facts.st_mtime_ns
