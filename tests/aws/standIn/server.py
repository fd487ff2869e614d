"""moto's server on a free port of the loopback address, with its calls noted."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from .amendments import amend
from .calls import RestOperation, rest_operations
from .recorder import Recorder
from .turns import Turns

REST_SERVICES = ("s3", "s3control", "route53")


class QuietHandler(MotoRequestHandler):
    """Prints nothing for each request: the recorder tells what went wrong."""

    def log_request(self, *_: Any) -> None:
        """Nothing."""


def start_server(calls: Path) -> BaseWSGIServer:
    """Serve in a thread; the server knows its port."""
    amend()
    application = Recorder(Turns(DomainDispatcherApplication(create_backend_app)), rest_models(), calls)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=QuietHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def rest_models() -> dict[str, list[RestOperation]]:
    """The operations of the services that tell them by method and path, from botocore's models."""
    loader = botocore.session.get_session().get_component("data_loader")
    models = {service: loader.load_service_model(service, "service-2") for service in REST_SERVICES}
    return {service: rest_operations(_described(model["operations"])) for service, model in models.items()}


def _described(operations: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, entry in operations.items():
        # Deprecated ones share the address of the one that is asked for today.
        if not entry.get("deprecated"):
            yield name, entry["http"]["method"], entry["http"]["requestUri"]
