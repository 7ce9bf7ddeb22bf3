"""The gate's answer to the proxy in front of the SFU: 204 lets a connection through, anything else does not."""

from __future__ import annotations

import logging

from flask import Response, request

from ..errors import Unavailable
from ..services.gate import admits
from ..services.seams import Seams
from ..services.store import RacedError

log = logging.getLogger(__name__)

BEARER = "Bearer "


def answer(seams: Seams) -> Response:
    """Answer 204 or 403, alike for every reason, and 503 when the roster cannot be read.

    The token comes as ``Authorization: Bearer``, and the proxy gives the SFU the same header, so that both read one
    token however many a request carries. No body: whoever asks from outside learns less than from the SFU itself.
    """
    given = request.headers.get("Authorization", "")
    token = given.removeprefix(BEARER) if given.startswith(BEARER) else ""
    try:
        status = 204 if admits(seams, token) else 403
    except (Unavailable, RacedError) as failure:
        log.warning("the gate stays shut, the roster cannot be read: %s", type(failure).__name__)
        status = 503
    except Exception:
        log.exception("the gate stays shut, the roster cannot be read")
        status = 503
    response = Response(status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
