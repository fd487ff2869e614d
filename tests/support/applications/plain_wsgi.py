"""WSGI without a framework."""

import json
import os
from wsgiref.util import application_uri

MEBIBYTE = 1 << 20


def make_app():
    def app(environ, start_response):
        if environ["PATH_INFO"] == "/events":
            start_response("200 OK", [("Content-Type", "text/event-stream")])
            return _ticks()
        if environ["PATH_INFO"] == "/slow":
            start_response("200 OK", [("Content-Type", "application/x-ndjson")])
            return _ticks(count=20)
        if environ["PATH_INFO"] == "/file":
            start_response(
                "200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(os.path.getsize(__file__)))]
            )
            return environ["wsgi.file_wrapper"](open(__file__, "rb"))
        if environ["PATH_INFO"] == "/headers":
            # So many bytes of header fields, in fields of 1 KiB: those that Gunicorn adds come on top.
            fields = int(environ["QUERY_STRING"]) // 1024
            start_response("200 OK", [(f"X-{number:03}", "x" * (1024 - 9)) for number in range(fields)])
            return [b"small"]
        if environ["PATH_INFO"] == "/upload":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [str(sum(len(piece) for piece in iter(lambda: environ["wsgi.input"].read(65536), b""))).encode()]
        if environ["PATH_INFO"] == "/download":
            length = int(environ["QUERY_STRING"]) * MEBIBYTE
            start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(length))])
            return (bytes(MEBIBYTE) for _ in range(length // MEBIBYTE))
        start_response("200 OK", [("Content-Type", "application/json")])
        told = {
            "client": environ["REMOTE_ADDR"],
            "scheme": environ["wsgi.url_scheme"],
            "host": environ["HTTP_HOST"],
            "requestId": environ.get("HTTP_X_REQUEST_ID"),
            "url": application_uri(environ | {"SCRIPT_NAME": "/told"}),
            "server": [environ["SERVER_NAME"], environ["SERVER_PORT"]],
        }
        return [json.dumps(told).encode()]

    return app


def _ticks(count=600):
    import time

    try:
        for number in range(count):
            yield b"data: %d\n\n" % number
            time.sleep(0.1)
        yield b"data: the last\n\n"
    finally:
        print("generator closed", flush=True)
