"""What measuring needs of a database: exposures, milestones and tallies, written in batches and read in sums.

Tallies, by name: ``joins`` (grants that were handed out), ``joins.failed`` (that we could not, or that led to no
sound), ``listeners`` (stays begun in an audience), ``speaker_connects`` and ``speaker_connects.failed``, ``drops``,
``reports``, ``evaluated.<flag>``, and histograms as ``<name>.le.<milliseconds>`` or ``<name>.le.inf``: how many fell
into that one bucket of ``domain/statistics.BOUNDS``, not into all up to it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

TALLIED = timedelta(minutes=5)
"""How long one tally lasts; it begins at a multiple of this."""
MILESTONES: Mapping[str, str] = {
    "saw_strip": "Saw the strip",
    "opened": "Opened a Space",
    "joined": "Joined",
    "heard": "Heard sound",
    "stayed": "Stayed 5 minutes",
    "asked": "Asked to speak",
    "spoke": "Spoke",
}
"""The steps of the funnel that are noted, in their order, and what they are called."""
INFINITE = "inf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The first time that a member met what one version of a flag does. ``member`` is a keyed hash, ``value`` a name.

    ``context`` is a hash of the attributes that decided, empty where none did.
    """

    flag: str
    version: int
    member: str
    at: datetime
    value: str
    reason: str
    rule: str = ""
    context: str = ""
    app_version: str = ""


@dataclass(frozen=True, slots=True)
class Milestone:
    """That a member, by their keyed hash, came so far on that day of ``at`` (UTC)."""

    member: str
    name: str
    at: datetime

    @property
    def day(self) -> date:
        """The day in UTC."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something happened in the five minutes that begin ``at``."""

    at: datetime
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Arm:
    """How many members were exposed to one value of a flag for one reason."""

    value: str
    reason: str
    members: int


class Measures(Protocol):
    """The part of one transaction that keeps measures. Members are named by ``Ids.member_key`` throughout."""

    def add_exposures(self, exposures: Collection[Exposure]) -> None:
        """Write those that are not there: of one flag, version and member the first stays (one statement)."""
        ...

    def add_milestones(self, milestones: Collection[Milestone]) -> None:
        """Write those that are not there: one a day of each name and member (one statement)."""
        ...

    def add_tallies(self, tallies: Collection[Tally]) -> None:
        """Add to what other processes counted (one statement)."""
        ...

    def tallies(self, since: datetime, until: datetime, names: Collection[str] = ()) -> list[Tally]:
        """Return the tallies that begin from ``since`` to before ``until``, oldest first; of all names by default."""
        ...

    def tally_sums(self, since: datetime, until: datetime) -> dict[str, int]:
        """Return what all tallies that begin from ``since`` to before ``until`` add up to, by name."""
        ...

    def evaluated_at(self, since: datetime) -> dict[str, datetime]:
        """Return when each flag was last asked for since a moment, to five minutes, by flag (one statement)."""
        ...

    def exposure_counts(self, since: datetime) -> dict[str, int]:
        """Return how many exposures were noted since a moment, by flag."""
        ...

    def arms(self, flag: str, version: int) -> list[Arm]:
        """Return how the members who were exposed to one version of a flag divide, by value and reason."""
        ...

    def crossed_over(self, flag: str) -> tuple[int, int]:
        """Return how many members met more than one value of a flag over its versions, and how many met it at all."""
        ...

    def milestone_counts(self, since: date, until: date, flag: str | None = None) -> dict[tuple[str, str], int]:
        """Return how many members came how far from ``since`` to before ``until``: by name and value.

        Without a flag the value is empty. With one only members count whom its percentage divided, by the value that
        they met first, and only from the day on that they met it.
        """
        ...

    def came_back(self, since: date, until: date, flag: str | None = None) -> dict[str, int]:
        """Return how many members joined on at least two days of that time, by value as in ``milestone_counts``."""
        ...

    def forget_measures(self, kept_since: datetime, tallies_since: datetime, limit: int) -> int:
        """Delete up to ``limit`` rows of each kind from before those moments. Returns how many of one kind at most."""
        ...

    def forget_member(self, member: str) -> tuple[int, int]:
        """Delete every exposure and every milestone of a member. Returns how many of each."""
        ...


def tally_start(moment: datetime) -> datetime:
    """Return the beginning of the tally that a moment, in UTC, falls into."""
    return moment - timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)


def bucket_name(name: str, bound: float) -> str:
    """Return the name of the tally of one bucket of a histogram, by its upper bound in seconds."""
    return f"{name}.le.{INFINITE if math.isinf(bound) else round(bound * 1000)}"


def histogram(sums: Mapping[str, int], name: str) -> dict[float, int]:
    """Return a histogram out of sums of tallies: how many fell into each bucket, by its upper bound in seconds."""
    begins = f"{name}.le."
    found = ((key.removeprefix(begins), count) for key, count in sums.items() if key.startswith(begins))
    return {math.inf if bound == INFINITE else int(bound) / 1000: count for bound, count in found}


def summed(tallies: Iterable[Tally]) -> dict[str, int]:
    """Return what tallies add up to, by name."""
    sums: dict[str, int] = {}
    for one in tallies:
        sums[one.name] = sums.get(one.name, 0) + one.count
    return sums
