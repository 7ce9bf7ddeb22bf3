"""The state machine: hypothesis decides what happens, and after each step all is held against the oracle."""

from __future__ import annotations

from random import Random
from typing import ClassVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.world import World

from .play import Play

chances = st.integers(0, 2**32)


class LawMachine(RuleBasedStateMachine):
    """Each command's answer, rows, audit, counts and the SFU are compared after each step."""

    world: ClassVar[World]
    player: ClassVar[type[Play]] = Play

    def __init__(self) -> None:
        super().__init__()
        self.play = self.player(self.world)
        self.told = 0
        self.chances: list[int] = []

    def dice(self, chance: int) -> Random:
        """Hypothesis likes to try the same again; what is rare in a room needs variety, so all chances so far count."""
        self.chances.append(chance)
        return Random(str(self.chances))

    @initialize(chance=chances)
    def begins(self, chance: int) -> None:
        self.play.begin(self.dice(chance))

    @rule(chance=chances)
    def something_happens(self, chance: int) -> None:
        """One rule, for hypothesis would leave out others for a whole history, and most things need each other."""
        self.play.step(self.dice(chance))

    @invariant()
    def everything_is_as_the_oracle_says(self) -> None:
        for line in self.play.story[self.told :]:
            note(line)
        self.told = len(self.play.story)
        self.play.everything_is_as_the_oracle_says()
