"""Numbers from the query string, within bounds, refused in one form."""

from flask import request
from werkzeug.exceptions import BadRequest


def bounded_number(name: str, kind: type[int] | type[float], default: int, low: int, high: int) -> int | float:
    """The query argument `name` as a number from `low` to `high`; `default` when it is absent.

    Raises BadRequest when it is no number or out of bounds.
    """
    text = request.args.get(name)
    if text is None:
        return default
    try:
        value = kind(text)
    except ValueError:
        value = None
    # Written as one chain, because a not-a-number compares false with everything and so is refused as well.
    if value is not None and low <= value <= high:
        return value
    noun = "a whole number" if kind is int else "a number"
    raise BadRequest(
        f"{name}: got {text[:40]!r}; allowed: {noun} from {low} to {high}; change the query argument {name}"
    )
