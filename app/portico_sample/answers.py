"""Answers that suit the caller: a page for a browser, JSON for everything else."""

from flask import Response, jsonify, make_response, render_template, request


def prefers_html() -> bool:
    """Whether the caller ranks HTML above JSON. `*/*`, as curl sends it, gets JSON."""
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def answer(title: str, facts: dict[str, object], status: int = 200) -> Response:
    """The facts as JSON, or as a small page under `title`."""
    body = render_template("answer.html", title=title, facts=facts) if prefers_html() else jsonify(facts)
    response = make_response(body, status)
    response.vary.add("Accept")
    return response
