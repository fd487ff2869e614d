"""Three pages as WSGI and ASGI applications: one that is quick, one that waits 50 ms as for a database, one that takes a second."""

import asyncio
import time

SECONDS = {"/quick": 0, "/wait": 0.05, "/slow": 1}
BODY = b"<!doctype html><p>A page.</p>" * 40
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))]


def wsgi(environ, start_response):
    time.sleep(SECONDS[environ["PATH_INFO"]])
    start_response("200 OK", HEADERS)
    return [BODY]


async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        raise NotImplementedError
    await asyncio.sleep(SECONDS[scope["path"]])
    headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})
