"""How much of a request's body is read, whether it says its length or comes in chunks."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge


def read_body(largest: int) -> bytes:
    """Read this request's body; Flask keeps it for whoever asks next.

    Raises RequestEntityTooLarge for one with more than ``largest`` bytes, or more than the host allows.
    """
    allowed = min(largest, request.max_content_length or largest)
    if (request.content_length or 0) > allowed:
        raise RequestEntityTooLarge
    try:
        # One more, since what is longer than the bound is cut there without a word.
        request.max_content_length = allowed + 1
    except AttributeError:
        # Flask 3.0 has one bound for the whole app: without a length nothing would stop the reading.
        if request.headers.get("Transfer-Encoding"):
            raise RequestEntityTooLarge from None
    body = request.get_data()
    if len(body) > allowed:
        raise RequestEntityTooLarge
    return body
