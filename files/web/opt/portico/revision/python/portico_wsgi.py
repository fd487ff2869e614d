"""What a WSGI application finds in `environ` about a request, and how its event streams end when the slot stops.

Nobody but Nginx and root can open Gunicorn's sockets, and Nginx writes X-Forwarded-For itself, with one address. Over a
Unix socket Gunicorn leaves REMOTE_ADDR empty; scheme, host and id of the request it takes from Nginx's headers.
"""

# A request without the header is of root on this machine, through the probe socket.
LOCAL_ADDRESS = "127.0.0.1"


def adapted(application, worker):
    """The application, which gets the client's address in `REMOTE_ADDR`.

    An answer of type text/event-stream without a length ends at its next event once the worker is to stop, as a
    generator takes no message in between. Any other answer is passed on as it is.
    """

    def answer(environ, start_response):
        environ["REMOTE_ADDR"] = environ.get("HTTP_X_FORWARDED_FOR", LOCAL_ADDRESS)
        # Nginx before 1.29 takes an early hint (103) for the answer, and the balancer waits for an end that never comes.
        environ.pop("wsgi.early_hints", None)
        head = Head(start_response)
        pieces = application(environ, head.start)
        return pieces if head.started and not head.is_event_stream else EventStream(pieces, head, worker)

    return answer


class Head:
    """Looks at the head of an answer on its way."""

    def __init__(self, start_response):
        self._start_response = start_response
        self.started = False
        self.is_event_stream = False

    def start(self, status, headers, exc_info=None):
        values = {name.lower(): value for name, value in headers}
        self.started = True
        self.is_event_stream = (
            values.get("content-type", "").lower().startswith("text/event-stream") and "content-length" not in values
        )
        return self._start_response(status, headers, exc_info)


class EventStream:
    """The pieces of an answer, until the worker is to stop."""

    def __init__(self, pieces, head, worker):
        self._pieces = pieces
        self._head = head
        self._worker = worker

    def __iter__(self):
        for piece in self._pieces:
            yield piece
            if self._head.is_event_stream and not self._worker.alive:
                return

    def close(self):
        if hasattr(self._pieces, "close"):
            self._pieces.close()
