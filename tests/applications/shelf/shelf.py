"""Keeps what is uploaded in folders that outlive releases."""

import json
import os
from pathlib import Path

NOTE = "first"
DATA = Path(os.environ.get("STATE_DIRECTORY", "/nowhere"))


def app(environ, start_response):
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    act = path.strip("/").split("/")
    if act[0] == "healthz" or act[0] == "readyz":
        return answer(start_response, "200 OK", "good")
    if act == [""]:
        return answer(start_response, "200 OK", json.dumps({"note": NOTE, "data": str(DATA)}))
    if act[0] == "invoice":
        # As an application does that has found that the client may have it.
        return answer(start_response, "200 OK", "", ("X-Accel-Redirect", f"/invoices/{act[1]}"))
    if method != "POST" or len(act) != 3:
        return answer(start_response, "404 Not Found", "nothing here")
    place = DATA / act[1] / act[2]
    content = environ["wsgi.input"].read()
    if act[0] == "upload":
        place.write_bytes(content)
    elif act[0] == "link":
        place.symlink_to(content.decode())
    return answer(start_response, "201 Created", str(place))


def answer(start_response, status, text, *headers):
    start_response(status, [("Content-Type", "text/html"), *headers])
    return [text.encode()]
