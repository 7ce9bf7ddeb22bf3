"""Posts of the host app beside the talk: up to three, pinned by those who run the Space."""

from __future__ import annotations

from ..domain import schedule
from ..domain.admission import Relations
from ..domain.audit import Deed
from ..domain.ids import SpaceId, UserId, is_plain_id
from ..domain.roles import Action
from ..domain.space import Space, State
from ..domain.wire import Json, iso
from ..errors import NotFound
from ..ports import Card
from .access import readable_space
from .commands import command
from .seams import Seams
from .snapshots import profile_fields
from .store import Work

CHOICE = 20
"""Own posts to choose from."""


def require_card(seams: Seams, user_id: UserId, card: str) -> str:
    """Return the id of a post that the member may read. Raises NotFound ``no_such_card``, also without the port."""
    port = seams.cards
    found = port.cards([card], user_id) if port is not None and is_plain_id(card) else {}
    if card not in found:
        raise NotFound("no_such_card", "This post is not there.", "Choose another one.")
    return card


def pin(seams: Seams, user_id: UserId, space_id: SpaceId, card: str) -> Space:
    """Pin a post that whoever pins may read. Raises NotFound, and Conflict when there are three."""

    def rule(space: Space, _: Relations, work: Work) -> Space:
        return schedule.pin(space, card if card in space.cards else require_card(seams, user_id, card))

    deed = Deed(kind="card_pinned", actor=user_id)
    return command(seams, space_id, Action.PIN, deed, rule, states=(State.SCHEDULED, State.LIVE))


def unpin(seams: Seams, user_id: UserId, space_id: SpaceId, card: str) -> Space:
    """Take a post down. One that is not there changes nothing."""

    def rule(space: Space, _: Relations, work: Work) -> Space:
        return schedule.unpin(space, card)

    deed = Deed(kind="card_unpinned", actor=user_id)
    return command(seams, space_id, Action.PIN, deed, rule, states=(State.SCHEDULED, State.LIVE))


def pinned(seams: Seams, viewer: UserId, space_id: SpaceId) -> list[Json]:
    """Return the posts beside a Space, live or over, that the viewer may read."""
    with seams.store.begin() as work:
        space, _ = readable_space(seams, work, viewer, space_id)
    found = seams.cards.cards(space.cards, viewer) if seams.cards is not None and space.cards else {}
    return _fields(seams, [found[card] for card in space.cards if card in found])


def choice(seams: Seams, user_id: UserId) -> list[Json]:
    """Return the member's own latest posts, to choose one from."""
    return _fields(seams, list(seams.cards.recent(user_id, CHOICE)) if seams.cards is not None else [])


def _fields(seams: Seams, cards: list[Card]) -> list[Json]:
    profiles = seams.memory.profiles({card.author_id for card in cards})
    return [
        {
            "id": card.id,
            "url": card.url,
            "text": card.text,
            "author": profile_fields(profiles[card.author_id]),
            "at": iso(card.at),
        }
        for card in cards
    ]
