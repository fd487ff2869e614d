"""Gunicorn of one slot. It lies beside `release`, the link to the release that it serves.

Settings: https://gunicorn.org/reference/settings/ (names as there). What is not set here keeps its default:
forwarded_allow_ips and header_map are safe as they are, and reuse_port must stay off, as each recycled worker
would lose what is queued for it.
"""

import gc
import os
import sys

SLOT = os.path.dirname(os.path.realpath(__file__))

# Beside this file, behind all that the application may import.
sys.path.append(os.path.join(SLOT, "python"))
import portico_asgi
import portico_exit
import portico_places
import portico_queue
import portico_start
import portico_wsgi

# The physical folder: moving the slot's link never changes code under a running process.
chdir = os.path.realpath(os.path.join(SLOT, "release", "app"))

# True: one import in the master, shared by all workers; replacing a worker costs a fork. False: each worker imports by
# itself, for applications that open connections or start threads when they are imported. Default: False.
preload_app = @preload@


def pre_fork(server, worker):
    """What is imported is left out of garbage collection, in each worker too: else the first collection, and the
    end of a worker, copy the memory that they share, which makes a slot slow to stop. Default: nothing."""
    gc.freeze()


# A slot takes over when all workers have imported the application; one that cannot be imported fails in its start.
start = None if preload_app else portico_start.Start()
if start:
    when_ready = start.when_ready
    child_exit = start.child_exit


# gthread keeps slow requests from blocking a worker; sync suits short CPU-bound ones; asgi asynchronous apps.
worker_class = "@workerClass@"


# A worker that has done its work ends without taking the interpreter apart. Default: nothing.
worker_exit = portico_exit.worker_exit

# How long a request may wait for a worker, counted from when Nginx passed it on.
QUEUE_SECONDS = @queueMilliseconds@ / 1000


def post_worker_init(worker):
    """The application gets the client's address and the scheme in the standard places of its interface; its streams end
    when the slot stops, and it does not get requests that waited too long. Default: nothing."""
    if worker_class == "asgi":
        worker.asgi = portico_queue.spared_asgi(portico_asgi.adapted(worker.asgi, worker), QUEUE_SECONDS)
    else:
        worker.wsgi = portico_queue.spared_wsgi(portico_wsgi.adapted(worker.wsgi, worker), QUEUE_SECONDS)
    if worker_class == "gthread":
        # Nginx closes idle connections first, long before this. Set here, as the master warns of a keepalive without
        # connections to spare.
        worker.cfg.set("keepalive", timeout)
        worker.wsgi = portico_places.keeping(worker.wsgi, worker)
    if start:
        start.imported(worker)


# "auto" counts the processors that this machine lets us use. Default: 1.
WORKERS = "@workers@"
workers = 2 * len(os.sched_getaffinity(0)) + 1 if WORKERS == "auto" else int(WORKERS)

# Of one gthread worker. With more than one Gunicorn runs sync workers as gthread, without a word. Default: 1.
threads = @threads@ if worker_class == "gthread" else 1

# A gthread worker takes up no more than its threads can handle: what waits, waits where the next free worker finds
# it, not behind a slow page or a stream. For asgi workers, whose requests do not hold a thread. Default: 1000.
worker_connections = threads if worker_class == "gthread" else 1000

# A worker that gives no sign of life for so long is replaced; for sync workers it is the longest request.
# Less than Nginx's proxy_read_timeout. Default: 30.
timeout = @timeoutSeconds@

# How long requests in flight may finish when the slot stops. Less than the unit's TimeoutStopSec. Default: 30.
graceful_timeout = @gracefulTimeoutSeconds@

# A gthread worker keeps connections all the same, see post_worker_init; the others close after each answer. Default: 2.
keepalive = 0

# Nginx refuses first what is too long. A line may have any length here (0), as no number above 8190 is taken. How many
# fields there may be is checked here, those that Nginx adds included; beyond it 431. Defaults: 4094, 8190, 100.
limit_request_line = 0
limit_request_field_size = @fieldBytes@
limit_request_fields = @fields@

# A worker is replaced after so many requests, against slow leaks; the random extra keeps workers that started
# together from stopping together. Defaults: 0, never.
max_requests = @maxRequests@
max_requests_jitter = @maxRequestsJitter@

# Connections waiting for a worker. A full queue of a Unix socket refuses at once, which Nginx answers with 503.
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
