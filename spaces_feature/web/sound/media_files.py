"""Sound over HTTP: files from the storage for who may hear them, and the same question as a proxy asks it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from flask import Response, current_app, request

from ...domain.media_links import Kind, MediaPath
from ...errors import Broken, NotFound, Refusal, StorageDown, Unavailable
from ...ports import MediaStorage
from ...services.seams import Seams
from ...services.sound.heard_playlists import written_playlist
from ...services.sound.hearing_access import Hearing, require_hearing
from ...services.store import RacedError
from ..guest import guest_of_cookie
from ..problems import problem
from .ears import ear_of_cookie

log = logging.getLogger(__name__)

ASKED = "X-Spaces-Media"
"""The header in which a proxy names what it is about to serve: a link without what stands before ``/media/``."""
REMEMBERED = 10
"""Seconds for which a proxy may remember that somebody may hear something."""
PIECE = 256 * 1024
"""Bytes that are read at once."""


def serve(seams: Seams, link: str) -> Response:
    """Answer with a file or the part of it that is asked for, else with a problem that no cache keeps.

    Nothing of it is remembered by browsers while a Space runs; what is kept they ask about again each time.
    """
    try:
        hearing = _heard(seams, link)
        text = written_playlist(seams, hearing.viewer, hearing.path)
        if text is not None:
            return _headed(Response(text, mimetype=hearing.path.content_type), hearing)
        size = seams.storage.size(hearing.path.key)
        if size is None:
            raise NotFound
        return _headed(_file(seams.storage, hearing.path, size), hearing)
    except Refusal as refusal:
        return problem(refusal)
    except RacedError:
        return problem(Unavailable("raced", "Somebody else did this at the same moment.", retry_after=1))
    except StorageDown as failure:
        log.warning("a file cannot be served: %s", failure)
        return problem(Unavailable("sound_away", "The sound cannot be read right now.", retry_after=1))
    except Exception:
        if current_app.testing or current_app.debug:
            raise
        # No line of a log, and no answer, has a link in it.
        log.exception("a file cannot be served")
        return problem(Broken(way_on="Try again. It is written down."))


def gate_answer(seams: Seams) -> Response:
    """Answer a proxy 204 or 403, alike for every reason, and 503 when it cannot be told.

    nginx keeps a yes for ten seconds (``X-Accel-Expires``) where it holds for all segments that share a number but for
    its last digit, and nothing else.
    """
    lasts = 0
    try:
        status, lasts = 204, REMEMBERED * _heard(seams, request.headers.get(ASKED, "")).is_lasting
    except (Unavailable, RacedError) as failure:
        log.warning("nobody hears anything, it cannot be told who may: %s", type(failure).__name__)
        status = 503
    except Refusal:
        status = 403
    except Exception:
        log.exception("nobody hears anything, it cannot be told who may")
        status = 503
    response = Response(status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Expires"] = str(lasts)
    return response


def _heard(seams: Seams, link: str) -> Hearing:
    viewer = seams.identity.current_user_id() or guest_of_cookie(seams)
    hearing = require_hearing(seams, viewer, ear_of_cookie(), link)
    # What the host app was asked may have begun a transaction; no storage is called inside of one.
    seams.store.rest()
    return hearing


def _file(storage: MediaStorage, path: MediaPath, size: int) -> Response:
    first, behind, status = 0, size, 200
    if request.range is not None and request.range.units == "bytes" and len(request.range.ranges) == 1:
        part = request.range.range_for_length(size)
        if part is None:
            return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
        (first, behind), status = part, 206
    pieces = _pieces(storage, path.key, first, behind) if request.method != "HEAD" else b""
    response = Response(pieces, status=status, mimetype=path.content_type)
    response.headers["Content-Length"] = str(behind - first)
    response.headers["Accept-Ranges"] = "bytes"
    if status == 206:
        response.headers["Content-Range"] = f"bytes {first}-{behind - 1}/{size}"
    return response


def _headed(response: Response, hearing: Hearing) -> Response:
    response.headers["Cache-Control"] = _kept_by_caches(hearing)
    response.headers["X-Content-Type-Options"] = "nosniff"
    if hearing.path.kind is Kind.DOWNLOADS:
        response.headers["Content-Disposition"] = f'attachment; filename="{hearing.path.name}"'
    return response


def _pieces(storage: MediaStorage, key: str, first: int, behind: int) -> Iterator[bytes]:
    """The bytes, a piece at a time: a recording of hours does not fit into every memory."""
    while first < behind:
        piece = storage.get(key, first, min(PIECE, behind - first))
        if not piece:
            return  # deleted meanwhile: the answer stays shorter than it said
        yield piece
        first += len(piece)


def _kept_by_caches(hearing: Hearing) -> str:
    """nginx says the same (``deploy/nginx/spaces-media.conf``)."""
    is_live = hearing.path.kind is Kind.LIVE
    if not hearing.is_open:
        return "private, no-store" if is_live else "private, no-cache"
    if is_live:
        return "public, max-age=1" if hearing.path.segment is None else "public, max-age=15"
    return "public, max-age=60"
