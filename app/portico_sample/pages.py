"""The page that shows the stack at work, and the same facts as JSON."""

from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, render_template, request

from .login import ticket_or_none
from .request_facts import facts

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def index() -> Response:
    page = render_template("index.html", facts=facts(), address=request.host, ticket=ticket_or_none())
    return make_response(page)


@blueprint.route("/whoami", methods=["GET", "POST"])
def whoami() -> Response:
    return jsonify(facts())


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """For programs that ask for the old address without reading the page."""
    return redirect(current_app.jinja_env.globals["asset"]("favicon.ico"))
