"""Health: `/healthz` says that the process answers, `/readyz` that it has what its work needs."""

from flask import Blueprint, Response, current_app, jsonify

from .request_facts import release
from .secret import weakness

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def live() -> Response:
    return jsonify({"status": "live", "release": release()})


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when every check passes, else 503. Each check is named with `ok` or with what is wrong."""
    fault = weakness(current_app.secret_key)
    report = {
        "status": "unready" if fault else "ready",
        "release": release(),
        "checks": {"appSecretKey": fault or "ok"},
    }
    return jsonify(report), 503 if fault else 200
