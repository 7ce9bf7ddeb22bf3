"""Lists of Spaces, page by page: live for the viewer, live elsewhere, coming up, their own, and what a search finds.

What is live is in memory and few; of what is planned a bounded number of short rows is read, and of those that the
list may hold the first hundred in full. The number of statements grows with nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, NamedTuple

from ...domain.directory import heat, is_eligible, micros, moment
from ...domain.ids import SpaceId, UserId, is_space_id
from ...domain.schedule import as_of, is_upcoming
from ...domain.search import read_query
from ...domain.space import Space, State
from ...domain.strip import Entry
from ...domain.wire import Json
from ...errors import Forbidden
from ..access import horizon
from ..seams import Seams
from ..store import Work
from . import discovery, searching
from .finding_store import Planned
from .list_rows import Near, rows_of
from .places import Place, cursor, place_of

PAGE = 24
"""Spaces on one page."""
IDS = 50
"""Spaces that may be asked for by id."""
LOOK = 100
"""Spaces of one part of a list that are looked at closely for one page."""
LOOKS = 3
"""How often the next hundred are taken when too few may be shown."""
SCAN = 2000
"""Planned Spaces whose hosts and topics are looked at for one page."""
HOSTS = 400
"""Hosts that the database is asked for by id; whoever follows more reads past the others."""

StateName = Literal["live", "scheduled", "all"]
Scope = Literal["", "for_you", "elsewhere", "mine"]
Listed = tuple[Place, Space]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which list: its states, its scope (empty: all that the viewer may see here), words that must be met, a topic."""

    state: StateName = "all"
    scope: Scope = ""
    query: str = ""
    topic: str = ""

    @property
    def states(self) -> tuple[State, ...]:
        """The states that may stand in the list."""
        return (State.LIVE, State.SCHEDULED) if self.state == "all" else (State(self.state),)


class Page(NamedTuple):
    """One page: at most 24 Spaces, and the cursor of the next page if there may be more."""

    data: list[Json]
    next_cursor: str | None


def spaces_page(seams: Seams, viewer: UserId | None, asked: Asked, at: str | None = None, size: int = PAGE) -> Page:
    """Return a page of a list, from a cursor on; ``viewer`` None is somebody signed out, who has no list but elsewhere.

    Without the flag ``spaces.directory`` a list holds only what the viewer has to do with. Raises Invalid for the
    cursor or the query, Forbidden ``not_open_yet`` for elsewhere without the flag.
    """
    words = read_query(asked.query)
    name = f"{asked.scope}{'?' if asked.query.strip() else ''}"
    after = place_of(at, name)
    has_directory = seams.flags.is_on("spaces.directory", viewer)
    if asked.scope == "elsewhere" and not has_directory:
        raise Forbidden("not_open_yet", "This is not open to you yet.", "It may be soon.", flag="spaces.directory")
    if viewer is None and asked.scope != "elsewhere":
        return Page([], None)
    finder = _Finder(seams, viewer, asked, has_directory, size)
    if asked.query.strip():
        found, rest = finder.search(words, after) if words else ([], None)
    else:
        found, rest = finder.browse(after)
    return Page(rows_of(seams, finder.near, [space for _, space in found]), cursor(name, rest) if rest else None)


def spaces_by_id(seams: Seams, viewer: UserId, ids: Collection[str]) -> list[Json]:
    """Return those of at most fifty Spaces that the viewer may know, in any state, in the order of ``ids``."""
    discovery.load_index(seams)
    wanted = [SpaceId(one) for one in dict.fromkeys(ids) if is_space_id(one)][:IDS]
    with seams.store.begin() as work:
        found = work.spaces_among(wanted)
        reminded = work.reminders_of(viewer, [space.id for space in found]) if found else frozenset()
    now, limits = seams.clock(), horizon(seams)
    near = Near(viewer, _entries(seams, viewer), seams.memory.followees(viewer), reminded)
    return rows_of(seams, near, discovery.visible(seams, viewer, [as_of(one, now, limits) for one in found]))


