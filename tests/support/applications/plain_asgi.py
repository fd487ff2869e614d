"""ASGI without a framework."""

import json


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    headers = dict(scope["headers"])
    told = {
        "client": scope["client"][0],
        "scheme": scope["scheme"],
        "host": headers[b"host"].decode(),
        "requestId": headers[b"x-request-id"].decode() if b"x-request-id" in headers else None,
        "url": f"{scope['scheme']}://{scope['server'][0]}{scope['path']}",
        "server": [scope["server"][0], str(scope["server"][1])],
    }
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(told).encode()})
