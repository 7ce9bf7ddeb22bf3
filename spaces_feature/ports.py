"""What the host, or an engine, fills in. Sync, narrow, set-based Protocols and the values that cross them.

A question takes a set and returns a mapping or a set, so that no adapter can be asked once per row. Every port has a
public contract in ``spaces_feature.testing`` which an adapter must pass; ours do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from .domain.ids import SpaceId, UserId
from .media_ports import MediaServer as MediaServer
from .media_ports import MediaStorage as MediaStorage


@dataclass(frozen=True, slots=True)
class Profile:
    """How a member is shown. ``avatar_url`` may be empty: the page then draws a monogram. ``url`` leads to them."""

    user_id: UserId
    username: str
    name: str
    avatar_url: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks between one user and others. ``blocked``: whom the user blocked; ``blocked_by``: who blocked the user."""

    blocked: frozenset[UserId] = frozenset()
    blocked_by: frozenset[UserId] = frozenset()

    @property
    def either(self) -> frozenset[UserId]:
        """Everyone with a block in either direction."""
        return self.blocked | self.blocked_by


@runtime_checkable
class Identity(Protocol):
    """Who is asking, and how members are shown.

    May be asked inside a transaction of ours, on the host's session: read, do not flush, commit or roll back, and
    answer from the database or from memory rather than over the network.
    """

    def current_user_id(self) -> UserId | None:
        """Return the signed-in member of the current request or socket handshake, else None."""
        ...

    def profiles(self, user_ids: Collection[UserId]) -> Mapping[UserId, Profile]:
        """Return the profiles of those that exist, in one query; unknown ids are left out."""
        ...

    def protected(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return those whose accounts are open to their followers only, in one query."""
        ...

    def staff(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return those who are staff of the host app."""
        ...

    def barred(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return those who may not take part: suspended, deleted or unknown."""
        ...


@runtime_checkable
class SocialGraph(Protocol):
    """The host's follow graph and blocks. Asked like ``Identity``, also inside a transaction of ours."""

    def followees(self, user_id: UserId) -> frozenset[UserId]:
        """Return everyone whom the member follows, in one query."""
        ...

    def followers(self, user_id: UserId, *, chunk: int = 1000) -> Iterator[list[UserId]]:
        """Yield the member's followers in lists of at most ``chunk``, each follower once."""
        ...

    def followers_among(self, user_id: UserId, others: Collection[UserId]) -> frozenset[UserId]:
        """Return those of ``others`` who follow the member."""
        ...

    def mutuals(self, user_id: UserId, others: Collection[UserId]) -> Mapping[UserId, int]:
        """Return, for each of ``others``, how many of those whom the member follows follow them; one query."""
        ...

    def blocks(self, user_id: UserId, others: Collection[UserId]) -> Blocks:
        """Return the blocks between the member and ``others``, both directions, in one query."""
        ...


@dataclass(frozen=True, slots=True)
class StripItem:
    """One author's short-lived posts, as one entry of the strip. ``url`` opens them.

    ``is_seen``: the viewer has seen all of them. ``posted_at`` is the newest one's; at ``expires_at`` (UTC) the last of
    them is gone, and the entry with it.
    """

    id: str
    user_id: UserId
    is_seen: bool
    posted_at: datetime
    expires_at: datetime
    url: str


@runtime_checkable
class StripSource(Protocol):
    """What the host shows in the strip beside live Spaces. Asked like ``Identity``; ``now`` is UTC.

    Only what the viewer may see, and nothing whose time is over at ``now``.
    """

    def items(self, viewer: UserId, followees: frozenset[UserId], now: datetime) -> Sequence[StripItem]:
        """Return one item per author among the viewer and whom they follow, in one query."""
        ...

    def among(self, viewer: UserId, user_ids: Collection[UserId], now: datetime) -> Mapping[UserId, bool]:
        """Return, for those of ``user_ids`` who have something, whether the viewer has seen all of it; one query."""
        ...


@dataclass(frozen=True, slots=True)
class Card:
    """One of the host app's posts, as it is shown pinned to a Space. ``at`` is when it was written, UTC."""

    id: str
    author_id: UserId
    text: str
    url: str
    at: datetime


@runtime_checkable
class Cards(Protocol):
    """The host app's posts. Asked like ``Identity``."""

    def cards(self, ids: Collection[str], viewer: UserId | None) -> Mapping[str, Card]:
        """Return those of these posts that the viewer may read (None: anybody), in one query."""
        ...

    def recent(self, author: UserId, limit: int) -> Sequence[Card]:
        """Return the member's own latest posts, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Notice:
    """What one member is told outside the page: in the host's inbox, by push, by mail.

    ``id`` is the same whenever the same thing is told to the same member again. ``text`` is a sentence, ``url`` the
    path of the Space, or of its clip. ``at`` (UTC) is when it began or is to begin.
    """

    id: str
    kind: str
    user_id: UserId
    space_id: SpaceId
    title: str
    host_id: UserId
    text: str
    url: str
    at: datetime


@runtime_checkable
class Notify(Protocol):
    """Takes notices to members.

    Called inside a transaction of ours on the host's session: what it writes there is committed with our note that it
    was done, so each notice is written exactly once. A host that writes elsewhere may be called again with the same
    ids. It does not commit, roll back or use the network; a mistake it raises takes the batch back, to be tried again.
    """

    def __call__(self, batch: Sequence[Notice]) -> None:
        """Take at most 500 notices."""
        ...


Attribute = str | int | float | bool | tuple[str, ...]
"""What is known of a member under one name; several words where several hold, as with ``cohort``."""


@runtime_checkable
class Members(Protocol):
    """Who the members are, as far as product managers may ask. Optional, and asked like ``Identity``.

    Without it every member of staff may do everything in the cockpit, lists take user ids only, nobody is counted, and
    rules know the cohort ``staff`` alone.
    """

    def count(self) -> int:
        """Return how many members there are."""
        ...

    def page(self, after: UserId | None, limit: int) -> Sequence[UserId]:
        """Return at most ``limit`` members in an order that stays, from behind ``after`` on (None: from the first)."""
        ...

    def named(self, usernames: Collection[str]) -> Mapping[str, UserId]:
        """Return the members of these user names, keyed as given (any case, with or without an @ before them)."""
        ...

    def attributes(self, user_ids: Collection[UserId]) -> Mapping[UserId, Mapping[str, Attribute]]:
        """Return what rules may ask of these members, in one query: ``platform``, ``country``, ``followers`` ...

        ``cohort`` names the group or groups that a member is in. What is not known of somebody is left out.
        """
        ...

    def roles(self, user_ids: Collection[UserId]) -> Mapping[UserId, frozenset[str]]:
        """Return what these members of staff may do in the cockpit: ``viewer``, ``editor``, ``killer``."""
        ...


@runtime_checkable
class FollowTimes(Protocol):
    """A graph that knows when somebody followed somebody. Optional, beside ``SocialGraph``."""

    def gained(self, user_id: UserId, since: datetime, until: datetime) -> int | None:
        """Return how many followed the member in that time (UTC) and still do; None when that is not known."""
        ...
