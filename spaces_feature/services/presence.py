"""Who is present in a Space, page by page."""

from __future__ import annotations

from datetime import UTC, datetime

from ..domain.ids import SpaceId, UserId
from ..domain.roles import TABLE, Action
from ..domain.wire import Json, iso
from ..errors import Invalid
from .access import readable_space
from .seams import Seams
from .snapshots import profile_fields, pseudonym_fields

PAGE = 50
"""Participants in one answer."""


def participants(seams: Seams, user_id: UserId, space_id: SpaceId, cursor: str | None) -> Json:
    """Return a page of who is present, oldest stay first.

    ``{"data": [{"user_id", "role", "joined_at", "profile"}], "next_cursor"}``. Those who run the Space see everyone,
    anonymous listeners under a pseudonym; others see who is on stage and who lets themselves be seen. Raises Invalid
    for a foreign cursor.
    """
    with seams.store.begin() as work:
        space, _ = readable_space(seams, work, user_id, space_id)
        sees_all = Action.REMOVE in TABLE[space.role_of(user_id)]
        stays = work.participants(space.id, after=_position(cursor), limit=PAGE + 1, with_unlisted=sees_all)
    page = stays[:PAGE]
    profiles = seams.memory.profiles([stay.user_id for stay in page if stay.anonymous is None])
    last = page[-1] if len(stays) > PAGE else None
    return {
        "data": [
            {
                "role": str(space.role_of(stay.user_id)),
                "joined_at": iso(stay.joined_at),
                **(
                    {"user_id": stay.user_id, "profile": profile_fields(profiles[stay.user_id])}
                    if stay.anonymous is None
                    else pseudonym_fields(stay)
                ),
            }
            for stay in page
        ],
        # In a query string a plus sign would be a blank, hence no "+00:00".
        "next_cursor": f"{last.joined_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}~{last.id}" if last else None,
    }


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    """The keyset position behind a cursor."""
    if cursor is None:
        return None
    joined_at, _, stay_id = cursor.partition("~")
    try:
        return datetime.fromisoformat(joined_at).astimezone(UTC), stay_id
    except (ValueError, OverflowError):
        raise Invalid("bad_cursor", "This cursor is not one of ours.", "Begin without one.", field="cursor") from None
