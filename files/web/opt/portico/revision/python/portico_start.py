"""When a slot without preload has started: once all of its workers have imported the application.

Gunicorn would notify systemd that it is ready before a worker has begun to import, and a slot that cannot serve would
take over. Each worker writes its number into a pipe and sends the master a signal; the master counts, and then notifies.
"""

import os
import signal
import socket

READY = b"READY=1\nSTATUS=All workers have imported the application"


class Start:
    """Made in the master, before its workers."""

    def __init__(self):
        # Taken from Gunicorn, which would use it too early.
        self._systemd = os.environ.pop("NOTIFY_SOCKET", None)
        self._reader, self._writer = os.pipe()
        self._imported = set()

    def when_ready(self, server):
        """Hook of Gunicorn: begins to count."""

        def count(*_):
            self._imported.update(int(number) for number in os.read(self._reader, 4096).split())
            if self._systemd and len(self._imported) >= server.num_workers:
                address = self._systemd.replace("@", "\0", 1) if self._systemd.startswith("@") else self._systemd
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
                    notify.sendto(READY, address)

        signal.signal(signal.SIGRTMIN, count)

    def imported(self, worker):
        """In a worker that has imported the application."""
        os.write(self._writer, b"%d " % worker.pid)
        os.kill(worker.ppid, signal.SIGRTMIN)

    def child_exit(self, _server, worker):
        """Hook of Gunicorn: one that ended meanwhile does not count; another takes its place."""
        self._imported.discard(worker.pid)
