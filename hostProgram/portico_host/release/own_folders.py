"""The folders of ours: which there are, with their owner and mode, and how one that differs is repaired."""

import grp
import os
import pwd
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..base.context import Context
from ..base.contract import PATHS
from ..base.durable import make_parents
from ..bundle.managed_file import names_of
from ..nginx import nginx_unit
from ..state.plan import Plan
from ..units import slots
from . import revisions

ROOT = ("root", "root")
OPEN, CLOSED = 0o755, 0o700
# Around the folders of the application's data: its user, and Nginx on its way to what it serves.
GATE = 0o710
MISSING = "missing"


@dataclass(frozen=True)
class Folder:
    place: Path
    mode: int
    owner: tuple[str, str]

    def deviation(self) -> tuple[str, str] | None:
        """What it is, and what it should be."""
        wanted = f"a folder with mode {self.mode:04o}, owner {':'.join(self.owner)}"
        try:
            facts = self.place.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return MISSING, wanted
        if not stat.S_ISDIR(facts.st_mode):
            return "not a folder", wanted
        pairs = []
        if stat.S_IMODE(facts.st_mode) != self.mode:
            pairs.append((f"mode {stat.S_IMODE(facts.st_mode):04o}", f"mode {self.mode:04o}"))
        if names_of(facts) != ":".join(self.owner):
            pairs.append((f"owner {names_of(facts)}", f"owner {':'.join(self.owner)}"))
        return (", ".join(found for found, _ in pairs), ", ".join(want for _, want in pairs)) if pairs else None


def repair(context: Context, plan: Plan) -> None:
    """Folders that are there get their owner and mode again; one that is missing is made. What is no folder stays."""
    _repair(context, wanted(context, plan))


def make_data(context: Context, plan: Plan) -> None:
    """Folders of the application's data, which its rehearsal needs as well."""
    _repair(context, _data_folders(context, plan))


def _repair(context: Context, folders: Iterable[Folder]) -> None:
    for folder in folders:
        deviation = folder.deviation()
        if deviation is None or deviation[0] == "not a folder":
            continue
        if deviation[0] != MISSING:
            context.step(f"putting {folder.place} right: {deviation[0]} instead of {deviation[1]}")
        make_parents(folder.place)
        folder.place.mkdir(exist_ok=True)
        os.chmod(folder.place, folder.mode)
        os.chown(folder.place, *_numbers(folder.owner))


def wanted(context: Context, plan: Plan) -> list[Folder]:
    paths = context.paths
    found = {paths.state: OPEN, paths.staged: CLOSED, paths.program.parent: OPEN}
    for file in plan.files:
        found |= dict.fromkeys(_own_parents(context, file), OPEN)
    if plan.description.app is not None:
        for place in (paths.releases, paths.environments, paths.revisions, paths.slots, paths.assets, paths.runtime):
            found[place] = OPEN
        found[paths.releases.parent] = OPEN
        for revision in {slots.revision(paths, slot) for slot in slots.SLOTS} - {None}:
            place = revisions.folder(context, str(revision))
            if place.is_dir():
                found |= {place: OPEN, place / "credentials": CLOSED}
    return [
        *(Folder(place, mode, ROOT) for place, mode in sorted(found.items())),
        *_data_folders(context, plan),
        *_nginx_folders(context, plan),
    ]


def _data_folders(context: Context, plan: Plan) -> list[Folder]:
    """Without those that are storage of their own: what is mounted says itself who may do what."""
    app = plan.description.app
    if app is None or not app.data:
        return []
    root, group = context.paths.data, grp.getgrgid(pwd.getpwnam(app.user).pw_gid).gr_name
    folders = [Folder(root, GATE, (app.user, _nginx_account(plan)[1]))]
    folders += [Folder(root / each.name, OPEN if each.served else CLOSED, (app.user, group)) for each in app.data]
    return [folder for folder in folders if not os.path.ismount(folder.place)]


def _own_parents(context: Context, path: str) -> Iterator[Path]:
    """The folders above a managed file that hold nothing but ours."""
    for parent in PurePosixPath(path).parents:
        if str(parent).startswith((PATHS["configuration"], f"{PATHS['units']}/portico-")):
            yield context.paths.live(str(parent))


def _nginx_folders(context: Context, plan: Plan) -> list[Folder]:
    """Those that systemd makes for Nginx when it starts; while it does not run, some of them are gone."""
    text, account = _nginx_text(plan), _nginx_account(plan)
    found = []
    for key, parent in nginx_unit.FOLDERS.items():
        mode = int(nginx_unit.setting(text, f"{key}Mode") or "0755", 8)
        places = [context.paths.live(f"{parent}/{name}") for name in nginx_unit.setting(text, key).split()]
        found += [Folder(place, mode, account) for place in places if place.exists()]
    return found


def _nginx_account(plan: Plan) -> tuple[str, str]:
    text = _nginx_text(plan)
    owner = nginx_unit.setting(text, "User") or "root"
    return owner, nginx_unit.setting(text, "Group") or owner


def _nginx_text(plan: Plan) -> str:
    unit = plan.files.get(f"/etc/systemd/system/{nginx_unit.UNIT}")
    return "" if unit is None else plan.content(unit).decode()


def _numbers(owner: tuple[str, str]) -> tuple[int, int]:
    return pwd.getpwnam(owner[0]).pw_uid, grp.getgrnam(owner[1]).gr_gid
