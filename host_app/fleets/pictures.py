"""Pictures of fleets: checked and drawn anew when they come in, kept outside of everything served as files.

A picture's address is signed for one viewer and one fleet and dies with the fleet at the latest, so that an address
that was passed on, or kept, opens nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MIME_TYPES = ",".join(f"image/{name.lower()}" for name in FORMATS)
LARGEST_BYTES = 8 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
#: Pixels of the longer side of what is kept.
KEPT_SIDE = 1920
#: So long an address works, or until the fleet ends.
ADDRESS_LIFE = timedelta(hours=1)

TOO_LARGE = "That picture has more than 8 MB. Choose a smaller one."
TOO_MANY_PIXELS = "That picture has more than 40 megapixels. Choose a smaller one."
NO_PICTURE = "That file is no picture that Plaza can show. Choose a JPEG, PNG, WebP or GIF."
MOVES = "That picture moves. Choose a still one."


class RefusedPictureError(Exception):
    """A picture that is not taken; the message is a sentence for whoever sent it."""


class GonePictureError(Exception):
    """An address whose time is over."""


def draw_anew(stream: IO[bytes]) -> bytes:
    """Return the picture as a JPEG of ours, without anything that was written into it beside the picture.

    Raises RefusedPictureError for what is too large, no still picture, or not of the formats that Plaza takes.
    """
    body = stream.read(LARGEST_BYTES + 1)
    if len(body) > LARGEST_BYTES:
        raise RefusedPictureError(TOO_LARGE)
    try:
        with Image.open(BytesIO(body), formats=FORMATS) as picture:
            # The head of the file says how large it is, before anything is unpacked.
            if picture.width * picture.height > LARGEST_PIXELS:
                raise RefusedPictureError(TOO_MANY_PIXELS)
            if getattr(picture, "is_animated", False):
                raise RefusedPictureError(MOVES)
            return _as_jpeg(picture)
    except Image.DecompressionBombError:
        raise RefusedPictureError(TOO_MANY_PIXELS) from None
    # A broken file can raise nearly anything inside a decoder.
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError):
        raise RefusedPictureError(NO_PICTURE) from None


def keep(jpeg: bytes) -> str:
    """Write a picture down and return its name."""
    name = f"{secrets.token_hex(16)}.jpg"
    _folder().mkdir(parents=True, exist_ok=True)
    path_of(name).write_bytes(jpeg)
    return name


def path_of(name: str) -> Path:
    """Return where the picture of that name is kept."""
    return _folder() / name


def drop(names: Collection[str]) -> None:
    """Delete pictures; those that are gone already are fine."""
    for name in names:
        path_of(name).unlink(missing_ok=True)


def orphans(known: Collection[str], older_than: datetime) -> list[str]:
    """Return the names of kept pictures that are not ``known`` and were written before a moment."""
    limit = older_than.timestamp()
    found = (path for path in _folder().glob("*.jpg") if path.name not in known)
    return [path.name for path in found if path.stat().st_mtime < limit]


def address(fleet_id: str, viewer: int, expires_at: datetime, now: datetime) -> str:
    """Return what opens a fleet's picture for one viewer, for an hour and never after the fleet's end."""
    until = min(expires_at, now + ADDRESS_LIFE)
    signed = _signer().dumps([fleet_id, viewer, int(until.timestamp())])
    return signed if isinstance(signed, str) else signed.decode()


def opened(signed: str, viewer: int, now: datetime) -> str | None:
    """Return the id of the fleet whose picture this opens, None when it is not ours or somebody else's.

    Raises GonePictureError when its time is over.
    """
    try:
        fleet_id, for_whom, until = _signer().loads(signed)
    except (BadSignature, ValueError, TypeError):
        return None
    if for_whom != viewer:
        return None
    if now >= datetime.fromtimestamp(until, UTC):
        raise GonePictureError
    return str(fleet_id)


def _as_jpeg(picture: Image.Image) -> bytes:
    picture.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((KEPT_SIDE, KEPT_SIDE))
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        upright = Image.new("RGB", clear.size, "white")
        upright.paste(clear, mask=clear.getchannel("A"))
    # Pixels alone go over: no place, no camera, no colour profile, no comment.
    plain = Image.new("RGB", upright.size)
    plain.paste(upright.convert("RGB"))
    out = BytesIO()
    plain.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _folder() -> Path:
    return Path(current_app.config["PICTURES_DIR"])


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="picture of a fleet")
