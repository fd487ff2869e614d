"""Flask."""

from flask import Flask, redirect, request, url_for

app = Flask(__name__)


@app.route("/told", methods=["GET", "POST"])
def told():
    return {
        "client": request.remote_addr,
        "scheme": request.scheme,
        "host": request.host,
        "requestId": request.headers["X-Request-ID"],
        "url": url_for("told", _external=True),
        "secure": request.is_secure,
    }


@app.get("/old")
def old():
    return redirect(url_for("told", _external=True))
