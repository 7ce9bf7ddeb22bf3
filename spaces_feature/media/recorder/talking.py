"""Who talked when, from levels: turns, with the pauses of speech inside them.

Whoever takes their voice back is taken out by what is told here: each sound of theirs is told, a short one too, and a
long one while it lasts. What is no word is left out where turns are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ...domain.ids import Identity
from ...domain.timeline import VOICE_DB

Turns = list[tuple[Identity, int, int]]
"""Who, and from which to which millisecond of the capture."""

HANG_MS = 600
"""A pause as long as this ends a turn."""
TOLD_EACH_MS = 2_000
LONGEST_MS = 10_000
"""One that lasts is told again each two seconds, ever longer, so that who is killed owes little; after ten seconds
another one begins where it was told to.
"""
STEP_MS = 100


@dataclass(slots=True)
class _Turn:
    began: int
    heard: int
    told: int


class Talk:
    """The turns that are under way."""

    def __init__(self) -> None:
        self._turns: dict[Identity, _Turn] = {}

    def follow(self, levels: Mapping[Identity, int], begins_ms: int) -> Turns:
        """Take the levels of the next 100 ms; returns what is over, or has lasted for another while."""
        ended: Turns = []
        for identity, level in levels.items():
            if level > VOICE_DB:
                turn = self._turns.setdefault(identity, _Turn(begins_ms, begins_ms, begins_ms))
                turn.heard = begins_ms + STEP_MS
        for identity, turn in list(self._turns.items()):
            if begins_ms + STEP_MS - turn.heard >= HANG_MS:
                ended += self._end(identity)
            elif turn.heard - turn.told >= TOLD_EACH_MS:
                ended.append((identity, turn.began, turn.heard))
                turn.told = turn.heard
                if turn.heard - turn.began >= LONGEST_MS:
                    turn.began = turn.heard
        return ended

    def leave(self, staying: Collection[Identity] = ()) -> Turns:
        """End the turns of all others; returns them."""
        return [turn for identity in list(self._turns) if identity not in staying for turn in self._end(identity)]

    def _end(self, identity: Identity) -> Turns:
        turn = self._turns.pop(identity)
        return [(identity, turn.began, turn.heard)] if turn.heard > turn.told else []
