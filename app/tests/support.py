"""An application with a fit key, and a client for it."""

from flask.testing import FlaskClient
from portico_sample import create_app

FIT_KEY = "a-key-for-tests-with-0123456789-enough-characters"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def client(secret_key: str | None = FIT_KEY) -> FlaskClient:
    return create_app(secret_key).test_client()
