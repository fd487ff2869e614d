"""Starlette: requests, web sockets, an event stream, a lifespan."""

import asyncio
import contextlib

from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect


def facts(connection):
    return {
        "client": connection.client.host,
        "scheme": connection.url.scheme,
        "host": connection.headers["host"],
        "requestId": connection.headers["x-request-id"],
        "url": str(connection.url_for("told")),
        "started": connection.state.started,
    }


async def told(request):
    return JSONResponse(facts(request))


async def old(request):
    return RedirectResponse(request.url_for("told"))


async def events(request):
    return StreamingResponse(ticks(600), media_type="text/event-stream")


async def slow(request):
    return StreamingResponse(ticks(20), media_type="application/x-ndjson")


async def ticks(count):
    try:
        for number in range(count):
            yield f"data: {number}\n\n"
            await asyncio.sleep(0.1)
        yield "data: the last\n\n"
    finally:
        print("generator closed", flush=True)


async def echo(websocket):
    await websocket.accept()
    await websocket.send_json(facts(websocket))
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect as end:
        print(f"disconnected with {end.code}", flush=True)


async def broadcast(websocket):
    """Sends and never listens."""
    await websocket.accept()
    try:
        while True:
            await websocket.send_text("news")
            # Well before a worker without connections looks whether it may go: it does so each 0.1 s.
            await asyncio.sleep(0.01)
    except WebSocketDisconnect:
        print("nobody listens", flush=True)


@contextlib.asynccontextmanager
async def lifespan(app):
    yield {"started": True}
    print("lifespan ended", flush=True)


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/told", told, methods=["GET", "POST"]),
        Route("/old", old),
        Route("/events", events),
        Route("/slow", slow),
        WebSocketRoute("/events/echo", echo),
        WebSocketRoute("/events/broadcast", broadcast),
    ],
)
