"""Plain WSGI over numpy and pandas, both imported before the fork."""

import json
import os
import socket

import numpy as np
import pandas as pd

NOTE = "first"
TABLE = pd.DataFrame({"day": pd.date_range("2026-01-01", periods=500), "value": np.linspace(0.0, 1.0, 500)})


def summary():
    weekly = TABLE.set_index("day").resample("W").mean()
    product = np.random.default_rng(7).random((64, 64)) @ np.eye(64)
    return {"weeks": len(weekly), "mean": float(TABLE["value"].mean()), "trace": float(np.trace(product)), "note": NOTE}


def app(environ, start_response):
    environ["wsgi.input"].read()
    path = environ["PATH_INFO"]
    if path in ("/healthz", "/readyz"):
        body, status = {"ok": True}, "200 OK"
    elif path == "/":
        release = os.path.basename(os.path.dirname(os.path.realpath(os.getcwd())))
        body, status = {"host": socket.gethostname(), "release": release, **summary()}, "200 OK"
    else:
        body, status = {"error": "not found"}, "404 Not Found"
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(body).encode()]
