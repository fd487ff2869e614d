"""Takes a release as a host does, into a folder: its files, and an environment of its wheels.

Usage: installRelease.py HOST_PROGRAM ROOT APPLICATION WHEELS. Prints the host's lock and what is installed, as JSON.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

program, root, application, wheels = sys.argv[1:]
sys.path[:0] = [program, f"{program}/tests"]

from portico_host.base.context import Context
from portico_host.base.paths import Paths
from portico_host.base.report import Report
from portico_host.release.releases import Release
from sandboxes import open_sandbox

LIST = """
import json
from importlib import metadata

print(json.dumps([[found.metadata["Name"], found.version] for found in metadata.distributions()]))
"""

context = Context(Report("test"), Paths(Path(root)))
release = Release(context, re.findall(r"application-(\w+)", application)[-1])
release.unpack(Path(application))
release.build_environment(Path(wheels), open_sandbox(context))
installed = subprocess.run([str(release.python), "-I", "-c", LIST], check=True, capture_output=True, text=True).stdout
lock = (release.folder / "requirements.lock").read_text()
print(json.dumps({"lock": lock, "installed": json.loads(installed)}))
