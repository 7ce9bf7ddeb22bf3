"""The SFU's webhook: verified on the raw body, checked against the roster, stored, answered in milliseconds."""

from __future__ import annotations

import logging

from flask import Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from ..errors import WebhookRefused
from ..services.facts import receive_fact
from ..services.seams import Seams
from .bodies import read_body

log = logging.getLogger(__name__)

LARGEST = 1_048_576
"""Bytes; the SFU's own are a few thousand, and anybody may post here."""


def receive(seams: Seams) -> Response:
    """Answer 200 once the fact is stored, 401 for a signature that does not hold, 503 when storing failed.

    LiveKit repeats on 5xx and takes every 4xx for delivered, so nothing but a bad signature may be a 4xx.
    """
    try:
        body = read_body(LARGEST).decode()
        fact = seams.media.read_webhook(body, request.headers.get("Authorization", ""))
    except RequestEntityTooLarge:
        log.warning("a webhook was refused: it is larger than any of the SFU's")
        return Response(status=401)
    except (WebhookRefused, UnicodeDecodeError) as error:
        log.warning("a webhook was refused: %s", error.reason if isinstance(error, WebhookRefused) else "not UTF-8")
        return Response(status=401)
    if fact is None:
        return Response(status=200)
    try:
        receive_fact(seams, fact)
        current_app.extensions["spaces"].background.ensure()
    except Exception:
        log.exception("a webhook could not be stored; the SFU will send it again")
        return Response(status=503)
    return Response(status=200)
