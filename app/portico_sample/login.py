"""Sign-in without accounts: a ticket signed by one machine is traded for a token by whichever machine answers.

It shows that all machines hold the same secret, and gives the stricter rate limit of sign-in paths something to guard.
"""

from flask import Blueprint, Response, current_app, jsonify, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import BadRequest, ServiceUnavailable, Unauthorized

from .answers import answer
from .secret import weakness

TICKET_SECONDS = 600
TOKEN_SECONDS = 3600
MAXIMUM_NAME_LENGTH = 64

blueprint = Blueprint("login", __name__)


def ticket_or_none() -> str | None:
    """A ticket for the sign-in form; None when there is no key fit to sign one."""
    return None if weakness(current_app.secret_key) else _signer("ticket").dumps("guest")


@blueprint.get("/ticket")
def ticket() -> Response:
    return jsonify({"ticket": _signer("ticket").dumps("guest"), "expiresInSeconds": TICKET_SECONDS})


@blueprint.post("/login")
def login() -> Response:
    """A token for `name` when `ticket` is genuine and fresh, else 401. Takes a form or JSON."""
    fields = request.get_json(silent=True) if request.is_json else request.form
    fields = fields if hasattr(fields, "get") else {}
    name, given_ticket = str(fields.get("name", "")), str(fields.get("ticket", ""))
    if not _is_name(name):
        raise BadRequest(
            f"name: got {len(name)} characters; allowed: 1 to {MAXIMUM_NAME_LENGTH} printable ones; send a name"
        )
    try:
        _signer("ticket").loads(given_ticket, max_age=TICKET_SECONDS)
    except BadData as fault:
        raise Unauthorized(
            "ticket: got none that is genuine and fresh; allowed: one from /ticket; ask for a new one"
        ) from fault
    token = _signer("token").dumps({"name": name})
    return answer("Signed in", {"name": name, "token": token, "expiresInSeconds": TOKEN_SECONDS})


def _is_name(text: str) -> bool:
    return 0 < len(text) <= MAXIMUM_NAME_LENGTH and text.isprintable() and not text.isspace()


def _signer(purpose: str) -> URLSafeTimedSerializer:
    """A signer of one purpose: its salt keeps a token from passing for a ticket."""
    if fault := weakness(current_app.secret_key):
        raise ServiceUnavailable(f"appSecretKey: {fault}")
    return URLSafeTimedSerializer(current_app.secret_key, salt=f"portico-sample-{purpose}")
