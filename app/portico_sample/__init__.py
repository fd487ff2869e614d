"""Sample application of Portico: pages and endpoints that make each part of the stack visible.

`portico_sample:app` is what Gunicorn serves. Run it on a desk with `flask --app portico_sample.development run`.
"""

from pathlib import Path

from flask import Flask, Response, request

from . import assets, errors, health, login, pages, stream, upload
from .request_facts import release
from .secret import read_secret

APPLICATION_FOLDER = Path(__file__).resolve().parent.parent


def create_app(secret_key: str | None = None) -> Flask:
    """Build the application.

    secret_key: key that signs tickets and tokens. Default: the credential `appSecretKey` that systemd handed over. Without
    either the application starts, answers `/readyz` with 503 and refuses to sign.
    """
    app = Flask(__name__, static_folder=str(APPLICATION_FOLDER / "static"), static_url_path="/static")
    app.request_class = upload.HashingRequest
    app.secret_key = secret_key or read_secret("appSecretKey")
    app.json.sort_keys = False
    app.jinja_env.globals["asset"] = assets.load_assets(APPLICATION_FOLDER / "static")
    app.context_processor(lambda: {"release": release()})
    for part in (pages, stream, upload, health, login):
        app.register_blueprint(part.blueprint)
    errors.register(app)
    app.after_request(_forbid_storing)
    return app


def _forbid_storing(response: Response) -> Response:
    """Every answer describes one moment and one caller; only static files may be kept."""
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


app = create_app()
