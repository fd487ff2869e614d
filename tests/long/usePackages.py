"""Imports each module that is named, in a process of its own, and does what its users do; prints one JSON line for each."""

import json
import subprocess
import sys

USES = {
    "numpy": "import numpy; a = numpy.random.rand(200, 200); a @ a",
    "pandas": "import pandas; pandas.DataFrame({'a': range(9)}).to_csv('/tmp/a.csv'); assert pandas.read_csv('/tmp/a.csv').a.sum() == 36",
    "sklearn.ensemble": "from sklearn.ensemble import RandomForestClassifier as R; R(n_estimators=3, n_jobs=2).fit([[0], [1]] * 9, [0, 1] * 9)",
    "joblib processes": "from joblib import Parallel, delayed; assert Parallel(n_jobs=2)(delayed(abs)(-i) for i in range(3)) == [0, 1, 2]",
    "matplotlib.pyplot": "import matplotlib; matplotlib.use('Agg'); from matplotlib import pyplot; pyplot.plot([1, 2]); pyplot.savefig('/tmp/a.png')",
    "cv2": "import cv2, numpy; cv2.GaussianBlur(numpy.zeros((50, 50), numpy.uint8), (5, 5), 0)",
    "numba": "import numba; assert numba.njit(lambda x: x + 1)(1) == 2",
    "faiss": "import faiss, numpy; index = faiss.IndexFlatL2(4); index.add(numpy.zeros((3, 4), 'float32')); assert index.ntotal == 3",
    "xgboost": "import xgboost, numpy; xgboost.XGBClassifier(n_estimators=2, n_jobs=2).fit(numpy.random.rand(20, 3), [0, 1] * 10)",
    "pymupdf": "import pymupdf; page = pymupdf.open(); page.new_page(); page.tobytes()",
    "grpc": "import grpc; from concurrent.futures import ThreadPoolExecutor as P; s = grpc.server(P(1)); s.add_insecure_port('127.0.0.1:0'); s.start(); s.stop(0)",
    "gevent.monkey": "from gevent import monkey; monkey.patch_all(); import gevent; assert gevent.spawn(lambda: 4).get() == 4",
    "uvloop": "import asyncio, uvloop; uvloop.run(asyncio.sleep(0.01))",
    "psutil figures": "import psutil; psutil.virtual_memory(); psutil.boot_time()",
    "ctypes callbacks": "import ctypes; f = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x: x + 1); assert f(1) == 2",
    "cffi callbacks": "import cffi; f = cffi.FFI(); assert f.callback('int(int)', lambda x: x + 1)(1) == 2",
    "multiprocessing": "import multiprocessing as m, multiprocessing.shared_memory as s; m.Lock(); b = s.SharedMemory(create=True, size=9); b.unlink()",
}


def tried(folder: str, name: str, code: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": folder, "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
    )
    last = (done.stderr.strip().splitlines() or [""])[-1]
    return {"name": name, "code": done.returncode, "last": last if done.returncode else ""}


folder, *modules = sys.argv[1:]
for module in modules:
    print(json.dumps(tried(folder, f"import {module}", f"import {module}")), flush=True)
for name, code in USES.items():
    print(json.dumps(tried(folder, name, code)), flush=True)
