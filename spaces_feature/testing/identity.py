"""The port ``Identity``: a stand-in that keeps members in memory, and the contract of every adapter."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import ClassVar

import pytest

from ..domain.ids import UserId
from ..ports import Identity, Profile


class FakeIdentity:
    """Members in memory. Who is signed in is said by ``sign_in`` and holds for the thread (or greenlet) alone."""

    def __init__(self, *profiles: Profile) -> None:
        self._profiles: dict[UserId, Profile] = {}
        self._barred: set[UserId] = set()
        self._protected: set[UserId] = set()
        self._staff: set[UserId] = set()
        self._here = threading.local()
        for profile in profiles:
            self.add(profile)

    def add(self, profile: Profile) -> UserId:
        """Make a member exist, or change how they are shown; returns their id."""
        self._profiles[profile.user_id] = profile
        return profile.user_id

    def bar(self, user_id: UserId) -> None:
        """Suspend a member."""
        self._barred.add(user_id)

    def unbar(self, user_id: UserId) -> None:
        """Lift a suspension; none is fine."""
        self._barred.discard(user_id)

    def protect(self, user_id: UserId) -> None:
        """Open a member's account to their followers only."""
        self._protected.add(user_id)

    def unprotect(self, user_id: UserId) -> None:
        """Open a member's account to everyone again."""
        self._protected.discard(user_id)

    def make_staff(self, user_id: UserId) -> None:
        """Make a member staff of the host app."""
        self._staff.add(user_id)

    def delete(self, user_id: UserId) -> None:
        """Make a member exist no longer; nobody is fine."""
        self._profiles.pop(user_id, None)
        for marked in (self._barred, self._protected, self._staff):
            marked.discard(user_id)

    @contextmanager
    def sign_in(self, user_id: UserId | None) -> Iterator[None]:
        """Be this member, or nobody for None, for the length of the block."""
        before = self.current_user_id()
        self._here.user_id = user_id
        try:
            yield
        finally:
            self._here.user_id = before

    def current_user_id(self) -> UserId | None:
        """Return whoever ``sign_in`` named last in this thread."""
        user_id: UserId | None = getattr(self._here, "user_id", None)
        return user_id

    def profiles(self, user_ids: Collection[UserId]) -> Mapping[UserId, Profile]:
        """Return the profiles of those that were added."""
        return {user_id: self._profiles[user_id] for user_id in user_ids if user_id in self._profiles}

    def protected(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return those that were protected."""
        return frozenset(self._protected.intersection(user_ids))

    def staff(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return those that were made staff."""
        return frozenset(self._staff.intersection(user_ids))

    def barred(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return those that were barred or never added."""
        return frozenset(user_id for user_id in user_ids if user_id in self._barred or user_id not in self._profiles)


class IdentityContract:
    """What every ``Identity`` must do. Subclass it in a test module and give its four fixtures.

    A host without protected accounts says so by ``has_protected_accounts``.
    """

    has_protected_accounts: ClassVar[bool] = True

    @pytest.fixture
    def identity(self) -> Identity:
        """The adapter under test."""
        raise NotImplementedError("give a fixture 'identity'")

    @pytest.fixture
    def add_member(self) -> Callable[..., UserId]:
        """``add_member(username, name, is_staff=False, is_barred=False)`` creates a member and returns their id.

        Where the host has protected accounts it takes ``is_protected`` as well.
        """
        raise NotImplementedError("give a fixture 'add_member'")

    @pytest.fixture
    def unknown_id(self) -> UserId:
        """An id of the right shape that belongs to nobody."""
        raise NotImplementedError("give a fixture 'unknown_id'")

    @pytest.fixture
    def as_member(self) -> Callable[[UserId | None], AbstractContextManager[object]]:
        """``with as_member(user_id):`` is a request by that member, by somebody signed out for None."""
        raise NotImplementedError("give a fixture 'as_member'")

    def test_fills_the_port(self, identity: Identity) -> None:
        """The adapter has every method of the port."""
        assert isinstance(identity, Identity)

    def test_knows_who_asks(
        self,
        identity: Identity,
        add_member: Callable[..., UserId],
        as_member: Callable[[UserId | None], AbstractContextManager[object]],
    ) -> None:
        """The signed-in member is named by the id under which their profile is known."""
        ada = add_member("ada", "Ada Whitlock")
        with as_member(ada):
            asking = identity.current_user_id()
        assert asking == ada
        assert set(identity.profiles([ada])) == {ada}

    def test_tells_two_members_apart(
        self,
        identity: Identity,
        add_member: Callable[..., UserId],
        as_member: Callable[[UserId | None], AbstractContextManager[object]],
    ) -> None:
        """One request's member is never the next request's."""
        ada, grace = add_member("ada", "Ada Whitlock"), add_member("grace", "Grace Adeyemi")
        with as_member(ada):
            first = identity.current_user_id()
        with as_member(grace):
            second = identity.current_user_id()
        assert (first, second) == (ada, grace)

    def test_nobody_is_signed_in(
        self, identity: Identity, as_member: Callable[[UserId | None], AbstractContextManager[object]]
    ) -> None:
        """A signed-out request belongs to nobody, and so does code outside any request."""
        with as_member(None):
            inside = identity.current_user_id()
        assert inside is None
        assert identity.current_user_id() is None

    def test_shows_members(self, identity: Identity, add_member: Callable[..., UserId]) -> None:
        """A profile carries the id as a string, the user name and the name."""
        ada = add_member("ada", "Ada Whitlock")
        profile = identity.profiles([ada])[ada]
        assert (profile.user_id, profile.username, profile.name) == (ada, "ada", "Ada Whitlock")
        assert isinstance(profile.user_id, str)

    def test_leaves_unknown_members_out(
        self, identity: Identity, add_member: Callable[..., UserId], unknown_id: UserId
    ) -> None:
        """Ids of nobody, of another shape or twice in the question neither fail nor show up."""
        ada = add_member("ada", "Ada Whitlock")
        asked = [unknown_id, ada, UserId("not an id of this host"), UserId(""), ada]
        assert set(identity.profiles(asked)) == {ada}
        assert identity.profiles([]) == {}

    def test_knows_staff(self, identity: Identity, add_member: Callable[..., UserId], unknown_id: UserId) -> None:
        """Staff are staff, members and strangers are not."""
        ada, pam = add_member("ada", "Ada Whitlock"), add_member("pam", "Pam Okafor", is_staff=True)
        assert identity.staff([ada, pam, unknown_id]) == {pam}
        assert identity.staff([]) == frozenset()

    def test_knows_protected_accounts(
        self, identity: Identity, add_member: Callable[..., UserId], unknown_id: UserId
    ) -> None:
        """Who opened their account to followers only is protected; everyone else, and who does not exist, is not."""
        ada = add_member("ada", "Ada Whitlock")
        pia = add_member("pia", "Pia", **({"is_protected": True} if self.has_protected_accounts else {}))
        protected = {pia} if self.has_protected_accounts else set()
        assert identity.protected([ada, pia, unknown_id, UserId("not an id of this host"), UserId("")]) == protected
        assert identity.protected([ada]) == frozenset()
        assert identity.protected([]) == frozenset()

    def test_bars_the_suspended_and_the_unknown(
        self, identity: Identity, add_member: Callable[..., UserId], unknown_id: UserId
    ) -> None:
        """Who is suspended or does not exist may not take part, everyone else may."""
        ada, sam = add_member("ada", "Ada Whitlock"), add_member("sam", "Sam", is_barred=True)
        assert identity.barred([ada, sam, unknown_id]) == {sam, unknown_id}
        assert identity.barred([ada]) == frozenset()

    def test_answers_for_many(self, identity: Identity, add_member: Callable[..., UserId]) -> None:
        """A question about more ids than a database takes at once is answered whole."""
        ada = add_member("ada", "Ada Whitlock")
        crowd = [UserId(str(10_000_000 + number)) for number in range(40_000)]
        assert set(identity.profiles([*crowd, ada])) == {ada}
        assert ada not in identity.barred([*crowd, ada])
        assert identity.protected([*crowd, ada]) == frozenset()
