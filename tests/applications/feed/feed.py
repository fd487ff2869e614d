"""FastAPI with an event stream and a web socket."""

import asyncio
import os
import socket

from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

NOTE = "first"
app = FastAPI()


def facts():
    release = os.path.basename(os.path.dirname(os.path.realpath(os.getcwd())))
    return {"host": socket.gethostname(), "release": release, "note": NOTE}


@app.get("/healthz")
@app.get("/readyz")
async def healthy():
    return {"ok": True}


@app.api_route("/", methods=["GET", "POST"])
async def index(request: Request):
    await request.body()
    return facts()


@app.get("/facts")
async def request_facts(request: Request):
    return {"scheme": request.url.scheme, "here": str(request.url), "client": request.client and request.client.host}


@app.get("/events")
async def events(count: int = 5):
    async def lines():
        for number in range(count):
            yield f"data: {number}\n\n"
            await asyncio.sleep(0.2)

    return StreamingResponse(lines(), media_type="text/event-stream")


@app.websocket("/socket")
async def echo(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_json({"scheme": websocket.url.scheme, **facts()})
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
