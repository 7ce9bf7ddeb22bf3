"""Notices of Spaces, written into Plaza's inbox inside the transaction in which Spaces send them.

That transaction makes them exact: it ends with all of its notices in the inbox and on their way to browsers, or with
none. Whoever has a page open is told after the commit, by a socket of Plaza's own.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from flask_login import current_user
from flask_socketio import ConnectionRefusedError, join_room
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from spaces_feature.ports import Notice

from .clock import now
from .models import Base, Notification, User

log = logging.getLogger(__name__)

#: Where pages of members listen: ``inbox`` with ``{"unread": number}``.
NAMESPACE = "/plaza"
TABLE = Base.metadata.tables[Notification.__tablename__]
#: So long a notice is kept at least; the next one for its member clears it away.
LIFE = timedelta(days=60)
_TOLD = "plaza_inbox"


class Inbox:
    """The ``notify`` of Spaces: writes in the transaction of ``db.session``, which is not Plaza's to end."""

    def __init__(self, db: SQLAlchemy) -> None:
        self._db = db

    def __call__(self, batch: Sequence[Notice]) -> None:
        """Write the batch, without a commit. A notice whose id is there changes nothing, nor one for who is gone."""
        present = self._present({int(notice.user_id) for notice in batch})
        rows = [_row(notice) for notice in batch if int(notice.user_id) in present]
        if not rows:
            return
        # The same id twice in one batch is one row on either database, the first one.
        statement = self._insert().on_conflict_do_nothing(index_elements=["id"])
        written = self._db.session.execute(statement.returning(TABLE.c.id, TABLE.c.user_id), rows).all()
        if written:
            self._clear_away(present)
            from . import push

            push.enqueue(self._db.session, [row.id for row in written])
            tell_after_commit(self._db.session, {row.user_id for row in written})

    def _present(self, user_ids: Collection[int]) -> frozenset[int]:
        here = (User.is_suspended.is_(False), User.deleted_at.is_(None))
        return frozenset(self._db.session.scalars(sa.select(User.id).where(User.id.in_(user_ids), *here)))

    def _clear_away(self, user_ids: Collection[int]) -> None:
        old = (TABLE.c.user_id.in_(user_ids), TABLE.c.created_at < now() - LIFE)
        self._db.session.execute(sa.delete(TABLE).where(*old))

    def _insert(self) -> Any:
        dialects = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
        return dialects[self._db.session.get_bind().dialect.name](TABLE)


def _row(notice: Notice) -> dict[str, object]:
    return {
        "id": notice.id,
        "user_id": int(notice.user_id),
        "kind": notice.kind,
        "space_id": notice.space_id,
        "title": notice.title[:140],
        "host_id": int(notice.host_id),
        "text": notice.text[:400],
        "url": notice.url,
        "at": notice.at,
        "created_at": now(),
        "read_at": None,
    }


def tell_after_commit(session: Any, user_ids: Iterable[int]) -> None:
    """Let the open pages of these members show a new number once the session has committed; never before."""
    session.info.setdefault(_TOLD, set()).update(user_ids)


def init_app(app: Flask) -> None:
    """Hear of the commits of the app's session."""
    from .extensions import db

    for name, listener in (("after_commit", _tell), ("after_rollback", _forget)):
        if not sa.event.contains(db.session, name, listener):
            sa.event.listen(db.session, name, listener)


def _tell(session: Session) -> None:
    # A savepoint that is released has committed nothing.
    if session.in_nested_transaction() or not (user_ids := session.info.pop(_TOLD, None)):
        return
    from .extensions import socketio
    from .push_courier import courier

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    # Not here: a session that has just committed can read nothing yet, and who wrote need not wait.
    socketio.start_background_task(tell, app, frozenset(user_ids))
    courier.ensure(app)


def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_TOLD, None)


def tell(app: Flask, user_ids: Collection[int]) -> None:
    """Send each of these members, on every open page, how much of their inbox is unread."""
    from .extensions import socketio
    from .notices_inbox import unread_of

    try:
        with app.app_context():
            for user_id, unread in unread_of(user_ids).items():
                socketio.emit("inbox", {"unread": unread}, namespace=NAMESPACE, to=_room(user_id))
    except Exception:
        # Pages ask again when they are next shown.
        log.exception("pages were not told of their inbox")


def admit(auth: object = None) -> None:
    """Let a signed-in member's page listen, to what is theirs alone; refuse everybody else."""
    if not current_user.is_authenticated:
        raise ConnectionRefusedError("not_signed_in")
    join_room(_room(current_user.id))


def _room(user_id: int) -> str:
    return f"member-{user_id}"
