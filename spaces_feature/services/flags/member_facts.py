"""What rules may ask of one member: the host app's attributes, and whether they are staff."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from threading import Lock
from typing import Any

from ...domain.ids import UserId
from ...domain.rollout import COHORT, STAFF
from ...ports import Identity, Members
from ..breaker import Breaker

REMEMBERED = 20_000
"""Members whose attributes are kept for when the host app cannot tell them."""


class MemberFacts:
    """Asks the host app's ports. ``members`` may be missing: then staff are told apart, and nobody else."""

    def __init__(self, identity: Identity, members: Members | None) -> None:
        self._identity = identity
        self._members = members

    def attributes(self, user_id: UserId) -> Mapping[str, Any]:
        """Return a member's attributes by name; ``cohort`` is a tuple. Raises what the ports raise."""
        return self.among([user_id])[user_id]

    def among(self, user_ids: Collection[UserId]) -> Mapping[UserId, Mapping[str, Any]]:
        """Return the attributes of many members in two questions."""
        found = self._members.attributes(user_ids) if self._members is not None else {}
        staff = self._identity.staff(user_ids)
        facts: dict[UserId, Mapping[str, Any]] = {}
        for user_id in user_ids:
            own = found.get(user_id, {})
            cohorts: Any = own.get(COHORT, ())
            named = (cohorts,) if isinstance(cohorts, str) else tuple(cohorts)
            is_new = user_id in staff and STAFF not in named
            facts[user_id] = {**own, COHORT: (*named, STAFF) if is_new else named}
        return facts


class RememberedFacts:
    """The same where a flag is read: it never raises, and goes by what was told last while a port fails or is slow.

    Of whom nothing was ever told it returns None. ``reading`` opens what takes a statement that
    failed back, so that it spoils no transaction that a flag is read in.
    """

    def __init__(self, facts: MemberFacts, reading: Callable[[], AbstractContextManager[object]]) -> None:
        self._facts = facts
        self._reading = reading
        self._breaker = Breaker("what rules ask of members")
        self._lock = Lock()
        self._last: OrderedDict[UserId, Mapping[str, Any]] = OrderedDict()

    def attributes(self, user_id: UserId) -> Mapping[str, Any] | None:
        """Return a member's attributes by name, None while they are not known."""
        found = self._breaker.call(lambda: self._asked(user_id), None)
        with self._lock:
            if found is None:
                return self._last.get(user_id)
            self._last[user_id] = found
            self._last.move_to_end(user_id)
            if len(self._last) > REMEMBERED:
                self._last.popitem(last=False)
        return found

    def _asked(self, user_id: UserId) -> Mapping[str, Any]:
        with self._reading():
            return self._facts.attributes(user_id)
