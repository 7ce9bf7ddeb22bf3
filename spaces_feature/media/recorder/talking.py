"""Who talked when, from levels: turns, with the pauses of speech inside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ...domain.ids import Identity

Turns = list[tuple[Identity, int, int]]
"""Who, and from which to which millisecond of the capture."""

AUDIBLE_DB = -45
HANG_MS = 600
"""A pause as long as this ends a turn."""
SHORTEST_MS = 300
LONGEST_MS = 10_000
"""Longer ones are told in pieces that touch, so that who is killed owes ten seconds at most."""
STEP_MS = 100


@dataclass(slots=True)
class _Turn:
    began: int
    heard: int
    is_continued: bool = False


class Talk:
    """The turns that are under way."""

    def __init__(self) -> None:
        self._turns: dict[Identity, _Turn] = {}

    def follow(self, levels: Mapping[Identity, int], begins_ms: int) -> Turns:
        """Take the levels of the next 100 ms; returns what is over, or long enough to be told."""
        ended: Turns = []
        for identity, level in levels.items():
            if level >= AUDIBLE_DB:
                turn = self._turns.setdefault(identity, _Turn(begins_ms, begins_ms))
                turn.heard = begins_ms + STEP_MS
        for identity, turn in list(self._turns.items()):
            if begins_ms + STEP_MS - turn.heard >= HANG_MS:
                ended += self._end(identity)
            elif turn.heard - turn.began >= LONGEST_MS:
                ended.append((identity, turn.began, turn.heard))
                turn.began, turn.is_continued = turn.heard, True
        return ended

    def leave(self, staying: Collection[Identity] = ()) -> Turns:
        """End the turns of all others; returns them."""
        return [turn for identity in list(self._turns) if identity not in staying for turn in self._end(identity)]

    def _end(self, identity: Identity) -> Turns:
        turn = self._turns.pop(identity)
        lasted = turn.heard - turn.began
        return [(identity, turn.began, turn.heard)] if lasted >= (1 if turn.is_continued else SHORTEST_MS) else []
