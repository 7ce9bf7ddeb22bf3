"""The port ``Members``: a stand-in that keeps members in memory, and the contract of every adapter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import pytest

from ..domain.ids import UserId
from ..ports import Attribute, Members

TEAM_ROLES = frozenset({"viewer", "editor", "killer"})


class FakeMembers:
    """Members in memory, in the order in which they were added."""

    def __init__(self, usernames: Mapping[UserId, str] | None = None) -> None:
        self._usernames: dict[UserId, str] = dict(usernames or {})
        self._places: dict[UserId, int] = {user_id: place for place, user_id in enumerate(self._usernames)}
        self._attributes: dict[UserId, dict[str, Attribute]] = {}
        self._roles: dict[UserId, frozenset[str]] = {}

    def add(self, user_id: UserId, username: str, **attributes: Attribute) -> UserId:
        """Make a member exist, with what rules may ask of them; returns their id."""
        self._places.setdefault(user_id, len(self._places))
        self._usernames[user_id] = username
        return self.describe(user_id, **attributes)

    def describe(self, user_id: UserId, **attributes: Attribute) -> UserId:
        """Say what rules may ask of a member, beside what was said before; returns their id."""
        self._attributes.setdefault(user_id, {}).update(attributes)
        return user_id

    def give_roles(self, user_id: UserId, *roles: str) -> None:
        """Let a member of staff do exactly this in the cockpit."""
        self._roles[user_id] = frozenset(roles)

    def delete(self, user_id: UserId) -> None:
        """Make a member exist no longer; nobody is fine."""
        for known in (self._usernames, self._attributes, self._roles):
            known.pop(user_id, None)

    def count(self) -> int:
        """Return how many were added and not deleted."""
        return len(self._usernames)

    def page(self, after: UserId | None, limit: int) -> Sequence[UserId]:
        """Return the next ``limit`` of them; whoever was never added has nobody behind them."""
        behind = -1 if after is None else self._places.get(after, len(self._places))
        rest = [user_id for user_id in self._usernames if self._places[user_id] > behind]
        return sorted(rest, key=self._places.__getitem__)[:limit]

    def named(self, usernames: Collection[str]) -> Mapping[str, UserId]:
        """Return whom these user names belong to, in any case and with or without an @."""
        known = {username.casefold(): user_id for user_id, username in self._usernames.items()}
        plain = {given: given.strip().removeprefix("@").casefold() for given in usernames}
        return {given: known[name] for given, name in plain.items() if name in known}

    def attributes(self, user_ids: Collection[UserId]) -> Mapping[UserId, Mapping[str, Attribute]]:
        """Return what was said of those that exist."""
        return {user_id: dict(self._attributes.get(user_id, {})) for user_id in user_ids if user_id in self._usernames}

    def roles(self, user_ids: Collection[UserId]) -> Mapping[UserId, frozenset[str]]:
        """Return what ``give_roles`` said last of those that exist."""
        return {user_id: self._roles.get(user_id, frozenset()) for user_id in user_ids if user_id in self._usernames}


class MembersContract:
    """What every ``Members`` must do. Subclass it in a test module and give its four fixtures."""

    @pytest.fixture
    def members(self) -> Members:
        """The adapter under test, over no members."""
        raise NotImplementedError("give a fixture 'members'")

    @pytest.fixture
    def add_member(self) -> Callable[..., UserId]:
        """``add_member(username, roles=())`` creates a member and returns their id.

        Whoever is given roles, of ``viewer``, ``editor`` and ``killer``, is staff of the host.
        """
        raise NotImplementedError("give a fixture 'add_member'")

    @pytest.fixture
    def remove_member(self) -> Callable[[UserId], None]:
        """``remove_member(user_id)``: the member has deleted their account."""
        raise NotImplementedError("give a fixture 'remove_member'")

    @pytest.fixture
    def unknown_id(self) -> UserId:
        """An id of the right shape that belongs to nobody."""
        raise NotImplementedError("give a fixture 'unknown_id'")

    def test_fills_the_port(self, members: Members) -> None:
        """The adapter has every method of the port."""
        assert isinstance(members, Members)

    def test_nobody_is_there_yet(self, members: Members, unknown_id: UserId) -> None:
        """Without members there is nothing to count, to turn or to find."""
        assert (members.count(), list(members.page(None, 10))) == (0, [])
        assert dict(members.named(["ada"])) == {}
        assert dict(members.roles([unknown_id])) == {}

    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
    def test_pages_name_everybody_once(self, members: Members, add_member: Callable[..., UserId], limit: int) -> None:
        """From page to page each member comes once, no page is longer than asked for, and the order is always one."""
        everyone = {add_member(f"member{number}") for number in range(5)}
        first = turned(members, limit)
        assert (set(first), len(first), members.count()) == (everyone, 5, 5)
        assert turned(members, limit) == first == turned(members, 100)
        assert all(isinstance(user_id, str) for user_id in first)

    def test_who_comes_or_goes_between_two_pages_moves_nobody(
        self,
        members: Members,
        add_member: Callable[..., UserId],
        remove_member: Callable[[UserId], None],
    ) -> None:
        """After the last one of a page was deleted and somebody came, the next page goes on with who was next."""
        for number in range(5):
            add_member(f"member{number}")
        order = turned(members, 100)
        remove_member(order[1])
        newcomer = add_member("newcomer")
        rest = [user_id for user_id in members.page(order[1], 100) if user_id != newcomer]
        assert rest == order[2:]
        assert members.count() == 5
        assert order[1] not in turned(members, 2)

    def test_user_names_are_taken_as_people_write_them(
        self, members: Members, add_member: Callable[..., UserId], remove_member: Callable[[UserId], None]
    ) -> None:
        """In any case, with or without an @, each under the words that were given; what is nobody's is left out."""
        ada, grace = add_member("ada"), add_member("grace")
        asked = ["ada", "@ada", "ADA", "@Grace", "nobody_here", "", "@", "@@ada", "ada grace", "%", "0"]
        assert dict(members.named(asked)) == {"ada": ada, "@ada": ada, "ADA": ada, "@Grace": grace}
        assert dict(members.named([])) == {}
        remove_member(ada)
        assert dict(members.named(["ada", "grace"])) == {"grace": grace}

    def test_attributes_are_words_and_numbers(
        self, members: Members, add_member: Callable[..., UserId], unknown_id: UserId
    ) -> None:
        """What is said of a member can be compared; of ids of nobody, or of another shape, nothing is said."""
        ada, grace = add_member("ada"), add_member("grace", roles=("viewer",))
        asked = [ada, grace, unknown_id, UserId("not an id of this host"), UserId(""), ada]
        said = members.attributes(asked)
        assert set(said) <= {ada, grace}
        for attributes in said.values():
            assert all(isinstance(name, str) and name for name in attributes)
            assert all(_can_be_compared(value) for value in attributes.values()), attributes
        assert dict(members.attributes([])) == {}

    def test_roles_are_those_of_the_team(
        self, members: Members, add_member: Callable[..., UserId], unknown_id: UserId
    ) -> None:
        """Staff have the roles that the host gave them; members and strangers have none."""
        ada, vera = add_member("ada"), add_member("vera", roles=("viewer",))
        pam = add_member("pam", roles=tuple(TEAM_ROLES))
        said = members.roles([ada, vera, pam, unknown_id, UserId("not an id of this host"), UserId("")])
        assert {user_id: roles for user_id, roles in said.items() if roles} == {vera: {"viewer"}, pam: TEAM_ROLES}
        assert dict(members.roles([])) == {}

    def test_answers_for_many(self, members: Members, add_member: Callable[..., UserId]) -> None:
        """A question about more than a database takes at once is answered whole."""
        ada = add_member("ada", roles=("killer",))
        crowd = [UserId(str(10_000_000 + number)) for number in range(40_000)]
        assert set(members.attributes([*crowd, ada])) <= {ada}
        assert members.roles([*crowd, ada])[ada] == {"killer"}
        assert dict(members.named([*(f"nobody{number}" for number in range(40_000)), "@ada"])) == {"@ada": ada}


def turned(members: Members, limit: int) -> list[UserId]:
    """Every member, page by page of ``limit``."""
    found: list[UserId] = []
    while page := members.page(found[-1] if found else None, limit):
        assert len(page) <= limit
        found += page
    return found


def _can_be_compared(value: object) -> bool:
    if isinstance(value, tuple):
        return all(isinstance(word, str) for word in value)
    return isinstance(value, str | int | float | bool)
