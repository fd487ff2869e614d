"""Writes the packages of a poetry.lock as requirements with hashes, by Poetry and its plugin for that.

`exportPoetry.py PACKAGES EXTRAS GROUPS`, names separated by commas, in a folder with pyproject.toml and poetry.lock; PACKAGES has
Poetry. One JSON object on standard output: `text`, or `fault`. Not by Poetry's command, which installs and runs the plugins that
a pyproject.toml asks for.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])

from cleo.io.buffered_io import BufferedIO
from packaging.utils import canonicalize_name
from poetry.core.packages.dependency_group import MAIN_GROUP
from poetry.factory import Factory
from poetry_plugin_export.exporter import Exporter


def export(extras: list[str], groups: list[str]) -> dict[str, object]:
    poetry = Factory().create_poetry(Path.cwd(), disable_plugins=True)
    if not poetry.locker.is_fresh():
        return {"fault": ["older than what pyproject.toml asks for", "run `poetry lock`"]}
    wanted = {canonicalize_name(extra) for extra in extras}
    known_groups = poetry.package.dependency_group_names(include_optional=True)
    unknown = [*sorted(wanted - set(poetry.package.extras)), *sorted({*map(canonicalize_name, groups)} - known_groups)]
    if unknown:
        return {"fault": [f"no extra or group {', '.join(unknown)}", "mend app.extras and app.groups"]}
    written = BufferedIO()
    exporter = Exporter(poetry, written)
    exporter.only_groups([MAIN_GROUP, *map(canonicalize_name, groups)])
    exporter.with_extras(wanted)
    exporter.with_urls(False)
    exporter.export(Exporter.FORMAT_REQUIREMENTS_TXT, Path.cwd(), written)
    return {"text": written.fetch_output(), "notes": written.fetch_error()}


names = [[name for name in words.split(",") if name] for words in sys.argv[2:4]]
json.dump(export(*names), sys.stdout)
