"""``{{ spaces_clip(id) }}`` and ``spaces_clips(ids)``: clips inside the host's posts. Nothing raises into its page."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

from flask import current_app
from markupsafe import Markup

from ...domain.ids import UserId
from ...domain.wire import Json
from ...services.breaker import SLOW, Breaker
from ...services.seams import Seams
from ...services.sound.clip_views import MOST, clips_in_host_page
from .clip_pages import card_of

log = logging.getLogger(__name__)

UNREAD = Markup('<spaces-clip clip-id="{id}"><a href="{prefix}/clips/{id}">Open this clip</a></spaces-clip>')
"""What stands in for a card that could not be read: its page decides who may hear it."""


class ClipCard(Markup):
    """The card of one clip. ``is_gone``: it is not there for its viewer, or not any more, and so should be whatever
    else a page says with it.
    """

    is_gone = False


class ClipRenderer:
    """Renders cards of clips for one app, a page in one reading. While ``breaker`` is open, pages go without."""

    def __init__(self, seams: Seams, breaker: Breaker | None = None) -> None:
        self._seams = seams
        self._breaker = breaker or Breaker("the cards of clips")
        self._asking = Breaker("who asks for clips, and the flag")

    def one(self, clip_id: str) -> Markup:
        """Return the card of one clip as the current viewer may hear it; for several, ``many`` reads once."""
        return self.many([clip_id])[str(clip_id)]

    def many(self, clip_ids: Collection[str]) -> dict[str, Markup]:
        """Return the cards of up to a hundred clips by id, empty with Spaces off; of others there is the link.

        A clip that was taken back, that the viewer may not hear, and one that never was are the same calm card.
        """
        ids = list(dict.fromkeys(str(one) for one in clip_ids))
        if self._asking.is_open:
            return dict.fromkeys(ids, Markup(""))
        try:
            # Ports, flags and the host's context processors may all ask the database.
            with self._seams.store.read():
                return self._rendered(ids)
        except Exception:
            log.exception("cards of clips could not be rendered")
            return {one: self._unread(one) for one in ids}

    def _rendered(self, ids: list[str]) -> dict[str, Markup]:
        seams = self._seams
        with self._asking.watch():
            viewer = seams.identity.current_user_id()
            if not seams.flags.is_on("spaces.enabled", viewer):
                return dict.fromkeys(ids, Markup(""))
        current_app.extensions["spaces"].background.ensure()
        asked = ids[:MOST]
        read = self._breaker.call(lambda: self._read(viewer, asked), None)
        if read is None:
            return {one: self._unread(one) for one in ids}
        return {one: self._card(viewer, one, read) if one in asked else self._unread(one) for one in ids}

    def _read(self, viewer: UserId | None, ids: list[str]) -> Mapping[str, Json]:
        # Of its own: what fails here is taken back, and the page goes on without cards.
        with self._seams.store.read() as work, work.within(SLOW):
            return clips_in_host_page(self._seams, viewer, ids)

    def _card(self, viewer: UserId | None, clip_id: str, read: Mapping[str, Json]) -> Markup:
        inside = card_of(self._seams, viewer, read.get(clip_id))
        card = ClipCard(Markup('<spaces-clip clip-id="{}">{}</spaces-clip>').format(clip_id, inside))
        card.is_gone = clip_id not in read
        return card

    def _unread(self, clip_id: str) -> Markup:
        return UNREAD.format(id=clip_id, prefix=self._seams.config.url_prefix)
