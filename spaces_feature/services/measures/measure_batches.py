"""Measures that wait to be written, and how one that the database refuses is kept from holding up all others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Protocol

from ...domain.ids import UserId
from ...domain.rollout import Verdict
from ...errors import Unavailable
from ..store import Store
from .measure_store import Exposure, Milestone, Tally

TRIES = 200
"""Transactions in one search for what the database refuses; the next one goes on."""
PATIENCE = 5.0
"""Seconds that one such search may take."""


class Keys(Protocol):
    """As much of ``Ids`` as writing needs."""

    def member_key(self, user_id: UserId) -> str:
        """Return the keyed hash of a member."""
        ...


class Wiring(Protocol):
    """As much of ``Seams`` as writing needs."""

    @property
    def store(self) -> Store:
        """Opens transactions."""
        ...

    @property
    def ids(self) -> Keys:
        """Makes keys of members."""
        ...


@dataclass(frozen=True, slots=True)
class Met:
    """One exposure that waits to be written."""

    at: datetime
    verdict: Verdict
    context: str


@dataclass(slots=True)
class Batch:
    """What waits to be written, in the order in which it came."""

    tallies: dict[tuple[datetime, str], int] = field(default_factory=dict)
    milestones: dict[tuple[UserId, str, date], datetime] = field(default_factory=dict)
    exposures: dict[tuple[str, int, UserId], Met] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tallies) + len(self.milestones) + len(self.exposures)

    def take(self, most: int) -> Batch:
        """Take out the first ``most`` of each kind."""
        return Batch(_taken(self.tallies, most), _taken(self.milestones, most), _taken(self.exposures, most))

    def add(self, other: Batch) -> None:
        """Add what waits in another, of which nothing is in this one."""
        self.tallies |= other.tallies
        self.milestones |= other.milestones
        self.exposures |= other.exposures

    def parts(self) -> list[Batch]:
        """Split into smaller ones: by kind where there are several, else in half. Empties it; one row is no part."""
        kinds = [Batch(tallies=self.tallies), Batch(milestones=self.milestones), Batch(exposures=self.exposures)]
        found = [one for one in kinds if one]
        if len(found) > 1:
            return found
        half = self.take(len(self) // 2)
        return [half, self] if half else []

    def what(self) -> Iterator[str]:
        """Name every row, without the member."""
        yield from (f"tally {name!r}" for _, name in self.tallies)
        yield from (f"milestone {name!r}" for _, name, _ in self.milestones)
        yield from (f"exposure to {key!r}, version {version}" for key, version, _ in self.exposures)


@dataclass(slots=True)
class Found:
    """How a search ended: what waits on, what is refused for itself, and why the first of it is."""

    waits: Batch = field(default_factory=Batch)
    refused: Batch = field(default_factory=Batch)
    error: Exception | None = None


def write(seams: Wiring, batch: Batch, app_version: str) -> None:
    """Write a batch in one transaction of three statements, all of it or nothing."""
    member = seams.ids.member_key
    with seams.store.begin() as work:
        work.add_tallies([Tally(at, name, n) for (at, name), n in batch.tallies.items()])
        work.add_milestones([Milestone(member(who), name, at) for (who, name, _), at in batch.milestones.items()])
        work.add_exposures(
            [
                Exposure(
                    flag=key,
                    version=version,
                    member=member(who),
                    at=met.at,
                    value=met.verdict.variant,
                    reason=str(met.verdict.reason),
                    rule=met.verdict.rule,
                    context=met.context,
                    app_version=app_version,
                )
                for (key, version, who), met in batch.exposures.items()
            ]
        )


def write_apart(seams: Wiring, batch: Batch, app_version: str) -> Found:
    """Write in ever smaller parts what was refused as a whole, and find what is refused for itself.

    Nothing is called refused unless something else could be written: what refuses everything is the database's trouble,
    and passes. Bounded in transactions and in time; what was not come to waits.
    """
    found, parts, has_written = Found(), batch.parts() or [batch], False
    ends, tries = time.monotonic() + PATIENCE, TRIES
    while parts:
        part = parts.pop(0)
        if tries <= 0 or time.monotonic() > ends:
            found.waits.add(part)
            continue
        tries -= 1
        try:
            write(seams, part, app_version)
            has_written = True
        except Unavailable:
            found.waits.add(part)
            tries = 0
        except Exception as error:
            smaller = part.parts()
            parts = smaller + parts
            if not smaller:
                found.refused.add(part)
                found.error = found.error or error
    if not has_written:
        found.waits.add(found.refused)
        found.refused = Batch()
    return found


def _taken(waiting: dict[Any, Any], most: int) -> dict[Any, Any]:
    return {key: waiting.pop(key) for key in list(islice(waiting, most))}
