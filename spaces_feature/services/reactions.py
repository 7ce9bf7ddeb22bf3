"""Reactions that this process has taken and not yet told of, or not yet written down; bounded whatever comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from ..domain.ids import SpaceId, UserId

SPACES = 5000
"""Spaces of which reactions wait; those of more are dropped."""
SPEAKERS = 200
"""Members on one stage whose last reaction is known until it is told."""


class Reacting(Protocol):
    """The part of one transaction that keeps sums of reactions."""

    def add_reactions(self, counts: Mapping[SpaceId, Mapping[str, int]]) -> None:
        """Add to how often each reaction was sent to Spaces, by name (one statement)."""
        ...

    def reactions_of(self, space_id: SpaceId) -> Mapping[str, int]:
        """Return how often each reaction was sent to a Space, by name (one statement)."""
        ...


@dataclass(slots=True)
class Batch:
    """What came for one Space since it was told: counts by name, and the last one of each member on its stage."""

    counts: Counter[str] = field(default_factory=Counter)
    last: dict[UserId, str] = field(default_factory=dict)


class Reactions:
    """One process's."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._untold: dict[SpaceId, Batch] = {}
        self._unwritten: dict[SpaceId, Counter[str]] = {}
        self._moments: dict[SpaceId, Counter[int]] = {}

    def add(self, space_id: SpaceId, name: str, speaker: UserId | None = None, moment: int | None = None) -> None:
        """Take one. ``speaker`` is who sent it, None for anybody in the audience.

        ``moment`` is when it came (``timeline.moment_of``) to a Space that is recorded, None to any other.
        """
        with self._lock:
            if max(len(self._untold), len(self._unwritten)) >= SPACES and space_id not in self._untold:
                return
            batch = self._untold.setdefault(space_id, Batch())
            batch.counts[name] += 1
            if speaker is not None and (speaker in batch.last or len(batch.last) < SPEAKERS):
                batch.last[speaker] = name
            self._unwritten.setdefault(space_id, Counter())[name] += 1
            if moment is not None:
                self._moments.setdefault(space_id, Counter())[moment] += 1

    def take(self) -> dict[SpaceId, Batch]:
        """Return what is to be told, which is then told."""
        with self._lock:
            taken, self._untold = self._untold, {}
        return taken

    def take_unwritten(self) -> dict[SpaceId, Counter[str]]:
        """Return what is to be written, which is then written unless it is put back."""
        with self._lock:
            taken, self._unwritten = self._unwritten, {}
        return taken

    def take_moments(self) -> dict[SpaceId, Counter[int]]:
        """Return how many came when, to be written in the same way."""
        with self._lock:
            taken, self._moments = self._moments, {}
        return taken

    def put_back(
        self, counts: Mapping[SpaceId, Mapping[str, int]], moments: Mapping[SpaceId, Mapping[int, int]]
    ) -> None:
        """Let both wait for the next time."""
        with self._lock:
            for space_id, some in counts.items():
                self._unwritten.setdefault(space_id, Counter()).update(some)
            for space_id, when in moments.items():
                self._moments.setdefault(space_id, Counter()).update(when)
