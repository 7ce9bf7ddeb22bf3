"""The port ``Identity`` for hosts that sign their members in with Flask-Login."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

import flask_login

from ..domain.ids import UserId
from ..ports import Profile

User = TypeVar("User")

#: Ids asked of the host at once, well below what any database takes as bound parameters.
IDS_AT_ONCE = 500


def _nobody(user: object) -> bool:
    return False


class FlaskLoginIdentity(Generic[User]):
    """Members are whoever Flask-Login says is signed in; how they are shown is the host's ``to_profile``.

    ``load_users`` takes a list of ids, as strings and at most 500 of them, and returns the users that exist, in any
    order and in one query; ids that it cannot read (another type, another service) it leaves out. ``to_profile`` turns
    one user into a Profile; it may run without a request, so it builds URLs as paths. ``is_staff``, ``is_barred`` and
    ``is_protected`` answer for one user; whoever does not exist is barred in any case. A host without protected
    accounts leaves ``is_protected`` out, and is then never asked about them.
    """

    def __init__(
        self,
        load_users: Callable[[list[str]], Iterable[User]],
        to_profile: Callable[[User], Profile],
        *,
        is_staff: Callable[[User], bool] = _nobody,
        is_barred: Callable[[User], bool] = _nobody,
        is_protected: Callable[[User], bool] | None = None,
    ) -> None:
        self._load_users = load_users
        self._to_profile = to_profile
        self._is_staff = is_staff
        self._is_barred = is_barred
        self._is_protected = is_protected

    def current_user_id(self) -> UserId | None:
        """Return the signed-in member of the current request or socket handshake, else None."""
        user = flask_login.current_user
        # Outside a request the proxy stands for None, which has no ``is_authenticated``.
        if not getattr(user, "is_authenticated", False):
            return None
        # Not ``get_id()``: hosts may sign members in under a revocable token instead of their id.
        return self._to_profile(user).user_id

    def profiles(self, user_ids: Collection[UserId]) -> Mapping[UserId, Profile]:
        """Return the profiles of those that exist; unknown ids are left out."""
        wanted = set(user_ids)
        profiles = (self._to_profile(user) for user in self._users(wanted))
        # A host may read two spellings as one id; an answer under an id nobody asked for would be a stranger's.
        return {profile.user_id: profile for profile in profiles if profile.user_id in wanted}

    def protected(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return those for whom ``is_protected`` holds."""
        # Asked at every door: a host that has no such accounts shall not pay a query for it.
        if self._is_protected is None:
            return frozenset()
        protected = (self._to_profile(user).user_id for user in self._users(user_ids) if self._is_protected(user))
        return frozenset(user_ids).intersection(protected)

    def staff(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return those for whom ``is_staff`` holds."""
        staff = (self._to_profile(user).user_id for user in self._users(user_ids) if self._is_staff(user))
        return frozenset(user_ids).intersection(staff)

    def barred(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return those for whom ``is_barred`` holds, and those that do not exist."""
        free = (self._to_profile(user).user_id for user in self._users(user_ids) if not self._is_barred(user))
        return frozenset(user_ids).difference(free)

    def _users(self, user_ids: Collection[UserId]) -> Iterator[User]:
        wanted: list[str] = list(dict.fromkeys(user_ids))
        # Who asks is loaded for this very request: a page that needs nobody else asks nothing.
        user = flask_login.current_user
        if (
            len(wanted) == 1
            and getattr(user, "is_authenticated", False)
            and self._to_profile(user).user_id == wanted[0]
        ):
            yield user
            return
        for start in range(0, len(wanted), IDS_AT_ONCE):
            yield from self._load_users(wanted[start : start + IDS_AT_ONCE])
