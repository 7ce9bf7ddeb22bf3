"""What a viewer is shown of what is live: the strip.

The viewer's follow list is the host's, the live Spaces are few and in memory: one question to the host app (whom do I
follow), met in memory, then blocks and profiles of the few people on show. The number of statements grows with
neither followees nor live Spaces.
"""

from __future__ import annotations

from ..domain.admission import Relations, blocking, may_know
from ..domain.ids import UserId
from ..domain.space import Audience, Space
from ..domain.strip import Entry, entry_for, ranked, why
from ..domain.views import Json, space_fields
from .access import block_scope
from .seams import Seams
from .snapshots import profile_fields

FACES = 5
"""People that travel with one entry."""
LONGEST = 50
"""Entries in one strip."""


def strip(seams: Seams, viewer: UserId) -> list[Json]:
    """Return the viewer's strip entries, best first."""
    spaces = seams.index.spaces()
    if not spaces:
        return []
    followees = seams.memory.followees(viewer)
    entries = [entry for space in spaces if (entry := entry_for(space, followees, viewer=viewer))]
    if not entries:
        return []
    entries = ranked(_allowed(seams, viewer, followees, entries))[:LONGEST]
    profiles = seams.memory.profiles({person for entry in entries for person in entry.people[:FACES]})
    shown: list[Json] = []
    for entry in entries:
        code, text = why(entry, lambda user_id: profiles[user_id].name.split(" ")[0])
        shown.append(
            {
                "kind": "space",
                "space": _card(seams, entry.space),
                "people": [profile_fields(profiles[person]) for person in entry.people[:FACES]],
                "reason": {"code": code, "text": text},
            }
        )
    return shown


def strip_in_host_page(seams: Seams, viewer: UserId) -> list[Json]:
    """Return the strip inside a page that the host renders, whose transaction is the host's: nothing is committed."""
    if seams.index.stamp is None:
        with seams.store.read() as work:
            # The stamp first: what commits in between is then seen as a difference, and read again.
            stamp = work.live_stamp()
            seams.index.replace(work.live(), stamp)
    return strip(seams, viewer)


def _allowed(seams: Seams, viewer: UserId, followees: frozenset[UserId], entries: list[Entry]) -> list[Entry]:
    """Without Spaces whose host or co-hosts have a block with the viewer, or whose audience the viewer is not in."""
    scope = block_scope(seams)
    rules = frozenset(one for entry in entries for one in blocking(entry.space, scope)) - {viewer}
    blocked = seams.memory.blocks(viewer, rules).either
    # A follower may know what a protected host does, so nothing is asked about hosts whom the viewer follows.
    strangers = frozenset(entry.space.host_id for entry in entries) - followees - {viewer}
    protected = seams.memory.protected(strangers) if strangers else strangers
    choosy = {entry.space.host_id for entry in entries if entry.space.audience is Audience.FOLLOWING}
    following = seams.graph.followers_among(viewer, choosy) if choosy else frozenset()
    return [
        entry
        for entry in entries
        if may_know(
            entry.space,
            viewer,
            Relations(
                follows_host=entry.space.host_id in followees,
                is_followed_by_host=entry.space.host_id in following,
                is_blocked=bool(blocked.intersection(blocking(entry.space, scope))),
                is_host_protected=entry.space.host_id in protected,
            ),
        )
        and viewer not in entry.space.removed
    ]


def _card(seams: Seams, space: Space) -> Json:
    count = seams.index.count(space.id)
    return {**space_fields(space), "version": space.version, "participant_count": count, "subscriber_count": 0}


def load_index(seams: Seams) -> None:
    """Fill the live index of a process that has not looked at the database yet."""
    if seams.index.stamp is None:
        refresh_index(seams)


def refresh_index(seams: Seams) -> None:
    """Follow what other processes committed: one statement when nothing changed, six when something did."""
    with seams.store.begin() as work:
        stamp = work.live_stamp()
        if stamp != seams.index.stamp:
            seams.index.replace(work.live(), stamp)
        if seams.index.spaces():
            seams.index.set_counts(work.participant_counts())
