"""Errors in one form: a page for a browser, JSON for everything else."""

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from .answers import prefers_html


def register(app: Flask) -> None:
    """Answer every HTTP error, and every exception that nothing else handles, in that form."""
    app.register_error_handler(HTTPException, _answer_error)


def _answer_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()
    facts = {
        "status": error.code,
        "error": error.name,
        # The text of an unexpected exception may hold anything, so it stays in the log.
        "message": "The application failed; its log says why."
        if isinstance(error, InternalServerError)
        else error.description,
        "requestId": request.headers.get("X-Request-ID"),
    }
    body = render_template("error.html", **facts) if prefers_html() else jsonify(facts)
    response = make_response(body, error.code)
    response.vary.add("Accept")
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response
