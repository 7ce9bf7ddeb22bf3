"""What a viewer is shown of what is live: the strip, the rings around faces, and who may see which Space.

The viewer's follow list is the host's, the live Spaces are few and in memory: one question to the host app (whom do I
follow), met in memory, then blocks with the few people on show. What depends on no viewer (names, protected accounts)
is asked ahead. The number of statements grows with neither followees nor live Spaces nor followers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from ...domain.admission import Circle, blocking, may_see
from ...domain.ids import UserId, is_plain_id
from ...domain.space import Audience, Space
from ...domain.strip import Entry, tied, why
from ...domain.strip import strip as ordered
from ...domain.wire import Json, iso, space_fields
from ...ports import Profile, StripItem
from ..access import block_scope
from ..memory import names_of
from ..seams import Seams
from ..snapshots import profile_fields

Found = TypeVar("Found")

FACES = 5
"""People that travel with one entry."""
LONGEST = 50
"""Spaces, and again host's items, in one strip."""
LISTENERS = 2000
"""Listeners whose names are asked ahead."""
RINGS = 100
"""Members whose rings are asked for at once."""


def strip(seams: Seams, viewer: UserId, *, only_spaces: bool = False) -> list[Json]:
    """Return the viewer's strip: live Spaces best first, then the host's items, unseen before seen."""
    entries = live_for(seams, viewer)[:LONGEST]
    seams.shown.note(viewer, [entry.space.id for entry in entries])
    profiles = seams.memory.profiles({person for entry in entries for person in entry.people[:FACES]})
    shown = [_space_entry(seams, entry, profiles) for entry in entries]
    return shown if only_spaces else shown + _item_entries(seams, viewer)


def is_at_hand(seams: Seams, viewer: UserId) -> bool:
    """Whether the viewer's strip is known without a question to the database, or nearly so."""
    asks_nobody = seams.index.stamp is not None and not seams.index.spaces() and seams.strip_source is None
    return asks_nobody or seams.memory.remembers(viewer)


def live_for(seams: Seams, viewer: UserId) -> list[Entry]:
    """Return the live Spaces that the viewer has a tie to and may see, best first, with why."""
    if not seams.index.spaces():
        return []
    mine = Circle(viewer, seams.memory.followees(viewer))
    # From whom the viewer follows to where they are, and not the other way round: more people are live than that.
    near = seams.index.where(mine.followees | {viewer}, or_listening=True)
    entries = tied(near, mine, seams.index.listeners)
    candidates = [entry.space for entry in entries]
    followed = frozenset(one for entry in entries for one in entry.followed)
    circle = circle_of(seams, viewer, candidates, followed)
    return ordered(candidates, circle, block_scope(seams), seams.index.listeners)


def circle_of(
    seams: Seams, viewer: UserId | None, spaces: Collection[Space], others: frozenset[UserId] = frozenset()
) -> Circle:
    """Return how the viewer stands to the people of these Spaces, and to others; None is who is signed out."""
    hosts = frozenset(space.host_id for space in spaces)
    if viewer is None or not spaces:
        return Circle(viewer, protected=seams.memory.protected(hosts), gone=seams.memory.barred(hosts))
    people = others.union(one for space in spaces for one in blocking(space, block_scope(seams))) - {viewer}
    choosy = {space.host_id for space in spaces if space.audience is Audience.FOLLOWING}
    gone = seams.memory.barred(hosts | {viewer})
    return Circle(
        viewer,
        followees=seams.memory.followees(viewer),
        blocked=seams.memory.blocks(viewer, people).either,
        protected=seams.memory.protected(hosts),
        followed_by=frozenset(host for host in choosy if viewer in seams.memory.followees(host)),
        is_barred=viewer in gone,
        gone=gone,
    )


def visible(seams: Seams, viewer: UserId | None, spaces: Sequence[Space]) -> list[Space]:
    """Return those of these Spaces that the viewer may be shown; None is who is signed out."""
    circle, scope = circle_of(seams, viewer, spaces), block_scope(seams)
    return [space for space in spaces if may_see(space, circle, scope)]


def avatars(seams: Seams, viewer: UserId, user_ids: Collection[UserId]) -> dict[UserId, str]:
    """Return the ring of each member who has one: ``live``, ``unseen`` or ``seen``."""
    asked = frozenset([one for one in dict.fromkeys(user_ids) if is_plain_id(one)][:RINGS])
    on_stage = seams.index.where(asked)
    there = frozenset(seat.user_id for space in on_stage for seat in space.seats) & asked
    circle, scope = circle_of(seams, viewer, on_stage, there), block_scope(seams)
    seen = [space for space in on_stage if may_see(space, circle, scope)]
    shown = there - circle.blocked
    rings = dict.fromkeys((seat.user_id for space in seen for seat in space.seats if seat.user_id in shown), "live")
    source = seams.strip_source
    if source is not None and (others := asked - rings.keys()):
        none: dict[UserId, bool] = {}
        has_seen = _of_source(seams, lambda: dict(source.among(viewer, others, seams.clock())), none)
        rings |= {
            user_id: "seen" if is_seen else "unseen" for user_id, is_seen in has_seen.items() if user_id in others
        }
    return rings


