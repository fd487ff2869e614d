"""FastAPI, made by a factory."""

from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import RedirectResponse


def make_app():
    app = FastAPI()

    @app.get("/told")
    async def told(request: Request):
        return {
            "client": request.client.host,
            "scheme": request.url.scheme,
            "host": request.url.hostname,
            "requestId": request.headers["x-request-id"],
            "url": str(request.url_for("told")),
        }

    @app.get("/old")
    async def old(request: Request):
        return RedirectResponse(request.url_for("told"))

    @app.websocket("/events/echo")
    async def echo(websocket: WebSocket):
        await websocket.accept()
        await websocket.send_json({"client": websocket.client.host, "scheme": websocket.url.scheme})
        try:
            while True:
                await websocket.send_text(await websocket.receive_text())
        except WebSocketDisconnect as end:
            print(f"disconnected with {end.code}", flush=True)

    return app
