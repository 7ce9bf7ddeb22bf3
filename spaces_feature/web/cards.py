"""``{{ spaces_card(id) }}``, ``spaces_cards(ids)`` and ``spaces_replays(user_id)``: Spaces inside the host's posts and
profiles. Nothing raises into its page.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from ..domain.ids import SpaceId, UserId
from ..domain.wire import Json
from ..services.breaker import SLOW, Breaker
from ..services.finding.page_cards import MOST, cards_in_host_page
from ..services.seams import Seams
from ..services.snapshots import profile_fields
from ..services.sound.replay_lists import replays_in_host_page

log = logging.getLogger(__name__)

UNREAD = Markup('<spaces-card space-id="{id}"><a href="{prefix}/{id}">Open this Space</a></spaces-card>')
"""What stands in for a card that could not be read: its page decides who may see it, and script draws it."""


class CardRenderer:
    """Renders cards for one app, all of a page's in one reading. While ``breaker`` is open, pages go without."""

    def __init__(self, seams: Seams, breaker: Breaker | None = None) -> None:
        self._seams = seams
        self._breaker = breaker or Breaker("the cards of Spaces")
        self._asking = Breaker("who asks, and the flag")

    def one(self, space_id: str) -> Markup:
        """Return the card of one Space as the current viewer may see it; for several, ``many`` reads once."""
        return self.many([space_id])[str(space_id)]

    def many(self, space_ids: Collection[str]) -> dict[str, Markup]:
        """Return the cards of up to a hundred Spaces by id, empty with Spaces off.

        A Space that the viewer may not know, and one that does not exist, is the same card without a name.
        """
        ids = list(dict.fromkeys(str(one) for one in space_ids))
        if self._asking.is_open:
            return dict.fromkeys(ids, Markup(""))
        try:
            # Ports, flags and the host's context processors may all ask the database.
            with self._seams.store.read():
                return self._rendered(ids)
        except Exception:
            log.exception("cards of Spaces could not be rendered")
            return {one: self._unread(one) for one in ids}

    def replays(self, user_id: str) -> dict[str, Markup]:
        """Return the cards of the latest replays of Spaces that a member created, by id: for their profile."""
        if self._asking.is_open:
            return {}
        try:
            with self._seams.store.read():
                with self._asking.watch():
                    viewer = self._seams.identity.current_user_id()
                    is_open = self._seams.flags.is_on("spaces.enabled", viewer)
                none: list[SpaceId] = []
                ids = self._breaker.call(lambda: self._replays(viewer, UserId(user_id)), none) if is_open else none
                return self._rendered(list(ids)) if ids else {}
        except Exception:
            log.exception("replays could not be rendered")
            return {}

    def _replays(self, viewer: UserId | None, creator: UserId) -> list[SpaceId]:
        with self._seams.store.read() as work, work.within(SLOW):
            return replays_in_host_page(self._seams, viewer, creator)

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
        return {one: self._card(one, *read) if one in asked else self._unread(one) for one in ids}

    def _read(self, viewer: UserId | None, ids: list[str]) -> tuple[Mapping[str, Json], Json | None]:
        # Of its own: what fails here is taken back, and the page goes on without cards.
        with self._seams.store.read() as work, work.within(SLOW):
            cards = cards_in_host_page(self._seams, viewer, ids)
            me = profile_fields(self._seams.memory.profiles([viewer])[viewer]) if viewer is not None else None
            return cards, me

    def _card(self, space_id: str, cards: Mapping[str, Json], me: Json | None) -> Markup:
        context: dict[str, Any] = {"card": cards.get(space_id), "prefix": self._seams.config.url_prefix, "me": me}
        inside = Markup(render_template("spaces/_card.html", **context))  # noqa: S704 - autoescaped
        return Markup('<spaces-card space-id="{}">{}</spaces-card>').format(space_id, inside)

    def _unread(self, space_id: str) -> Markup:
        return UNREAD.format(id=space_id, prefix=self._seams.config.url_prefix)
