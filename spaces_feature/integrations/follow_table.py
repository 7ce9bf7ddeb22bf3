"""The port ``SocialGraph`` for hosts that keep follows, and blocks, as rows of two user ids."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from ..domain.ids import UserId
from ..errors import SetupError
from ..ports import Blocks

#: Ids in one ``IN`` list, well below what any database takes as bound parameters.
IDS_AT_ONCE = 500

LARGEST_INTEGER = 2**63 - 1

Column = sa.ColumnElement[Any]


class HasSession(Protocol):
    """What is needed of the host's Flask-SQLAlchemy, or of anything like it."""

    @property
    def session(self) -> scoped_session[Session] | Session: ...


class FollowTable:
    """Reads who follows whom, and who blocks whom, from columns of the host's own tables.

    Ids are strings on our side and of the column's Python type (int, UUID, str) on the host's; an id that the type
    cannot mean belongs to nobody. The table of follows needs an index that starts with each of its two columns and goes
    on with the other, the table of blocks likewise: every question then reads indexes alone.

    ``followed_at`` is when the follow began, null where nobody knows; without the column ``gained`` is not known. With
    it the table needs an index on ``followed`` and ``followed_at``.
    """

    def __init__(
        self,
        follower: Column,
        followed: Column,
        *,
        blocks: tuple[Column, Column] | None = None,
        followed_at: Column | None = None,
    ) -> None:
        self._follower = follower
        self._followed = followed
        self._blocks = blocks
        self._followed_at = followed_at
        self._db: HasSession | None = None
        # Built once: putting a statement together takes as long as running it.
        me: Column = sa.bindparam("me")
        asked: sa.BindParameter[Any] = sa.bindparam("asked", expanding=True)
        self._followees_of = sa.select(followed).where(follower == me)
        self._followers_among = sa.select(follower).where(followed == me, follower.in_(asked))
        circle = sa.select(followed).where(follower == me).correlate(None)
        self._mutuals_with = (
            # A table without a unique key may hold a follow twice; the one who follows is one all the same.
            sa.select(followed, sa.func.count(sa.distinct(follower)))
            .where(followed.in_(asked), follower.in_(circle))
            .group_by(followed)
        )
        self._blocks_with = _both_directions(*blocks) if blocks else None
        self._blocks_of = _all_blocks(*blocks) if blocks else None

    def connect(self, db: HasSession) -> None:
        """Read through ``db.session`` from now on; ``Spaces.init_app`` calls this."""
        self._db = db

    def followees(self, user_id: UserId) -> frozenset[UserId]:
        """Return everyone whom the member follows, in one query."""
        me = _host_id(self._follower, user_id)
        if me is None:
            return frozenset()
        return frozenset(self._ids(self._followees_of, me=me))

    def followers(self, user_id: UserId, *, chunk: int = 1000) -> Iterator[list[UserId]]:
        """Yield the member's followers in lists of at most ``chunk``, each follower once, by one query per list."""
        me = _host_id(self._followed, user_id)
        if me is None:
            return
        page = sa.select(self._follower).where(self._followed == me).distinct().order_by(self._follower).limit(chunk)
        found = list(self._ids(page))
        while found:
            yield found
            if len(found) < chunk:
                return
            # By key, not by offset: the caller may take its time, and commit, between two lists.
            found = list(self._ids(page.where(self._follower > _host_id(self._follower, found[-1]))))

    def followers_among(self, user_id: UserId, others: Collection[UserId]) -> frozenset[UserId]:
        """Return those of ``others`` who follow the member, by one query per 500 of them."""
        me = _host_id(self._followed, user_id)
        if me is None:
            return frozenset()
        return frozenset(
            follower
            for asked in _lists(self._follower, others)
            for follower in self._ids(self._followers_among, me=me, asked=asked)
        )

    def mutuals(self, user_id: UserId, others: Collection[UserId]) -> Mapping[UserId, int]:
        """Return, for each of ``others``, how many of those whom the member follows follow them.

        One query per 500 of them; each is answered for, with 0 when nobody does or the id means nobody.
        """
        counts = dict.fromkeys(others, 0)
        me = _host_id(self._follower, user_id)
        if me is None:
            return counts
        for asked in _lists(self._followed, others):
            found = self._session.execute(self._mutuals_with, {"me": me, "asked": asked})
            counts.update((UserId(str(other)), count) for other, count in found)
        return counts

    def blocks(self, user_id: UserId, others: Collection[UserId]) -> Blocks:
        """Return the blocks between the member and ``others``, both directions in one query.

        Of more than 500 others all blocks of the member are read instead, which are fewer than what would be sent.
        """
        if self._blocks is None or self._blocks_with is None or self._blocks_of is None:
            return Blocks()
        blocker, blocked = self._blocks
        me = _host_id(blocker, user_id)
        if me is None:
            return Blocks()
        asked = list(_lists(blocked, others))
        if not asked:
            return Blocks()
        if len(asked) == 1:
            found = self._session.execute(self._blocks_with, {"me": me, "asked": asked[0]})
        else:
            found = self._session.execute(self._blocks_of, {"me": me})
        rows = [(UserId(str(first)), UserId(str(second))) for first, second in found]
        return Blocks(
            blocked=frozenset(second for first, second in rows if first == user_id).intersection(others),
            blocked_by=frozenset(first for first, second in rows if second == user_id).intersection(others),
        )

    def gained(self, user_id: UserId, since: datetime, until: datetime) -> int | None:
        """Return how many follow the member since a moment from ``since`` to before ``until`` (aware), in one query.

        None without ``followed_at``. A follow that was taken back meanwhile is not counted, nor is one without a time.
        """
        if self._followed_at is None:
            return None
        me = _host_id(self._followed, user_id)
        if me is None:
            return 0
        since, until = _host_time(self._followed_at, since), _host_time(self._followed_at, until)
        when = (self._followed_at >= since, self._followed_at < until)
        counted = sa.select(sa.func.count(sa.distinct(self._follower))).where(self._followed == me, *when)
        number: int = self._session.execute(counted).scalar_one()
        return number

    def _ids(self, statement: sa.Select[Any], **values: object) -> Iterator[UserId]:
        return cast("Iterator[UserId]", map(str, self._session.scalars(statement, values).all()))

    @property
    def _session(self) -> scoped_session[Session] | Session:
        if self._db is None:
            raise SetupError(["FollowTable has no database yet; give it to Spaces, or call connect(db)."])
        return self._db.session


