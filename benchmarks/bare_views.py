"""The floors of the HTTP figures: views that a host could write by hand, in the same app and with the same statements.

They know nothing of the package but its tables. They decide nothing, tell nobody and show nothing; what the package
costs on top of them is its rules, its snapshot and its care.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_login import current_user
from livekit.api import AccessToken, VideoGrants
from markupsafe import Markup
from sqlalchemy import CompoundSelect, func, select, union_all, update

from host_app.extensions import db
from host_app.models import User, blocks, follows
from spaces_feature.db.tables import build_tables

WITHOUT = {name: lambda *_: Markup("") for name in ("spaces_strip", "spaces_card", "spaces_cards")}
"""What a template of the host's calls where Spaces are not installed."""


def add_bare_views(app: Flask) -> None:
    """Add ``POST /bare/join/<space_id>``, and ``/bare/followees``, ``/bare/nothing``, ``/bare/write`` to be read."""
    app.add_url_rule("/bare/join/<space_id>", "bare_join", _Join(app), methods=["POST"])
    app.add_url_rule("/bare/followees", "bare_followees", _followees)
    app.add_url_rule("/bare/nothing", "bare_nothing", lambda: jsonify(entries=[]))
    app.add_url_rule("/bare/write", "bare_write", lambda: app.ensure_sync(app.view_functions["feed.write"])())
    app.context_processor(lambda: WITHOUT if request.path == "/bare/write" else {})


class _Join:
    """The statements of a listener who comes back, one commit, one token."""

    # Flask asks for it.
    __name__ = "bare_join"

    def __init__(self, app: Flask) -> None:
        self._key = app.config["SPACES_LIVEKIT_API_KEY"]
        self._secret = app.config["SPACES_LIVEKIT_API_SECRET"]
        self._url = app.config["SPACES_LIVEKIT_URL"]
        self._tables = build_tables(db.metadata)

    def __call__(self, space_id: str) -> Response:
        me: int = current_user.id
        space_t, seat, stay = self._tables.space, self._tables.seat, self._tables.stay
        request, invitation = self._tables.request, self._tables.invitation
        run = db.session.execute
        # Whoever is there already has an allowance of their own to come back.
        here = stay.c.space_id == space_id
        run(select(stay).where(here, stay.c.user_id == str(me), stay.c.left_at.is_(None))).mappings().all()
        space = run(select(space_t).where(space_t.c.id == space_id)).mappings().one()
        run(select(seat).where(seat.c.space_id == space_id)).mappings().all()
        run(select(request).where(request.c.space_id == space_id)).mappings().all()
        run(select(invitation).where(invitation.c.space_id == space_id)).mappings().all()
        host = int(space["host_id"])
        run(_blocks_between(me, host)).all()
        # Whether the host's account is protected, and whether I may take part.
        db.session.scalars(select(User).where(User.id == host)).all()
        db.session.scalars(select(User).where(User.id == me)).all()
        mine = select(stay).where(stay.c.user_id == str(me), stay.c.left_at.is_(None))
        found = run(mine).mappings().one()
        present = here & stay.c.left_at.is_(None)
        seated = (seat.c.space_id == stay.c.space_id) & (seat.c.user_id == stay.c.user_id) & seat.c.left_at.is_(None)
        joined = stay.outerjoin(seat, seated)
        seen_at = datetime.now(UTC).replace(tzinfo=None)
        run(update(stay).where(stay.c.id == found["id"]).values(seen_at=seen_at))
        run(select(func.count(), func.count(seat.c.user_id)).select_from(joined).where(present)).one()
        latest = stay.c.joined_at.desc()
        run(
            select(stay.c.user_id)
            .select_from(joined)
            .where(present, seat.c.user_id.is_(None))
            .order_by(latest)
            .limit(10)
        ).all()
        db.session.commit()
        grants = VideoGrants(room_join=True, room=space["room"], can_publish=False, hidden=True)
        token = AccessToken(self._key, self._secret).with_identity(found["identity"]).with_ttl(timedelta(seconds=60))
        return jsonify(url=self._url, token=token.with_grants(grants).to_jwt())


def _blocks_between(me: int, other: int) -> CompoundSelect[Any]:
    return union_all(
        select(blocks).where(blocks.c.blocker_id == me, blocks.c.blocked_id == other),
        select(blocks).where(blocks.c.blocked_id == me, blocks.c.blocker_id == other),
    )


def _followees() -> Response:
    """Whom I follow, as the host would ask for any page of its own."""
    found = db.session.scalars(select(follows.c.followed_id).where(follows.c.follower_id == current_user.id)).all()
    return jsonify(count=len(found))
