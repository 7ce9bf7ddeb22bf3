"""Which of many members have a flag: the host app is asked about all of them at once, and only where a rule asks."""

from __future__ import annotations

from collections.abc import Collection

from ...domain.ids import UserId
from ...flags import required_by
from ..seams import Seams
from .member_facts import MemberFacts
from .rollouts import Rollout


def having(seams: Seams, key: str, people: Collection[UserId]) -> frozenset[UserId]:
    """Return those of ``people`` to whom a flag is open. With a flag service of the host's each is asked about."""
    if not people or seams.flags.killed(key) is not None:
        return frozenset()
    if not seams.flags.is_ours:
        return frozenset(one for one in people if seams.flags.is_on(key, one))
    asks = any(seams.book.state(flag).rules for flag in (key, *required_by(key)))
    facts = MemberFacts(seams.identity, seams.members).among(people) if asks else {}
    rollout = Rollout(seams.book, facts.__getitem__)
    return frozenset(one for one in people if rollout.verdict(key, one).value)