def _both_directions(blocker: Column, blocked: Column) -> sa.CompoundSelect[Any]:
    """Two selects under one UNION, so that each uses its own index."""
    me: Column = sa.bindparam("me")
    asked: sa.BindParameter[Any] = sa.bindparam("asked", expanding=True)
    return sa.union_all(
        sa.select(blocker, blocked).where(blocker == me, blocked.in_(asked)),
        sa.select(blocker, blocked).where(blocked == me, blocker.in_(asked)),
    )


def _all_blocks(blocker: Column, blocked: Column) -> sa.CompoundSelect[Any]:
    me: Column = sa.bindparam("me")
    return sa.union_all(
        sa.select(blocker, blocked).where(blocker == me), sa.select(blocker, blocked).where(blocked == me)
    )


def _lists(column: Column, user_ids: Collection[UserId]) -> Iterator[list[Any]]:
    known = [value for value in (_host_id(column, user_id) for user_id in set(user_ids)) if value is not None]
    for start in range(0, len(known), IDS_AT_ONCE):
        yield known[start : start + IDS_AT_ONCE]


def _host_id(column: Column, user_id: UserId) -> Any:
    """Return the id as the host's column holds it, None for an id that this column cannot hold."""
    kind = column.type.python_type
    try:
        value = uuid.UUID(user_id) if kind is uuid.UUID else kind(user_id)
    except ValueError:
        return None
    # "007" and "7" are two ids to us and must not become one person.
    if str(value) != user_id:
        return None
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        return None
    return value


def _host_time(column: Column, moment: datetime) -> datetime:
    """Return an aware moment as the host's column holds it: one without a zone holds UTC without saying so."""
    moment = moment.astimezone(UTC)
    return moment if getattr(column.type, "timezone", False) else moment.replace(tzinfo=None)
