"""Connections between Nginx and a thread worker of Gunicorn that stay open after an answer.

Each holds one of the worker's places (`worker_connections`, the number of its threads), so a request on it finds a thread
at once. It must not hold it while somebody waits for a place: so an answer closes its connection then.
"""

import select


def keeping(application, worker):
    """The WSGI application of a worker that keeps connections."""
    # Idle ones leave a place for a new one, unless several become idle in the same moment. Gunicorn's own number is that of
    # places beyond the threads, in which requests would wait behind slow ones.
    worker.max_keepalived = worker.worker_connections - 1

    def answer(environ, start_response):
        def start(status, headers, exc_info=None):
            # As late as can be: meanwhile somebody may have come to wait, or the end of the worker.
            if not worker.alive or is_awaited(worker):
                start_response.__self__.force_close()
            return start_response(status, headers, exc_info)

        return application(environ, start)

    return answer


def is_awaited(worker):
    """Whether the worker has no place for a connection that waits in the queue of its socket."""
    return worker.nr_conns >= worker.worker_connections and bool(select.select(worker.sockets, (), (), 0)[0])
