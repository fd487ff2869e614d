"""Refuses what waited too long for a worker: those that came after it would wait as long.

Nginx says when it passed a request on, X-Request-Start: t=SECONDS. What has no such time, as a health check, is never late.
"""

import time

TEXT = b"The site is busy. Try again in a moment.\n"
HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": str(len(TEXT)),
    "Retry-After": "2",
    "Cache-Control": "no-store",
    "X-Late": "yes",
}


def spared_wsgi(application, seconds):
    """The WSGI application, which does not meet requests that waited for longer than `seconds`."""

    def answer(environ, start_response):
        if not is_late(environ.get("HTTP_X_REQUEST_START", ""), seconds):
            return application(environ, start_response)
        start_response("503 Service Unavailable", list(HEADERS.items()))
        return [TEXT]

    return answer


def spared_asgi(application, seconds):
    """The same for ASGI. Web sockets are let in: their handshake cannot say when to come again."""

    async def answer(scope, receive, send):
        headers = dict(scope.get("headers", ()))
        if scope["type"] != "http" or not is_late(headers.get(b"x-request-start", b"").decode("latin-1"), seconds):
            return await application(scope, receive, send)
        pairs = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
        await send({"type": "http.response.start", "status": 503, "headers": pairs})
        await send({"type": "http.response.body", "body": TEXT})

    return answer


def is_late(start, seconds):
    try:
        return time.time() - float(start.removeprefix("t=")) > seconds
    except ValueError:
        return False
