"""What an installer would write down of a project, as its pyproject.toml says it: no build of the project runs for that.

The text of the file on standard input; one JSON object on standard output (install.ts). A version that only a build would know is `0+dynamic`.
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import tomllib
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
from pip._vendor.packaging.utils import canonicalize_name
from pip._vendor.packaging.version import InvalidVersion, Version

UNKNOWN_VERSION = "0+dynamic"
SCRIPTS = "console_scripts"
# As they may stand in entry_points.txt and in the name of a file.
SAFE_NAME = re.compile(r"\w[\w.+-]*( \w[\w.+-]*)*")
OBJECT = re.compile(
    r"(?P<module>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*)(\s*:\s*(?P<name>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*))?(\s*\[.*\])?"
)


class Unusable(Exception):
    """What is wrong with the file."""


def describe_project(text: str) -> dict[str, Any]:
    """`folder` and `files` of its metadata, and `scripts` by their names; `fault` where the file means nothing, {} where it names no project."""
    try:
        project = _project_of(tomllib.loads(text))
        return {} if project is None else _describe(project)
    except (Unusable, tomllib.TOMLDecodeError, InvalidVersion) as error:
        return {"fault": str(error)}
    except (TypeError, AttributeError):
        return {"fault": "a value of another type than its key has"}


def _project_of(tables: dict[str, Any]) -> dict[str, Any] | None:
    """The table `project`, or what Poetry had before there was one."""
    if "project" in tables:
        return dict(tables["project"])
    old = tables.get("tool", {}).get("poetry", {})
    if "name" not in old:
        return None
    scripts = {name: target for name, target in old.get("scripts", {}).items() if isinstance(target, str)}
    return {
        **{key: old[key] for key in ("name", "version", "description") if key in old},
        "scripts": scripts,
        "entry-points": old.get("plugins", {}),
    }


def _describe(project: dict[str, Any]) -> dict[str, Any]:
    name = str(project.get("name", ""))
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", name):
        raise Unusable(f"the name {name!r}")
    version = str(Version(project.get("version", UNKNOWN_VERSION)))
    groups = {SCRIPTS: project.get("scripts", {}), **project.get("entry-points", {})}
    entry_points = "".join(_group_lines(group, entries) for group, entries in groups.items() if entries)
    files = {"METADATA": "\n".join([*_metadata(name, version, project), ""]), "INSTALLER": "portico\n"}
    if entry_points:
        files["entry_points.txt"] = entry_points
    scripts = {entry: _script(target) for entry, target in groups[SCRIPTS].items()}
    return {
        "folder": f"{canonicalize_name(name).replace('-', '_')}-{version}.dist-info",
        "files": files,
        "scripts": scripts,
    }


def _metadata(name: str, version: str, project: dict[str, Any]) -> Iterator[str]:
    yield from ("Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}")
    for key, field in (("description", "Summary"), ("requires-python", "Requires-Python")):
        if key in project:
            yield f"{field}: {' '.join(str(project[key]).split())}"
    for line in project.get("dependencies", []):
        yield f"Requires-Dist: {_requirement(line)}"
    for extra, lines in project.get("optional-dependencies", {}).items():
        yield f"Provides-Extra: {canonicalize_name(extra)}"
        for line in lines:
            yield f"Requires-Dist: {_of_extra(_requirement(line), canonicalize_name(extra))}"


def _requirement(line: str) -> Requirement:
    try:
        return Requirement(line)
    except InvalidRequirement:
        raise Unusable(f"the dependency {line!r}") from None


def _of_extra(requirement: Requirement, extra: str) -> str:
    own, requirement.marker = requirement.marker, None
    marker = f'extra == "{extra}"' if own is None else f'({own}) and extra == "{extra}"'
    return f"{requirement} ; {marker}"


def _group_lines(group: str, entries: dict[str, str]) -> str:
    for name, target in entries.items():
        if not SAFE_NAME.fullmatch(name) or not SAFE_NAME.fullmatch(group) or not OBJECT.fullmatch(target):
            raise Unusable(f"the entry point {name} = {target!r} of {group}")
    return "".join([f"[{group}]\n", *(f"{name} = {target}\n" for name, target in entries.items()), "\n"])


def _script(target: str) -> str:
    """As an installer writes it, for whichever interpreter is first on PATH: that of the release."""
    found = OBJECT.fullmatch(target)
    if found is None or found["name"] is None:
        raise Unusable(f"the script {target!r}, which names no function")
    first = found["name"].split(".")[0]
    return (
        f"#!/usr/bin/env python\nimport sys\n\nfrom {found['module']} import {first}\n\nsys.exit({found['name']}())\n"
    )


if __name__ == "__main__":
    json.dump(describe_project(sys.stdin.read()), sys.stdout)
