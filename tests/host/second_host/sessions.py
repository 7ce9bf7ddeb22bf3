"""Parlour's session, made by hand: a signed cookie with the member's id, and the port ``Identity`` over it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from flask import Response, g, has_request_context, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from spaces_feature import Profile, UserId

from .database import Database

COOKIE = "parlour"
LIFE = 14 * 24 * 3600
IDS_AT_ONCE = 500


class Cookies:
    """Writes and reads who is signed in."""

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="parlour.member")

    def sign_in(self, response: Response, member: uuid.UUID) -> Response:
        """Let the browser be this member."""
        response.set_cookie(COOKIE, self._signer.dumps(str(member)), max_age=LIFE, httponly=True, samesite="Lax")
        return response

    def sign_out(self, response: Response) -> Response:
        """Let the browser be nobody."""
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
        return response

    def who(self) -> uuid.UUID | None:
        """Return the id in the cookie of the present request; None without one that we signed."""
        if not has_request_context():
            return None
        try:
            return uuid.UUID(self._signer.loads(request.cookies.get(COOKIE, ""), max_age=LIFE))
        except (BadSignature, ValueError):
            return None


class CookieIdentity:
    """The port ``Identity`` on Parlour's cookie and its table of members."""

    def __init__(self, db: Database, cookies: Cookies) -> None:
        self._db = db
        self._cookies = cookies

    def current_user_id(self) -> UserId | None:
        """Return the member of the present request; a member who was deleted is nobody."""
        member = self._cookies.who()
        if member is None:
            return None
        if g.get("parlour_member") != member:
            found = self._rows([UserId(str(member))])
            g.parlour_member = member if any(True for _ in found) else None
        return UserId(str(member)) if g.parlour_member else None

    def profiles(self, user_ids: Collection[UserId]) -> Mapping[UserId, Profile]:
        """Return the profiles of those that exist."""
        return {
            _id(row): Profile(_id(row), row["handle"], row["full_name"], url=f"/people/{row['handle']}")
            for row in self._rows(user_ids)
        }

    def protected(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return the private ones."""
        return frozenset(_id(row) for row in self._rows(user_ids) if row["is_private"])

    def staff(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return those who run Parlour."""
        return frozenset(_id(row) for row in self._rows(user_ids) if row["is_staff"])

    def barred(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return the suspended and those that do not exist."""
        return frozenset(user_ids) - {_id(row) for row in self._rows(user_ids) if not row["is_suspended"]}

    def _rows(self, user_ids: Collection[UserId]) -> Iterator[Any]:
        members = self._db.members
        wanted = sorted({found for user_id in user_ids if (found := _uuid(user_id))})
        for start in range(0, len(wanted), IDS_AT_ONCE):
            some = sa.select(members).where(members.c.id.in_(wanted[start : start + IDS_AT_ONCE]))
            yield from self._db.session.execute(some).mappings()


def _id(row: Mapping[str, Any]) -> UserId:
    return UserId(str(row["id"]))


def _uuid(user_id: UserId) -> uuid.UUID | None:
    """The id as the table holds it; other spellings of it are nobody's."""
    try:
        found = uuid.UUID(user_id)
    except ValueError:
        return None
    return found if str(found) == user_id else None
