"""Decides flags for members: the rules of ``domain/rollout.py`` over what this process knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ...domain.ids import UserId
from ...domain.rollout import Kill, Person, Required, State, Step, Verdict, decide, steps
from ...flags import BY_KEY
from .flag_book import FlagBook

Attributes = Callable[[UserId], Mapping[str, Any] | None]
"""What rules may ask of one member, None where nobody can tell; it may raise what the host app's port does."""


class Rollout:
    """Who has which flag. ``attributes`` are asked only where a rule does."""

    def __init__(self, book: FlagBook, attributes: Attributes) -> None:
        self._book = book
        self._attributes = attributes

    def verdict(self, key: str, user_id: UserId | None, *, trial: float | None = None) -> Verdict:
        """Return a flag for a member, None for who is signed out; with ``trial`` as if that were its percentage."""
        return decide(*self._asked(key, user_id, trial))

    def trace(self, key: str, user_id: UserId | None) -> Iterable[Step]:
        """Return the steps up to the one that decides."""
        return [step for step, _ in steps(*self._asked(key, user_id, None))]

    def _asked(
        self, key: str, user_id: UserId | None, trial: float | None
    ) -> tuple[State, tuple[str, ...], Kill | None, Required, Person]:
        state = self._book.state(key)
        if trial is not None:
            # As saving it does: so many percent have it, and nobody else.
            state = replace(state, percent=trial, default=False)
        person = Person(user_id) if user_id is None else Person(user_id, lambda: self._attributes(user_id))
        kill = self._book.kills().get(key)
        return state, BY_KEY[key].requires, kill, lambda other: bool(self.verdict(other, user_id).value), person
