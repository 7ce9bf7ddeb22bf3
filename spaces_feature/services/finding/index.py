"""The live index: which Spaces are live and who is on their stages, in memory, per process.

It follows this process's own commits at once (``put``) and other processes' within a second (``replace``), and keeps
account of the latter (``take_missed``): nobody has told our watchers of them yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from ...domain.ids import SpaceId, UserId
from ...domain.space import Space, State

ENDED_KEPT = 1000
"""Ended Spaces that are remembered, so that a commit told late cannot bring one back."""
_BEHIND = object()


@dataclass(slots=True)
class _Missed:
    """Versions of one Space that another process made, and the Space as it was known here before them."""

    before: Space | None
    versions: set[int] = field(default_factory=set)


class LiveIndex:
    """Live Spaces by id with their participant counts. Reading returns values that nobody changes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._spaces: dict[SpaceId, Space] = {}
        self._counts: Mapping[SpaceId, int] = {}
        self._stamp: object = None
        self._ended: dict[SpaceId, int] = {}
        self._put: set[SpaceId] = set()
        self._is_behind = False
        self._missed: dict[SpaceId, _Missed] = {}
        self._listeners: Mapping[SpaceId, frozenset[UserId]] = {}
        self._talked_at: dict[SpaceId, float] = {}
        self._waiting: Mapping[SpaceId, int] = {}
        self._stages: dict[UserId, set[SpaceId]] = {}
        self._audiences: Mapping[UserId, list[SpaceId]] = {}

    @property
    def stamp(self) -> object:
        """What the database looked like at the last ``replace``; None before the first.

        Equal to nothing as long as the index may differ from what was read then: it is to be read again.
        """
        with self._lock:
            return _BEHIND if self._stamp is not None and (self._is_behind or self._put) else self._stamp

    @property
    def is_empty(self) -> bool:
        """Whether nothing is live, as far as this process knows."""
        return not self._spaces

    def spaces(self) -> list[Space]:
        """Every live Space."""
        with self._lock:
            return list(self._spaces.values())

    def get(self, space_id: SpaceId) -> Space | None:
        """The Space, if it is live."""
        with self._lock:
            return self._spaces.get(space_id)

    def where(self, people: frozenset[UserId], *, or_listening: bool = False) -> list[Space]:
        """Every live Space with one of these people on stage, or ``or_listening`` where their followers may see it.

        Takes as long as there are people, however many Spaces are live.
        """
        with self._lock:
            found = {space_id for one in self._stages.keys() & people for space_id in self._stages[one]}
            if or_listening:
                heard = (
                    (space_id, one) for one in self._audiences.keys() & people for space_id in self._audiences[one]
                )
                # Who is seen no more since the last reading is left out.
                found |= {space_id for space_id, one in heard if one in self._listeners.get(space_id, ())}
            return [self._spaces[space_id] for space_id in found if space_id in self._spaces]

    def count(self, space_id: SpaceId) -> int:
        """How many are present, as of the last refresh."""
        return self._counts.get(space_id, 0)

    def put(self, space: Space) -> None:
        """Follow one commit of this process, which tells of it: a live Space is in, any other is out.

        An older version than the known one changes nothing.
        """
        with self._lock:
            if space.started_at is None:
                self._remember(space)
                return
            known = self._spaces.get(space.id)
            newest = max(known.version if known else 0, self._ended.get(space.id, 0))
            if space.version <= newest:
                self._was_told(space)
                return
            if self._stamp is not None:
                self._miss(space.id, known, range(newest + 1, space.version))
                # A commit is seen by the next read in any case; what was read just before it is not to be trusted.
                self._is_behind = True
            self._seat(known, space)
            if space.state is State.LIVE:
                self._spaces[space.id] = space
                self._put.add(space.id)
            else:
                self._spaces.pop(space.id, None)
                self._put.discard(space.id)
                self._remember(space)

    def replace(self, spaces: Iterable[Space], stamp: object) -> None:
        """Follow the database as a whole, but for what this process knows better: it may have committed since."""
        with self._lock:
            read = {space.id: space for space in spaces}
            followed: dict[SpaceId, Space] = {}
            self._is_behind = False
            for space in read.values():
                known = self._spaces.get(space.id)
                if self._ended.get(space.id, 0) > space.version:
                    self._is_behind = True
                elif known is not None and known.version > space.version:
                    self._is_behind = True
                    followed[space.id] = known
                else:
                    if known is not None or self._stamp is not None:
                        self._miss(space.id, known, range(known.version + 1 if known else 1, space.version + 1))
                    followed[space.id] = space
            for known in self._spaces.values():
                if known.id in read:
                    continue
                if known.id in self._put:
                    # It began after the reading, or another process ended it: the next reading knows.
                    self._is_behind = True
                    followed[known.id] = known
                else:
                    self._miss(known.id, known, [known.version + 1])
            self._spaces = followed
            self._stages = {}
            for space in followed.values():
                self._seat(None, space)
            self._put = set()
            self._stamp = stamp

    def take_missed(self) -> dict[SpaceId, Space | None]:
        """Return, once, every Space that another process changed, as it was known here before (None: not at all)."""
        with self._lock:
            missed, self._missed = self._missed, {}
            return {space_id: one.before for space_id, one in missed.items()}

    def set_counts(self, counts: Mapping[SpaceId, int]) -> None:
        """Replace the participant counts."""
        self._counts = counts

    def set_subscribers(self, waiting: Mapping[SpaceId, int]) -> None:
        """Replace how many waited for each Space that was planned."""
        self._waiting = waiting

    def subscribers(self, space_id: SpaceId) -> int:
        """How many waited for a Space, as of when it last changed."""
        return self._waiting.get(space_id, 0)

    @property
    def listeners(self) -> Mapping[SpaceId, frozenset[UserId]]:
        """Who is in each audience and lets their followers see it, as of the last ``set_listeners``."""
        return self._listeners

    def set_listeners(self, listeners: Mapping[SpaceId, frozenset[UserId]]) -> None:
        """Replace who listens where, of those who let their followers see it."""
        audiences: dict[UserId, list[SpaceId]] = defaultdict(list)
        for space_id, people in listeners.items():
            for one in people:
                audiences[one].append(space_id)
        with self._lock:
            self._listeners, self._audiences = listeners, audiences

    def drop_listener(self, space_id: SpaceId, user_id: UserId) -> None:
        """Let somebody be seen in an audience no more, at once."""
        with self._lock:
            self._listeners = {**self._listeners, space_id: self._listeners[space_id] - {user_id}}

    def told(self, space_id: SpaceId) -> int:
        """Return the version of a Space that is not live that this process told of last, 0 for none."""
        with self._lock:
            return self._ended.get(space_id, 0)

    def note_talk(self, space_id: SpaceId, now: float) -> None:
        """Note that somebody is talking in a Space; ``now`` in seconds."""
        self._talked_at[space_id] = now

    def is_talking(self, space_id: SpaceId) -> bool:
        """Whether somebody was talking a moment ago, as far as this process was told."""
        return space_id in self._talked_at

    def still_talking(self, since: float) -> frozenset[SpaceId]:
        """Forget where nobody talked since a moment, and return where somebody did."""
        self._talked_at = {one: at for one, at in self._talked_at.items() if at >= since}
        return frozenset(self._talked_at)

    def _remember(self, space: Space) -> None:
        """Keep up to which version this process told of a Space that is not live."""
        self._ended[space.id] = space.version
        if len(self._ended) > ENDED_KEPT:
            del self._ended[next(iter(self._ended))]

    def _seat(self, before: Space | None, after: Space) -> None:
        """Note who is on the stage now, and who is not any more: of a Space that is not live, nobody."""
        for seat in before.seats if before else ():
            self._stages[seat.user_id].discard(after.id)
            if not self._stages[seat.user_id]:
                del self._stages[seat.user_id]
        for seat in after.seats if after.state is State.LIVE else ():
            self._stages.setdefault(seat.user_id, set()).add(after.id)

    def _miss(self, space_id: SpaceId, before: Space | None, versions: Iterable[int]) -> None:
        for version in versions:
            self._missed.setdefault(space_id, _Missed(before)).versions.add(version)

    def _was_told(self, space: Space) -> None:
        """A commit of our own was read, or followed by another, before it was put."""
        missed = self._missed.get(space.id)
        if missed is not None:
            missed.versions.discard(space.version)
            if not missed.versions:
                del self._missed[space.id]