def strip_in_host_page(seams: Seams, viewer: UserId) -> list[Json]:
    """Return the strip inside a page that the host renders, whose transaction is the host's: nothing is committed."""
    if seams.index.stamp is None:
        with seams.store.read() as work:
            # The stamp first: what commits in between is then seen as a difference, and read again.
            stamp = work.live_stamp()
            seams.index.replace(work.live(), stamp)
    return strip(seams, viewer)


def card_fields(seams: Seams, space: Space) -> Json:
    """A Space as lists show it: the wire's fields, with how many are there as of the last second."""
    count, waiting = seams.index.count(space.id), seams.index.subscribers(space.id)
    return {**space_fields(space), "version": space.version, "participant_count": count, "subscriber_count": waiting}


def _space_entry(seams: Seams, entry: Entry, profiles: Mapping[UserId, Profile]) -> Json:
    people = entry.people[:FACES]
    code, text = why(entry, names_of(profiles))
    return {
        "kind": "space",
        "space": card_fields(seams, entry.space),
        "people": [profile_fields(profiles[person]) for person in people],
        "reason": {"code": code, "text": text},
        "is_talking": seams.index.is_talking(entry.space.id),
    }


def _item_entries(seams: Seams, viewer: UserId) -> list[Json]:
    source = seams.strip_source
    if source is None:
        return []
    now = seams.clock()
    followees = seams.memory.followees(viewer)
    none: list[StripItem] = []
    found = _of_source(seams, lambda: list(source.items(viewer, followees, now)), none)
    items = _in_order(found, viewer, followees, now=now.timestamp())
    profiles = seams.memory.profiles([item.user_id for item in items])
    return [
        {
            "kind": "fleet",
            "id": item.id,
            "url": item.url,
            "people": [profile_fields(profiles[item.user_id])],
            "is_seen": item.is_seen,
            "expires_at": iso(item.expires_at),
        }
        for item in items
    ]


def _of_source(seams: Seams, ask: Callable[[], Found], instead: Found) -> Found:
    """What the host's source answers, or ``instead``: Spaces are shown whatever becomes of it, and the host's page too.

    A statement of its that fails is taken back by itself.
    """

    def asked() -> Found:
        with seams.store.read():
            return ask()

    return seams.sources.call(asked, instead)


def _in_order(items: Iterable[StripItem], viewer: UserId, followees: frozenset[UserId], now: float) -> list[StripItem]:
    """Own first, then unseen, then seen, the newest of each first; what the host should have left out is left out."""
    kept = [
        item
        for item in items
        if item.expires_at.timestamp() > now and (item.user_id == viewer or item.user_id in followees)
    ]
    kept.sort(key=lambda item: (item.user_id != viewer, item.is_seen, -item.posted_at.timestamp(), item.id))
    return kept[:LONGEST]


def load_index(seams: Seams) -> None:
    """Fill the live index of a process that has not looked at the database yet."""
    if seams.index.stamp is None:
        refresh_index(seams)


def refresh_index(seams: Seams) -> None:
    """Follow what other processes committed: two statements when nothing changed, seven when something did.

    What every strip needs to know of who is live is asked ahead.
    """
    with seams.store.begin() as work:
        stamp = work.live_stamp()
        if stamp != seams.index.stamp:
            seams.index.replace(work.live(), stamp)
            planned = [space.id for space in seams.index.spaces() if space.scheduled_start is not None]
            seams.index.set_subscribers(work.subscribers(planned))
        if seams.index.spaces():
            seams.index.set_counts(work.participant_counts())
    warm(seams)


def warm(seams: Seams) -> None:
    """Ask the host app ahead for what no strip's request shall have to ask. Leaves no transaction open."""
    spaces = seams.index.spaces()
    if not spaces:
        return
    people = {seat.user_id for space in spaces for seat in space.seats}
    # A listener may be why a Space is in somebody's strip; of a crowd whoever is met first is asked for then.
    people |= set(islice((one for listening in seams.index.listeners.values() for one in listening), LISTENERS))
    choosy = {space.host_id for space in spaces if space.audience is Audience.FOLLOWING}
    seams.memory.warm(people, {space.host_id for space in spaces}, choosy)
    seams.store.rest()
