"""The name of what is staged, made of all that goes into it."""

from pathlib import Path

from ..base.context import Context
from ..base.fingerprint import fingerprint
from ..bundle.bundle import Bundle
from ..release import revisions
from ..state.plan import Plan
from .request import StageRequest

KEY_DIGITS = 16


def make_plan(context: Context, bundle: Bundle, request: StageRequest) -> Plan:
    """Names the state after all of its inputs."""
    secret_files = tuple(file for file, _ in request.secret_files)
    files = (*bundle.description.files, *secret_files)
    inputs = ["staged", bundle.digest, request.release, [file.to_json() for file in secret_files], request.secrets]
    key = fingerprint(context.paths, inputs, KEY_DIGITS)
    revision = revisions.identify(context, request.release, files, request.secrets) if request.release else None
    folder: Path = context.paths.staged / key
    return Plan(key, request.release, revision, bundle.description, bundle.json, secret_files, folder, request.author)
