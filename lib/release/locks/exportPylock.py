"""Writes the packages of a pylock.toml (PEP 751) as requirements with hashes, by the library `packaging`, which chooses them.

`exportPylock.py PACKAGES` in the folder of the lock; PACKAGES has the library. A query on standard input: the lock's `name`, `extras`,
`groups`, and `targets` with what markers and wheels see there. One JSON object on standard output: `text`, whose lines count on the target
that they were chosen for, or `fault`. Of the wheels of a package pip takes the same one.
"""

import json
import os.path
import sys
from collections.abc import Iterator
from typing import Any

import tomllib

sys.path.insert(0, sys.argv[1])

from packaging.pylock import PackageWheel, Pylock, PylockSelectError, PylockValidationError
from packaging.tags import Tag, compatible_tags, cpython_tags

REMEDY = "lock it anew, for the Python and the processor of the hosts"


def export(name: str, extras: list[str], groups: list[str], targets: list[dict[str, Any]]) -> dict[str, Any]:
    try:
        with open(name, "rb") as file:
            lock = Pylock.from_dict(tomllib.load(file))
        wanted = {"extras": extras, "dependency_groups": [*(lock.default_groups or ()), *groups] if groups else None}
        lines = [line for target in targets for line in lines_for(lock, target, wanted)]
    except (PylockValidationError, PylockSelectError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {"fault": [str(error), REMEDY]}
    return {"text": "\n".join(lines)}


def lines_for(lock: Pylock, target: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    environment = target["environment"]
    marker = " and ".join(f"{key} == '{environment[key]}'" for key in ("python_version", "platform_machine"))
    for package, source in lock.select(environment=environment, tags=list(tags_of(target)), **wanted):
        if package.directory is not None and os.path.normpath(package.directory.path) == ".":
            # The project itself, which the folder of the application is.
            continue
        if not isinstance(source, PackageWheel):
            kind = type(source).__name__.removeprefix("Package").lower()
            raise PylockSelectError(f"{package.name} as {kind}, where {target['name']} needs a wheel")
        digests = [wheel.hashes["sha256"] for wheel in package.wheels or () if "sha256" in wheel.hashes]
        locked = f"{package.name}=={package.version or source.filename.split('-')[1]} ; {marker}"
        yield " ".join([locked, *(f"--hash=sha256:{digest}" for digest in digests)])


def tags_of(target: dict[str, Any]) -> Iterator[Tag]:
    major, minor = map(int, target["environment"]["python_version"].split("."))
    yield from cpython_tags((major, minor), [f"cp{major}{minor}"], target["platforms"])
    yield from compatible_tags((major, minor), f"cp{major}{minor}", target["platforms"])


json.dump(export(**json.load(sys.stdin)), sys.stdout)
