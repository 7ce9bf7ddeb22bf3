"""Links to sound: signed, short-lived, and bound to who gets them unless everybody may hear it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ...domain.ids import UserId
from ...domain.media_links import expiry, over_at, signed_prefix
from ..seams import Seams


@dataclass(frozen=True, slots=True)
class Link:
    """Where something is heard, and until when (UTC). ``url`` is a path of this site, or a CDN's address."""

    url: str
    expires_at: datetime


def link_to(
    seams: Seams,
    viewer: UserId | None,
    folder: str,
    name: str,
    *,
    is_open: bool = False,
    until: datetime | None = None,
) -> Link:
    """Return a link to a file, good for all of its folder. ``is_open``: it opens in every browser.

    ``until`` is when what it leads to is over: a proxy that asks nobody goes by the link alone, and it ends no later.

    At a CDN nobody can be told apart, so links there are bound to nobody; nor are those of a viewer without a name.
    """
    config = seams.config
    is_unbound = is_open or bool(config.media_url) or viewer is None
    ear = "" if is_unbound or viewer is None else seams.ids.ear(viewer)
    expires = expiry(seams.clock(), config.media_link_life, is_open=is_unbound)
    if until is not None:
        expires = min(expires, int(until.timestamp()))
    base = config.media_url.rstrip("/") or f"{config.url_prefix}/media"
    prefix = signed_prefix(seams.ids.media_secret(), folder, ear, expires)
    return Link(f"{base}/{prefix}/{name}", over_at(expires))
