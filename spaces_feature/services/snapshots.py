"""A Space as one viewer sees it: the answer of every command and the ground on which events stand."""

from __future__ import annotations

from ..domain.ids import SpaceId, UserId
from ..domain.space import Space, State
from ..domain.views import Json, class_of, own_place, view
from ..ports import Profile
from .access import known_space
from .seams import Seams

SAMPLE = 10
"""Listeners whose faces travel with a snapshot; the rest are a number."""


def get_snapshot(seams: Seams, viewer: UserId, space_id: SpaceId) -> Json:
    """Return the viewer's snapshot. Raises NotFound for what they may not know."""
    with seams.store.begin() as work:
        space, _ = known_space(seams, work, viewer, space_id)
    return snapshot(seams, space, viewer)


def snapshot(seams: Seams, space: Space, viewer: UserId) -> Json:
    """Return the snapshot of a Space that the viewer may know (DESIGN's outside contract)."""
    seen = view(space, class_of(space, viewer))
    listeners = listeners_of(seams, space)
    stage = frozenset(seat.user_id for seat in space.seats) - {viewer}
    blocked = seams.graph.blocks(viewer, stage).blocked if stage else frozenset()
    people = {row["user_id"] for row in (*seen["stage"], *seen["requests"])}
    profiles = seams.memory.profiles(people)

    def face(user_id: UserId) -> Json:
        return profile_fields(profiles[user_id])

    return {
        "space": {
            **seen["space"],
            "version": space.version,
            "participant_count": listeners["participant_count"],
            "subscriber_count": 0,
        },
        "stage": [
            {**row, "is_blocked_by_me": row["user_id"] in blocked, "profile": face(row["user_id"])}
            for row in seen["stage"]
        ],
        "requests": [
            {**row, "position": place, "profile": face(row["user_id"])} for place, row in enumerate(seen["requests"], 1)
        ],
        "listeners": {"count": listeners["count"], "sample": listeners["sample"]},
        "me": own_place(space, viewer),
    }


def listeners_of(seams: Seams, space: Space) -> Json:
    """Who listens: ``count``, ``sample`` of profiles, and ``participant_count`` with the stage."""
    if space.state is not State.LIVE:
        return {"count": 0, "sample": [], "participant_count": 0}
    with seams.store.begin() as work:
        count, present, sample = work.listeners(space.id, sample=SAMPLE)
    profiles = seams.memory.profiles(sample)
    return {
        "count": count,
        "sample": [profile_fields(profiles[user_id]) for user_id in sample],
        "participant_count": present,
    }


def profile_fields(profile: Profile) -> Json:
    """A profile on the wire."""
    return {
        "user_id": profile.user_id,
        "username": profile.username,
        "name": profile.name,
        "avatar_url": profile.avatar_url,
        "url": profile.url,
    }
