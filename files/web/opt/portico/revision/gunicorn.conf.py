"""Gunicorn of one slot. It lies beside `release`, the link to the release that it serves.

Settings: https://gunicorn.org/reference/settings/ (names as there). What is not set here keeps its default:
forwarded_allow_ips, header_map and the limits of request lines and headers are safe as they are, and
reuse_port must stay off, as each recycled worker would lose what is queued for it.
"""

import gc
import os

SLOT = os.path.dirname(os.path.realpath(__file__))

# The physical folder: moving the slot's link never changes code under a running process.
chdir = os.path.realpath(os.path.join(SLOT, "release", "app"))

# One import in the master, shared by all workers; a release that cannot be imported fails before it serves, and
# replacing a worker costs a fork. Default: False.
preload_app = True


def pre_fork(server, worker):
    """What is imported is left out of garbage collection, in each worker too: else the first collection, and the
    end of a worker, copy the memory that they share, which makes a slot slow to stop. Default: nothing."""
    gc.freeze()


# gthread keeps slow requests from blocking a worker; sync suits short CPU-bound ones; asgi asynchronous apps.
worker_class = "@workerClass@"

# "auto" counts the processors that this machine lets us use. Default: 1.
WORKERS = "@workers@"
workers = 2 * len(os.sched_getaffinity(0)) + 1 if WORKERS == "auto" else int(WORKERS)

# Of one gthread worker. Default: 1.
threads = @threads@

# A worker that gives no sign of life for so long is replaced; for sync workers it is the longest request.
# Less than Nginx's proxy_read_timeout. Default: 30.
timeout = @timeoutSeconds@

# How long requests in flight may finish when the slot stops. Less than the unit's TimeoutStopSec. Default: 30.
graceful_timeout = @gracefulTimeoutSeconds@

# Nginx closes after each answer, so this is for whoever else reaches the socket. Default: 2.
keepalive = @keepaliveSeconds@

# A worker is replaced after so many requests, against slow leaks; the random extra keeps workers that started
# together from stopping together. Defaults: 0, never.
max_requests = @maxRequests@
max_requests_jitter = @maxRequestsJitter@

# Connections waiting for a worker. A full queue of a Unix socket refuses at once, which Nginx answers with 502.
# Gunicorn sets it on the socket that systemd hands over; net.core.somaxconn caps it. Default: 2048.
backlog = @backlog@

# Heartbeats, in a tmpfs that only this slot can see. Unset only when the file is checked outside its unit.
worker_tmp_dir = os.environ.get("RUNTIME_DIRECTORY")

# No door for commands inside the sandbox; systemd is the one that starts and stops. Default: False, a socket in
# the home folder.
control_socket_disable = True

# Nginx writes the access log. Errors go to the journal. Defaults.
accesslog = None
errorlog = "-"
loglevel = "info"

# Prints of the application reach the journal as they are. Default: False.
capture_output = False

# What it writes is for this user alone. Default: 0.
umask = 0o077
