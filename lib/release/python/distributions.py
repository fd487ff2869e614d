"""Answers what the standards of Python packaging say of lock files and wheels, by the library that pip brings.

A query on standard input, the answer on standard output, both JSON; lib/release/python/distributions.ts is the
other side. Nothing of a package is executed: a wheel is opened as the zip file that it is.
"""

import json
import sys
import zipfile
from email.parser import HeaderParser
from typing import Any

from pip._vendor.packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
from pip._vendor.packaging.utils import canonicalize_name
from pip._vendor.packaging.version import InvalidVersion, Version

Answer = dict[str, Any]

# Comparisons that the grammar of markers allows and that mean nothing.
UNDEFINED = (UndefinedComparison, UndefinedEnvironmentName)


def read_lines(lines: list[str], environments: list[dict[str, str]], oldest: dict[str, str]) -> list[Answer]:
    """What each line of a lock file locks, in which environments it counts, and whether it is too old."""
    return [read_line(line, environments, oldest) for line in lines]


def read_line(line: str, environments: list[dict[str, str]], oldest: dict[str, str]) -> Answer:
    try:
        locked = Requirement(line)
    except InvalidRequirement as error:
        package, _, marker = line.partition(";")
        return {"fault": "marker", "why": str(error)} if marker and is_locked(package) else {"fault": "form"}
    try:
        counts = [holds(locked.marker, environment, [""]) for environment in environments]
    except UNDEFINED as error:
        return {"fault": "marker", "why": str(error)}
    version = locked_version(locked)
    if version is None:
        # Pipenv locks no version of what its own computer does not need.
        if locked.marker is None or locked.url is not None or any(counts):
            return {"fault": "form"}
        version = ""
    name = canonicalize_name(locked.name)
    too_old = name in oldest and version != "" and Version(version) < Version(oldest[name])
    return {
        "name": name,
        "extras": sorted(locked.extras),
        "version": version,
        "counts": counts,
        **({"tooOld": True} if too_old else {}),
    }


def is_locked(package: str) -> bool:
    try:
        return locked_version(Requirement(package)) is not None
    except InvalidRequirement:
        return False


def locked_version(requirement: Requirement) -> str | None:
    """The one version that it allows."""
    specifiers = list(requirement.specifier)
    if requirement.url is not None or len(specifiers) != 1 or specifiers[0].operator != "==":
        return None
    try:
        Version(specifiers[0].version)
    except InvalidVersion:
        return None
    return specifiers[0].version


def holds(marker: Marker | None, environment: dict[str, str], extras: list[str]) -> bool:
    return marker is None or any(marker.evaluate({**environment, "extra": extra}) for extra in extras)


def applies(marker: Marker | None, environment: dict[str, str], extras: list[str]) -> bool:
    """Users cannot mend the metadata of a wheel: a marker that means nothing requires nothing."""
    try:
        return holds(marker, environment, extras)
    except UNDEFINED:
        return False


def find_missing(wheels: list[Answer], environment: dict[str, str], limits: dict[str, int]) -> list[list[str]]:
    """Packages that wheels need there and that are not among them, each with one that needs it."""
    check_total([wheel["path"] for wheel in wheels], limits)
    by_name = {canonicalize_name(wheel["name"]): wheel for wheel in wheels}
    needed = [(canonicalize_name(wheel["name"]), frozenset(wheel["extras"]), "the lock") for wheel in wheels]
    done = set()
    missing: dict[str, str] = {}
    while needed:
        name, extras, by = needed.pop()
        if name not in by_name:
            missing.setdefault(name, by)
        elif (name, extras) not in done:
            done.add((name, extras))
            wanted = ["", *extras, *map(canonicalize_name, extras)]
            needed += [
                (canonicalize_name(each.name), frozenset(each.extras), name)
                for each in requirements_of(by_name[name]["path"], limits["wheelMetadataBytes"])
                if applies(each.marker, environment, wanted)
            ]
    return [[name, by] for name, by in sorted(missing.items())]


def check_total(paths: list[str], limits: dict[str, int]) -> None:
    """Hosts refuse wheels that unpack to more than this: found out before anything goes there."""
    size = members = 0
    for path in paths:
        try:
            with zipfile.ZipFile(path) as archive:
                size += sum(info.file_size for info in archive.infolist())
                members += len(archive.infolist())
        except (zipfile.BadZipFile, OSError):
            continue
    most_size, most_members = limits["releaseUnpackedBytes"], limits["releaseMembers"]
    if size > most_size or members > most_members:
        raise SystemExit(
            f"wheels: got {size} bytes in {members} files and folders, unpacked; allowed: at most {most_size} bytes "
            f"in {most_members}; leave out what the application does not need"
        )


def requirements_of(wheel: str, limit: int) -> list[Requirement]:
    """What its own metadata requires; nothing where a line, or the file, cannot be read: pip on the host checks it anyway."""
    found = []
    for line in metadata_of(wheel, limit).get_all("Requires-Dist", []):
        try:
            found.append(Requirement(line))
        except InvalidRequirement:
            continue
    return found


def metadata_of(wheel: str, limit: int) -> Any:
    try:
        with zipfile.ZipFile(wheel) as archive:
            own = [name for name in archive.namelist() if name.count("/") == 1 and name.endswith(".dist-info/METADATA")]
            text = read_bounded(archive, own[0], limit) if own else ""
    except (zipfile.BadZipFile, OSError):
        text = ""
    return HeaderParser().parsestr(text)


def read_bounded(archive: zipfile.ZipFile, name: str, limit: int) -> str:
    """A zip file of some kilobytes may hold gigabytes."""
    with archive.open(name) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise SystemExit(
            f"{archive.filename}: got {name} of more than {limit} bytes; allowed: at most that; take the package out of the lock"
        )
    return content.decode(errors="replace")


queries = {"lines": read_lines, "missing": find_missing}


def main() -> None:
    query = json.load(sys.stdin)
    json.dump(queries[query["kind"]](**query["about"]), sys.stdout)  # type: ignore[operator]


if __name__ == "__main__":
    main()
