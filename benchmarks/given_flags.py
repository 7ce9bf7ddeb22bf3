"""Flags that nobody has to decide: what answers beside the real ones."""

from __future__ import annotations

from collections.abc import Mapping

from spaces_feature.domain.ids import UserId
from spaces_feature.domain.rollout import Kill, Reason, Value, Verdict


class GivenFlags:
    """Flags from a dict: what reading them costs at least. ``reads`` counts the questions."""

    provider, is_ours = "a dict", True

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        self.reads = 0

    def is_on(self, key: str, user_id: UserId | None) -> bool:
        """Return it."""
        self.reads += 1
        return bool(self._values[key])

    def may_be_on(self, key: str) -> bool:
        """Return it."""
        self.reads += 1
        return bool(self._values[key])

    def number(self, key: str, user_id: UserId | None) -> int:
        """Return it."""
        self.reads += 1
        return int(self._values[key])

    def decision(self, key: str, user_id: UserId | None) -> Verdict:
        """Return it."""
        self.reads += 1
        return Verdict(self._values[key], Reason.DEFAULT)

    def killed(self, key: str) -> Kill | None:
        """Nothing is."""
        self.reads += 1
        return None

    def forget(self) -> None:
        """There is nothing else to know."""

    def track(self, name: str, user_id: UserId | None, value: float | None = None) -> None:
        """Nobody counts."""
