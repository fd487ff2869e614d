"""How a worker that has done its work ends.

The interpreter would take all modules apart at last. That writes to memory that the worker shares with the master, which
the kernel then copies page by page, while requests wait: a quarter of what it costs to recycle a worker of the sample (54 to
40 ms of processor time). What means something to others comes before it: threads are joined, and handlers of the
application run (atexit), the last first.
"""

import atexit
import logging
import os
import sys

_done = False


def worker_exit(_server, _worker):
    """Hook of Gunicorn, in the worker, for every end of it. One that failed ends in the interpreter's own way, with its code."""
    global _done
    reason = sys.exc_info()[1]
    _done = isinstance(reason, SystemExit) and reason.code in (0, None)


def _leave():
    if not _done:
        return
    # Its handler was there before this one, so it would be the next.
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass
    os._exit(0)


# In the master, before the application is imported: so it is the last but for that of logging.
atexit.register(_leave)
