"""Plaza's extensions, and the whole embedding of Spaces."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_socketio import SocketIO
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from spaces_feature import Profile, Spaces, UserId
from spaces_feature.integrations.flask_login import FlaskLoginIdentity
from spaces_feature.integrations.follow_table import FollowTable

from .cards import PostCards
from .clock import now
from .fleets.strip import FleetStrip
from .members import PlazaMembers
from .models import Base, User, blocks, follows
from .notices import Inbox
from .page import csp_nonce

db = SQLAlchemy(metadata=Base.metadata)
login_manager = LoginManager()
csrf = CSRFProtect()
migrate = Migrate(directory=str(Path(__file__).parent / "migrations"))
socketio = SocketIO()


def load_users(ids: Iterable[str]) -> Iterable[User]:
    """Return the members with these ids; what is no id of Plaza's is left out."""
    numbers = [int(id_) for id_ in ids if id_.isascii() and id_.isdecimal() and len(id_) < 19]
    return db.session.scalars(sa.select(User).where(User.id.in_(numbers), User.deleted_at.is_(None)))


def to_profile(user: User) -> Profile:
    """Return how a member is shown inside Spaces."""
    return Profile(UserId(str(user.id)), user.username, user.name, user.avatar_url, user.url)


spaces = Spaces(
    db,
    socketio,
    identity=FlaskLoginIdentity(
        load_users,
        to_profile,
        is_staff=lambda user: user.is_staff,
        is_barred=lambda user: user.is_suspended,
        is_protected=lambda user: user.is_protected,
    ),
    graph=FollowTable(
        follows.c.follower_id,
        follows.c.followed_id,
        blocks=(blocks.c.blocker_id, blocks.c.blocked_id),
        followed_at=follows.c.created_at,
    ),
    strip_source=FleetStrip(db),
    clock=now,
    cards=PostCards(db),
    notify=Inbox(db),
    members=PlazaMembers(db),
    csp_nonce=csp_nonce,
)


def init_app(app: Flask) -> None:
    """Give the app its database, sign-in, sockets and Spaces."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sa.event.listen(db.engine, "connect", _prepare_sqlite)
    migrate.init_app(app, db)
    login_manager.init_app(app)
    login_manager.login_view = "auth.login"
    login_manager.user_loader(lambda user_id: next(iter(load_users([user_id])), None))
    csrf.init_app(app)
    socketio.init_app(app, async_mode=app.config["ASYNC_MODE"], max_http_buffer_size=16_384)
    spaces.init_app(app)


def _prepare_sqlite(connection: sa.engine.interfaces.DBAPIConnection, record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "busy_timeout = 5000", "foreign_keys = ON", "synchronous = NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
