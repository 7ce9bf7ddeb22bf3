"""Ids, as the words they are. All are strings on every wire."""

from __future__ import annotations

from typing import NewType

UserId = NewType("UserId", str)
"""The host app's own user id, at most 64 characters; never parsed by us."""

SpaceId = NewType("SpaceId", str)
"""13 random base62 characters."""

RoomName = NewType("RoomName", str)
"""The SFU's room: Space id, a dash and a random epoch. Never used twice."""

Identity = NewType("Identity", str)
"""Who somebody is at the SFU: a keyed hash of room and user id, different in every room."""

SPACE_ID_LENGTH = 13
GUEST = "guest:"
"""How the ids begin of those who listen signed out. The host app is never asked about one."""
GUEST_LENGTH = 22
NOBODY = UserId(GUEST + "0" * GUEST_LENGTH)
"""Whoever is signed out and no guest either, where something is open to everybody. No guest is called so."""
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def space_of(room: RoomName) -> SpaceId:
    """The Space whose room has this name, if it is one of ours at all."""
    return SpaceId(room.partition("-")[0])


def is_guest(user_id: str | None) -> bool:
    """Whether this is no member: ``guest:`` and 22 random base62 characters, for who listens signed out."""
    if user_id is None or not user_id.startswith(GUEST):
        return False
    rest = user_id.removeprefix(GUEST)
    return len(rest) == GUEST_LENGTH and all(character in BASE62 for character in rest)


def is_plain_id(text: str) -> bool:
    """Whether ``text`` may be an id of the host app's: 1 to 64 characters, none of which no database takes."""
    return 0 < len(text) <= 64 and all(ord(one) > 31 and ord(one) != 127 for one in text)


def is_clip_id(text: str) -> bool:
    """Whether ``text`` has the shape of a clip's id: that of a Space."""
    return is_space_id(text)


def is_space_id(text: str) -> bool:
    """Whether ``text`` has the shape of a Space id."""
    return len(text) == SPACE_ID_LENGTH and all(character in BASE62 for character in text)
