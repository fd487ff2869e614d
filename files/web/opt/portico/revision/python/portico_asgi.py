"""What an ASGI application finds in `scope` about a request.

Nobody but Nginx and root can open Gunicorn's sockets, and Nginx writes the X-Forwarded headers itself. Gunicorn's asgi
worker reads none of them: over a Unix socket the scheme is http, the client unknown, and the server two letters of a path.
"""

from portico_streams import Answer, Drain, WebSocket

# A request without the header is of root on this machine, through the probe socket.
LOCAL_ADDRESS = "127.0.0.1"


def adapted(application, worker):
    """The application, which gets `client`, `scheme` and `server` of each request, and the end of its worker in time."""
    drain = Drain(worker)

    async def answer(scope, receive, send):
        if scope["type"] == "websocket":
            fill_scope(scope, secure="wss", plain="ws")
            await WebSocket(drain, receive, send).serve(application, scope)
        elif scope["type"] == "http":
            fill_scope(scope, secure="https", plain="http")
            await Answer(drain, send).serve(application, scope, receive)
        else:
            await application(scope, receive, send)

    return answer


def fill_scope(scope, secure, plain):
    """Puts what Nginx sends about a request where applications read it. The client's port is not known: 0."""
    headers = dict(scope["headers"])
    is_secure = headers.get(b"x-forwarded-proto") == b"https"
    scope["scheme"] = secure if is_secure else plain
    scope["client"] = (headers.get(b"x-forwarded-for", LOCAL_ADDRESS.encode()).decode("latin-1"), 0)
    scope["server"] = (headers.get(b"host", b"").decode("latin-1"), 443 if is_secure else 80)