def _entries(seams: Seams, viewer: UserId | None) -> dict[SpaceId, Entry]:
    return {entry.space.id: entry for entry in discovery.live_for(seams, viewer)} if viewer else {}


@dataclass(slots=True)
class _Finder:
    """One question, with what there is to know for it."""

    seams: Seams
    viewer: UserId | None
    asked: Asked
    has_directory: bool
    size: int
    near: Near = field(init=False)
    _hidden: frozenset[SpaceId] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        discovery.load_index(self.seams)
        followees = self.seams.memory.followees(self.viewer) if self.viewer else frozenset[UserId]()
        reminded: frozenset[SpaceId] = frozenset()
        with self.seams.store.begin() as work:
            if self.viewer is not None and State.SCHEDULED in self.asked.states:
                reminded = work.reminded_of(self.viewer)
            if self.asked.scope == "elsewhere":
                self._hidden = work.reported_by(self.seams.config.elsewhere_reports)
        self.near = Near(self.viewer, _entries(self.seams, self.viewer), followees, reminded)

    def browse(self, after: Place | None) -> tuple[list[Listed], Place | None]:
        """What is live, then what is planned."""
        found: list[Listed] = []
        if State.LIVE in self.asked.states and (after is None or after.first == 0):
            found, rest = self._cut(self._live(), after)
            if rest is not None:
                return found, rest
        if State.SCHEDULED not in self.asked.states:
            return found, None
        planned, rest = self._planned(after if after and after.first == 1 else None, self.size - len(found))
        return found + planned, rest

    def search(self, words: tuple[str, ...], after: Place | None) -> tuple[list[Listed], Place | None]:
        """What answers every word, best first, what is live before what is planned."""
        with self.seams.store.begin() as work:
            if self.has_directory and self.asked.scope != "mine":
                search = searching.Search(words, self.asked.states, self._suits)
                spaces = searching.candidates(self.seams, work, self.viewer, search)
            else:
                spaces = self._close(work)
        points = {
            space.id: (found, space)
            for found, space in searching.scored(self.seams, words, (one for one in spaces if self._belongs(one)))
        }
        shown = self._shown([space for _, space in points.values()])
        listed = [
            (Place(-points[one.id][0], int(one.state is not State.LIVE), _time(one), one.id), one) for one in shown
        ]
        return self._cut(listed, after, are_shown=True)

    def _close(self, work: Work) -> list[Space]:
        """What the viewer has to do with, and can be found without the directory."""
        live = [entry.space for entry in self.near.entries.values()] if State.LIVE in self.asked.states else []
        if State.SCHEDULED not in self.asked.states:
            return live
        planned, _ = self._scan(work, None)
        return live + work.spaces_among([one.id for one in planned[: searching.CANDIDATES]])

    def _live(self) -> list[Listed]:
        """Every live Space of the list that may have to be shown, with its place."""
        if self.asked.scope == "elsewhere" or (self.has_directory and not self.asked.scope):
            spaces = [space for space in self.seams.index.spaces() if self._belongs(space)]
        else:
            spaces = [entry.space for entry in self.near.entries.values() if self._belongs(entry.space)]
        if self.asked.scope == "elsewhere":
            count = self.seams.index.count
            return [(Place(0, -heat(one, count(one.id)), _time(one), one.id), one) for one in spaces]
        tie = {space_id: entry.tie for space_id, entry in self.near.entries.items()}
        ties = [(one, tie.get(one.id, 9)) for one in spaces]
        followed = {space_id: len(entry.followed) for space_id, entry in self.near.entries.items()}
        return [(Place(0, rank * 10**6 - followed.get(one.id, 0), _time(one), one.id), one) for one, rank in ties]

    def _planned(self, after: Place | None, size: int) -> tuple[list[Listed], Place | None]:
        """Planned Spaces, soonest first, and where the next page begins if there may be one."""
        if size <= 0:
            return [], Place(1, 0, 0, SpaceId("0" * 13))
        with self.seams.store.begin() as work:
            rows, last = self._scan(work, after)
            if len(rows) > LOOK:
                rows, last = rows[:LOOK], rows[LOOK - 1]
            spaces = work.spaces_among([one.id for one in rows])
        listed = [(Place(1, _time(space), 0, space.id), space) for space in self._shown(spaces)]
        if len(listed) > size:
            return listed[:size], listed[size - 1][0]
        return listed, Place(1, micros(last.start), 0, last.id) if last else None

    def _scan(self, work: Work, after: Place | None) -> tuple[list[Planned], Planned | None]:
        """The rows of the list from a place on, and the last row read if there may be more behind it."""
        is_wide = self.has_directory and self.asked.scope in ("", "elsewhere")
        hosts: Collection[UserId] | None = None
        if self.asked.scope == "mine":
            hosts = frozenset({self.viewer} if self.viewer else ())
        elif not is_wide and len(self.near.followees) <= HOSTS and len(self.near.reminded) <= HOSTS:
            hosts = self.near.followees | ({self.viewer} if self.viewer else frozenset[UserId]())
        limit = LOOK if is_wide and not self.asked.topic else SCAN
        rows = work.planned(
            since=self.seams.clock() - timedelta(seconds=self.seams.config.schedule_late),
            after=(moment(after.second), after.space_id) if after else None,
            limit=limit,
            hosts=hosts,
            ids=() if self.asked.scope == "mine" else self.near.reminded,
        )
        kept = [one for one in rows if self._suits(one.host_id, one.id, one.topic_ids)]
        return kept, rows[-1] if len(rows) == limit else None

    def _belongs(self, space: Space) -> bool:
        return self._suits(space.host_id, space.id, space.topic_ids)

    def _suits(self, host: UserId, space_id: SpaceId, topics: tuple[str, ...]) -> bool:
        """Whether a Space belongs in this list, before it is asked whether it may be shown."""
        if self.asked.topic and self.asked.topic not in topics:
            return False
        is_near = self.near.knows(host, space_id)
        match self.asked.scope:
            case "mine":
                return host == self.viewer
            case "for_you":
                return is_near
            case "elsewhere":
                return not is_near and space_id not in self._hidden
            case _:
                return is_near or self.has_directory

    def _shown(self, spaces: list[Space]) -> list[Space]:
        """Those that may be shown to the viewer now."""
        now, limits = self.seams.clock(), horizon(self.seams)
        current = [one for one in spaces if one.state is State.LIVE or is_upcoming(one, now, limits)]
        if self.asked.scope == "elsewhere":
            hosts = {one.host_id for one in current}
            shy = self.seams.memory.protected(hosts) | self.seams.memory.barred(hosts)
            current = [one for one in current if is_eligible(one, shy=shy, reported=self._hidden)]
        return discovery.visible(self.seams, self.viewer, current)

    def _cut(
        self, listed: Iterable[Listed], after: Place | None, *, are_shown: bool = False
    ) -> tuple[list[Listed], Place | None]:
        """The page behind a place, and its last place if there is more behind it."""
        found: list[Listed] = []
        rest = [one for one in sorted(listed, key=lambda one: one[0]) if after is None or one[0] > after]
        if are_shown:
            found = rest
        looked = 0
        while not are_shown and looked < min(len(rest), LOOKS * LOOK) and len(found) <= self.size:
            some = rest[looked : looked + LOOK]
            shown = {space.id for space in self._shown([space for _, space in some])}
            found += [one for one in some if one[1].id in shown]
            looked += LOOK
        if len(found) > self.size:
            return found[: self.size], found[self.size - 1][0]
        has_more = not are_shown and looked < len(rest)
        return found, rest[looked - 1][0] if has_more else None


def _time(space: Space) -> int:
    """The latest live one first, the soonest planned one first."""
    if space.state is State.LIVE:
        return -micros(space.started_at or space.created_at)
    return micros(space.scheduled_start or space.created_at)
