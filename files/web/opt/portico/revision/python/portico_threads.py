"""Gunicorn's gthread worker behind Nginx on one computer: of all that are idle one wakes for a connection, and none waits
in a way of its own for a request that comes with it.

On two busy processors a request for a small page took 635 µs of the workers' time without this, and 510 with it
(`npm run bench -- --only cpu`).
"""

import select
import selectors

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):
    def run(self):
        self.poller.close()
        self.poller = Poller(self.sockets)
        super().run()

    def accept(self, listener):
        super().accept(listener)
        self.poller.queue_up(idle=not self.nr_conns)

    def finish_request(self, conn, fs):
        super().finish_request(conn, fs)
        self.poller.queue_up(idle=not self.nr_conns)

    def enqueue_req(self, conn):
        # Gunicorn would ask a selector, made for this connection alone, whether the request is there: against clients that
        # connect and are silent. Nginx connects when it has a request.
        conn.data_ready = True
        super().enqueue_req(conn)


class Poller:
    """What a selector is to the worker, but the kernel wakes one idle worker for a connection, not all of them.

    A busy worker wakes besides that one. A thread that does not let go of the interpreter (a regular expression, a large
    JSON text) may keep it from accepting, and a connection that only this worker was woken for would wait as long.
    """

    def __init__(self, listeners):
        self._listeners = {listener.fileno() for listener in listeners}
        self._keys = {}
        self._epoll = select.epoll()
        self._idle = True

    def register(self, fileobj, events, data):
        key = selectors.SelectorKey(fileobj, number_of(fileobj), events, data)
        only_one = select.EPOLLEXCLUSIVE if self._idle and key.fd in self._listeners else 0
        self._epoll.register(key.fd, select.EPOLLIN | only_one)
        self._keys[key.fd] = key

    def unregister(self, fileobj):
        self._epoll.unregister(self._keys.pop(number_of(fileobj)).fd)

    def queue_up(self, idle):
        """Behind the other idle workers: the kernel wakes the first in its queue, and would give all connections to one."""
        if not idle and not self._idle:
            return
        self._idle = idle
        for key in [self._keys[number] for number in self._listeners if number in self._keys]:
            self.unregister(key.fileobj)
            self.register(key.fileobj, key.events, key.data)

    def select(self, timeout):
        return [(self._keys[number], events) for number, events in self._epoll.poll(timeout) if number in self._keys]

    def close(self):
        self._epoll.close()


def number_of(fileobj):
    return fileobj if isinstance(fileobj, int) else fileobj.fileno()
