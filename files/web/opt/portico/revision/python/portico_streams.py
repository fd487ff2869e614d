"""How the web sockets and event streams of an ASGI application end when their worker is to stop."""

import asyncio

# Close code of a server that restarts: clients may reconnect at once (RFC 6455, registry of IANA).
SERVICE_RESTART = 1012

# Of a connection that was closed without a code.
NO_STATUS = 1005

WATCH_SECONDS = 0.2


class StreamEnded(OSError):
    """What `send` raises after the end, as the ASGI specification demands."""


class Drain:
    """Ends what is open as soon as the worker is to stop: Gunicorn itself waits in silence, then cuts."""

    def __init__(self, worker):
        self._worker = worker
        self._open = set()
        self._watch = worker.loop.create_task(self._end_in_time())

    def add(self, connection):
        self._open.add(connection)

    def discard(self, connection):
        self._open.discard(connection)

    async def _end_in_time(self):
        # Neither a hook nor a signal comes for every reason to stop; this attribute changes for all of them.
        while self._worker.alive:
            await asyncio.sleep(WATCH_SECONDS)
        while True:
            for connection in tuple(self._open):
                self.discard(connection)
                connection.end()
            await asyncio.sleep(WATCH_SECONDS)


class Answer:
    """An answer of a request. One of type text/event-stream without a length can be ended after any event."""

    def __init__(self, drain, send):
        self._drain = drain
        self._send = send
        self._ended = None

    async def serve(self, application, scope, receive):
        try:
            await application(scope, receive, self._forward)
        finally:
            self._drain.discard(self)
            if self._ended:
                await self._ended

    async def _forward(self, message):
        if self._ended:
            raise StreamEnded("the worker stops")
        # Nginx before 1.29 takes an early hint (103) for the answer, and the balancer waits for an end that never comes.
        if message["type"] == "http.response.informational":
            return
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._drain.discard(self)
        await self._send(message)
        if message["type"] == "http.response.start" and is_event_stream(message.get("headers", ())):
            self._drain.add(self)

    def end(self):
        """Nginx then closes the connection, which Gunicorn passes on to the application as for any client."""
        self._ended = asyncio.ensure_future(self._send({"type": "http.response.body", "body": b"", "more_body": False}))


def is_event_stream(headers):
    values = {bytes(name).lower(): bytes(value).lower() for name, value in headers}
    return values.get(b"content-type", b"").startswith(b"text/event-stream") and b"content-length" not in values


class WebSocket:
    """A web socket, which gets a close frame and whose application gets a disconnect message."""

    def __init__(self, drain, receive, send):
        self._drain = drain
        self._receive = receive
        self._send = send
        self._messages = asyncio.Queue()
        self._ended = None

    async def serve(self, application, scope):
        listeners = [asyncio.ensure_future(listen()) for listen in (self._pass_messages, self._pass_farewell)]
        try:
            await application(scope, self._messages.get, self._forward)
        finally:
            self._drain.discard(self)
            if self._ended:
                # Gunicorn reads the client's half of the farewell only while this runs.
                await self._ended
            for listener in listeners:
                listener.cancel()

    async def _pass_messages(self):
        while True:
            self._messages.put_nowait(await self._receive())

    async def _pass_farewell(self):
        """Gunicorn 26.1 keeps a client's close frame to itself, and cancels the application three seconds later."""
        connection = getattr(self._receive, "__self__", None)
        closed = getattr(connection, "_close_event", None)
        if closed is not None:
            await closed.wait()
            self._messages.put_nowait({"type": "websocket.disconnect", "code": connection.close_code or NO_STATUS})

    async def _forward(self, message):
        if self._ended:
            raise StreamEnded("the worker stops")
        if message["type"] == "websocket.close":
            self._drain.discard(self)
        await self._send(message)
        if message["type"] == "websocket.accept":
            self._drain.add(self)

    def end(self):
        self._ended = asyncio.ensure_future(self._send({"type": "websocket.close", "code": SERVICE_RESTART}))
        self._messages.put_nowait({"type": "websocket.disconnect", "code": SERVICE_RESTART})
