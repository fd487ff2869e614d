"""Nginx's list of hosts, which the health check writes and the balancer's configuration includes."""

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from ..base.contract import NAMES, PATHS
from ..base.durable import make_folder, read_text, write_changed, write_file
from ..base.paths import Paths
from . import balanced_hosts, check_state, marks, names

FOLDER, _, NAME = PATHS["serverList"].rpartition("/")
# The user of the health check, which is that of Nginx.
USER = "www-data"


def text(hosts: tuple[balanced_hosts.Host, ...], serving: Collection[str], drained: Collection[str]) -> str:
    """The list in which these hosts, at least one, get the requests.

    One that does not answer stays as `backup`: it gets what no other host can be reached for. One that is out for work
    gets nothing at all.
    """

    def role(name: str) -> str:
        if name in serving:
            return ""
        return " down" if name in drained else " backup"

    lines = (f"server {host.server}{role(host.name)};" for host in hosts)
    return "\n".join([f"# Written by {NAMES['healthCheckUnit']}; who is out and why: portico-host status", *lines, ""])


def current(paths: Paths) -> str | None:
    """The list as it is; None before the first one."""
    return read_text(paths.live(FOLDER) / NAME)


def write(paths: Paths, content: str) -> None:
    write_changed(paths.live(FOLDER) / NAME, content)


def refresh(paths: Paths) -> None:
    """Before a release has Nginx read its files: list and names of the hosts of now. Who was out stays out."""
    hosts = balanced_hosts.load(paths)
    if not hosts:
        return
    folder = paths.live(FOLDER)
    make_folder(folder)
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    names.write(paths, names.text(hosts, check_state.load(paths).shared))
    write(paths, text(hosts, check_state.choice(paths, [host.name for host in hosts]).serving, marks.load(paths)))


def stage(tree: Paths, folder: Path) -> bool:
    """Writes list and names for a staged balancer into `folder`; False where the staged files need none."""
    hosts = balanced_hosts.load(tree)
    if hosts:
        make_folder(folder)
        write_file(folder / names.FILE, names.text(hosts, ()).encode())
        write_file(folder / NAME, text(hosts, [host.name for host in hosts], ()).encode())
    return bool(hosts)
