"""A Space as one viewer sees it: the answer of every command and the ground on which events stand."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ..domain.admission import Relations
from ..domain.ids import SpaceId, UserId, is_guest
from ..domain.space import Space, State
from ..domain.views import class_of, own_place, view
from ..domain.wire import Json, iso
from ..ports import Profile
from .access import readable_space
from .measures.summing_up import visitors
from .seams import Seams
from .store import Stay, Work

SAMPLE = 10
"""Listeners whose faces travel with a snapshot; the rest are a number."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a snapshot says beside the Space itself: how many listen and are there in all, the latest, and blocks.

    Of a Space that has ended ``present`` is how many came. ``subscribers`` wait for a planned one; ``reminder`` is the
    viewer's own, and whether it comes early as well.
    """

    listening: int
    present: int
    sample: tuple[UserId, ...]
    blocked: frozenset[UserId]
    subscribers: int = 0
    reminder: bool | None = None


def look_around(seams: Seams, work: Work, space: Space, viewer: UserId, ties: Relations | None = None) -> Around:
    """Read what a snapshot needs beside the Space. ``ties`` spares a question about the stage as it stands there."""
    if ties is None:
        stage = frozenset(seat.user_id for seat in space.seats) - {viewer}
        blocked = seams.graph.blocks(viewer, stage).blocked if stage and not is_guest(viewer) else frozenset()
    else:
        blocked = ties.blocked
    waiting: tuple[int, bool | None] = (0, None)
    if space.scheduled_start is not None:
        waiting = work.subscribers([space.id]).get(space.id, 0), work.reminder(space.id, viewer)
    if space.state is not State.LIVE:
        return Around(0, visitors(work, space.id), (), blocked, *waiting)
    # Members were told that members see what they listen to; the whole world was not spoken of.
    listening, present, sample = work.listeners(space.id, sample=0 if is_guest(viewer) else SAMPLE)
    return Around(listening, present, tuple(sample), blocked, *waiting)


def get_snapshot(seams: Seams, viewer: UserId, space_id: SpaceId) -> Json:
    """Return the viewer's snapshot. Raises NotFound for what they may not know, Forbidden for removed and barred."""
    with seams.store.begin() as work:
        space, ties = readable_space(seams, work, viewer, space_id)
        around = look_around(seams, work, space, viewer, ties)
    return snapshot(seams, space, viewer, around)


def snapshot(seams: Seams, space: Space, viewer: UserId, around: Around | None = None) -> Json:
    """Return the snapshot of a Space that the viewer may know (DESIGN's outside contract).

    Without ``around``, which a use case may have read with the Space, it is read now in a transaction of its own.
    """
    if around is None:
        with seams.store.begin() as work:
            around = look_around(seams, work, space, viewer)
    seen = view(space, class_of(space, viewer))
    lists = with_faces(seams, space, {key: seen[key] for key in ("stage", "requests", "invitations")})
    faces = seams.memory.profiles(around.sample)
    return {
        "space": {
            **seen["space"],
            "version": space.version,
            "participant_count": around.present,
            "subscriber_count": around.subscribers,
        },
        "stage": [{**row, "is_blocked_by_me": row["user_id"] in around.blocked} for row in lists["stage"]],
        "requests": [{**row, "position": place} for place, row in enumerate(lists["requests"], 1)],
        "invitations": lists["invitations"],
        "listeners": {
            "count": around.listening,
            "sample": [profile_fields(faces[user_id]) for user_id in around.sample],
        },
        "me": {**own_place(space, viewer), "reminder": _reminder(around.reminder)},
    }


def _reminder(is_early: bool | None) -> Json | None:
    return None if is_early is None else {"is_early": is_early}


def with_faces(seams: Seams, space: Space, lists: dict[str, list[Json]]) -> dict[str, list[Json]]:
    """Return rows keyed by ``user_id`` with what the host app knows of each member: their profile.

    Beside those who wait to speak it also stands how they and the Space's host know each other.
    """
    profiles = seams.memory.profiles({row["user_id"] for rows in lists.values() for row in rows})
    filled = {
        key: [{**row, "profile": profile_fields(profiles[row["user_id"]])} for row in rows]
        for key, rows in lists.items()
    }
    if waiting := filled.get("requests"):
        filled["requests"] = _acquainted(seams, space, waiting)
    return filled


def _acquainted(seams: Seams, space: Space, waiting: list[Json]) -> list[Json]:
    people = [row["user_id"] for row in waiting]
    known = seams.memory.acquaintances(space.host_id, people)
    with seams.store.begin() as work:
        removed = work.removed_by(space.host_id, people, besides=space.id)
    return [
        {**row, "relation": asdict(known[row["user_id"]]), "removed_at": iso(removed.get(row["user_id"]))}
        for row in waiting
    ]


def listeners_of(seams: Seams, space: Space) -> Json:
    """Who listens: ``count``, ``sample`` of profiles, and ``participant_count`` with the stage."""
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


def pseudonym_fields(stay: Stay) -> Json:
    """How those who run a Space see somebody who listens anonymously: an id that leads nowhere else, and a number."""
    profile = Profile(UserId(stay.pseudonym), username="", name=f"Anonymous {stay.anonymous}")
    return {"user_id": stay.pseudonym, "profile": profile_fields(profile)}
