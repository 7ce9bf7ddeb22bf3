"""What Plaza says of its members to staged rollouts, and what its staff may do with flags: the port ``Members``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import has_request_context, request
from flask_login import current_user
from flask_sqlalchemy import SQLAlchemy

from spaces_feature import UserId
from spaces_feature.ports import Attribute

from .clock import in_utc, now
from .models import User, follows

#: Ids or names in one ``IN`` list, well below what any database takes as bound parameters.
ASKED_AT_ONCE = 500
TEAM_ROLES = frozenset({"viewer", "editor", "killer"})


class PlazaMembers:
    """Reads members through ``db.session``, by one statement per question and 500 of them.

    Whoever has deleted their account is no member. Of who is suspended everything is answered: they may come back.
    """

    def __init__(self, db: SQLAlchemy) -> None:
        self._db = db

    def count(self) -> int:
        """Return how many members there are."""
        number: int = self._db.session.execute(_members(sa.func.count())).scalar_one()
        return number

    def page(self, after: UserId | None, limit: int) -> Sequence[UserId]:
        """Return the next members in the order in which they came; ``after`` None begins."""
        wanted = _members(User.id).order_by(User.id).limit(limit)
        if after is not None:
            # Ids that are no numbers are nobody's, and nobody comes after nobody.
            wanted = wanted.where(User.id > int(after) if _is_number(after) else sa.false())
        return [UserId(str(number)) for number in self._db.session.scalars(wanted)]

    def named(self, usernames: Collection[str]) -> Mapping[str, UserId]:
        """Return who these user names belong to, by the name as it was given: ``@Ada`` is ada."""
        # User names are kept in small letters, so that the index of the column itself serves.
        plain = {given: given.strip().removeprefix("@").lower() for given in usernames}
        found: dict[str, UserId] = {}
        for names in _lists(set(plain.values()) - {""}):
            rows = self._db.session.execute(_members(User.username, User.id).where(User.username.in_(names)))
            found |= {row.username: UserId(str(row.id)) for row in rows}
        return {given: found[name] for given, name in plain.items() if name in found}

    def attributes(self, user_ids: Collection[UserId]) -> Mapping[UserId, Mapping[str, Attribute]]:
        """Return ``followers``, ``account_age_days``, and where they are known ``country``, ``cohort``, ``platform``.

        ``followers`` is counted, not kept: a network with members whom millions follow would keep a counter.
        ``platform`` is where the present request comes from, so that only the member who makes it has one.
        """
        followers = sa.select(sa.func.count()).where(follows.c.followed_id == User.id).scalar_subquery()
        columns = (User.created_at, User.country, User.is_beta, User.is_staff, followers.label("followers"))
        moment, asking, platform = now(), _who_asks(), _platform()
        said: dict[UserId, Mapping[str, Attribute]] = {}
        for row in self._rows(user_ids, *columns):
            user_id = UserId(str(row.id))
            cohorts = tuple(name for name, is_in in (("staff", row.is_staff), ("beta", row.is_beta)) if is_in)
            said[user_id] = {
                "followers": row.followers,
                "account_age_days": (moment - in_utc(row.created_at)).days,
                **({"country": row.country} if row.country else {}),
                **({"cohort": cohorts} if cohorts else {}),
                **({"platform": platform} if platform and user_id == asking else {}),
            }
        return said

    def roles(self, user_ids: Collection[UserId]) -> Mapping[UserId, frozenset[str]]:
        """Return what these staff members may do: see flags, edit them, switch them off."""
        rows = self._rows(user_ids, User.team_roles, only=User.is_staff.is_(True))
        return {UserId(str(row.id)): TEAM_ROLES.intersection(row.team_roles.split()) for row in rows}

    def _rows(
        self, user_ids: Collection[UserId], *columns: Any, only: sa.ColumnElement[bool] | None = None
    ) -> Iterator[Any]:
        numbers = {int(user_id) for user_id in user_ids if _is_number(user_id)}
        for some in _lists(numbers):
            wanted = _members(User.id, *columns).where(User.id.in_(some))
            yield from self._db.session.execute(wanted if only is None else wanted.where(only))


def _members(*columns: Any) -> sa.Select[Any]:
    return sa.select(*columns).select_from(User).where(User.deleted_at.is_(None))


def _lists(asked: Collection[Any]) -> Iterator[list[Any]]:
    every = sorted(asked)
    for start in range(0, len(every), ASKED_AT_ONCE):
        yield every[start : start + ASKED_AT_ONCE]


def _is_number(user_id: str) -> bool:
    # "007" and "7" are two ids to Spaces and must not become one person.
    return user_id.isascii() and user_id.isdecimal() and len(user_id) < 19 and str(int(user_id)) == user_id


def _who_asks() -> UserId | None:
    if not has_request_context() or not current_user.is_authenticated:
        return None
    return UserId(str(current_user.id))


def _platform() -> str:
    """Where the present request comes from; empty outside of one. An iPad that asks as a Mac counts as ``web``."""
    if not has_request_context():
        return ""
    told = request.headers.get("Sec-CH-UA-Platform", "").strip('"').lower()
    if told in ("android", "ios"):
        return told
    agent = request.headers.get("User-Agent", "")
    if "Android" in agent:
        return "android"
    return "ios" if any(word in agent for word in ("iPhone", "iPad", "iPod")) else "web"
