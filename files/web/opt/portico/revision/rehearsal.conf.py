"""Gunicorn of a rehearsal: as in gunicorn.conf.py, with a look at what the import of the application left in the master.

A connection that was opened then is one and the same for all workers, and each gets answers meant for another. Threads that
were started then run in no worker. The host program reads the list and refuses a release that has any.
"""

import json
import os
import re
import runpy
import socket
import stat
import threading

globals().update(runpy.run_path(os.path.join(os.path.dirname(os.path.realpath(__file__)), "gunicorn.conf.py")))

LIST = os.path.join(os.environ.get("RUNTIME_DIRECTORY", "."), "inherited.json")
THREADS = set()

# Sentry's threads are not started anew by the fork itself, but at their first use in another process.
STARTED_WHEN_USED = re.compile(r"sentry[-._]")


def when_ready(server):
    THREADS.update(thread_names())


def post_fork(server, worker):
    """In the worker, where libraries that know about fork have closed and started anew what they need."""
    lost = {name for name in THREADS - thread_names() if not STARTED_WHEN_USED.match(name)}
    found = {"connections": connections(), "threads": sorted(lost)}
    with open(f"{LIST}.{worker.pid}", "w") as file:
        json.dump(found, file)
    os.replace(file.name, LIST)


def thread_names():
    """Without the number that makes default names differ: a thread that was started anew has another."""
    others = (thread.name for thread in threading.enumerate() if thread is not threading.main_thread())
    return {re.sub(r"^Thread-\d+", "Thread", name) for name in others}


def connections():
    """The other ends of connected sockets; those of systemd and its journal take lines of all processes alike."""
    found = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            if stat.S_ISSOCK(os.fstat(int(number)).st_mode):
                with socket.socket(fileno=os.dup(int(number))) as connection:
                    found.add(shown(connection))
        except OSError:
            continue
    return sorted(found - {None})


def shown(connection):
    """None for what no other process is at the other end of. Raises OSError for a socket without an other end."""
    kind = "UDP" if connection.type == socket.SOCK_DGRAM else "TCP"
    end = connection.getpeername()
    if connection.family in (socket.AF_INET, socket.AF_INET6):
        host = f"[{end[0]}]" if ":" in end[0] else end[0]
        return f"{kind} {host}:{end[1]}"
    name = os.fsdecode(end).replace("\0", "@") if end else ""
    return None if not name or name.startswith("/run/systemd/") else f"Unix {name}"
