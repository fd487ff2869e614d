"""Keeps what is uploaded in folders that outlive releases, and notes in PostgreSQL where it is told of one."""

import contextlib
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import pg8000.native

NOTE = "first"
DATA = Path(os.environ.get("STATE_DIRECTORY", "/nowhere"))
DATABASE = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nowhere"), "app_databaseUrl")


@contextlib.contextmanager
def database():
    url = urlsplit(DATABASE.read_text())
    connection = pg8000.native.Connection(
        url.username, host=url.hostname, port=url.port, password=url.password, database=url.path[1:], timeout=5
    )
    try:
        yield connection
    finally:
        connection.close()


def app(environ, start_response):
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    act = path.strip("/").split("/")
    if act[0] == "healthz":
        return answer(start_response, "200 OK", "good")
    if act[0] == "readyz":
        if DATABASE.exists():
            with database() as connection:
                connection.run("SELECT 1")
        return answer(start_response, "200 OK", "good")
    if act[0] == "notes":
        return answer(start_response, "200 OK", json.dumps(notes(environ)))
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


def notes(environ):
    """All of them, after the one that a POST brings."""
    with database() as connection:
        if environ["REQUEST_METHOD"] == "POST":
            connection.run("INSERT INTO notes (text) VALUES (:text)", text=environ["wsgi.input"].read().decode())
        return [text for (text,) in connection.run("SELECT text FROM notes ORDER BY id")]


def answer(start_response, status, text, *headers):
    start_response(status, [("Content-Type", "text/html"), *headers])
    return [text.encode()]


if __name__ == "__main__":
    with database() as migrated:
        migrated.run("CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, text text NOT NULL)")
