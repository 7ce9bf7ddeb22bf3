"""Plaza's tables: members, whom they follow and block, what they post, like, show for a day and tell each other."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from .clock import now as now

POST_LENGTH = 400
NAME_LENGTH = 50
USERNAME_LENGTH = 24
FLEET_LENGTH = 280
PICTURE_WORDS_LENGTH = 160
MESSAGE_LENGTH = 1000


class Base(DeclarativeBase):
    """Everything in Plaza's database; constraint names are spelled out so that migrations can name them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: sa.DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy reads it from the class


class User(UserMixin, Base):  # type: ignore[misc]
    """A member. ``avatar`` is the path of their picture below ``static``, empty for a monogram.

    Only their followers read a protected member, whom nobody new can follow meanwhile. Of a deleted one an empty row
    stays, since an id that is given again would bring its first owner's past in Spaces to a stranger.

    ``country`` is two letters, None where they did not say. Who ``is_beta`` asked to see new things first.
    ``team_roles`` are words with spaces between: what a staff member may do with flags (see ``members.py``).
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(USERNAME_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    bio: Mapped[str] = mapped_column(sa.String(160), default="")
    password_hash: Mapped[str] = mapped_column(sa.String(255))
    avatar: Mapped[str] = mapped_column(sa.String(120), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    is_staff: Mapped[bool] = mapped_column(default=False)
    is_suspended: Mapped[bool] = mapped_column(default=False)
    is_protected: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    deleted_at: Mapped[datetime | None]
    hosted_count: Mapped[int] = mapped_column(default=0, server_default="0")
    country: Mapped[str | None] = mapped_column(sa.String(2))
    is_beta: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    team_roles: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")

    @property
    def is_active(self) -> bool:
        """Whether Flask-Login may sign them in."""
        return not self.is_suspended

    @property
    def url(self) -> str:
        """The path of their profile; a path, since it is also needed outside requests."""
        return f"/@{self.username}"

    @property
    def avatar_url(self) -> str:
        """The path of their picture, empty for a monogram."""
        return f"/static/{self.avatar}" if self.avatar else ""

    @property
    def first_name(self) -> str:
        """How Plaza speaks to them."""
        return self.name.split()[0]


follows = sa.Table(
    "follows",
    Base.metadata,
    sa.Column("follower_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("followed_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    # None for a follow from before this was kept.
    sa.Column("created_at", sa.DateTime(timezone=True), default=now),
    sa.Index(None, "followed_id", "follower_id"),
    sa.Index(None, "followed_id", "created_at"),
)

blocks = sa.Table(
    "blocks",
    Base.metadata,
    sa.Column("blocker_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("blocked_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Index(None, "blocked_id", "blocker_id"),
)

likes = sa.Table(
    "likes",
    Base.metadata,
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("post_id", sa.ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    sa.Index(None, "post_id"),
)


class Post(Base):
    """What a member wrote, perhaps in reply to another post, perhaps with a Space, or a clip of one."""

    __tablename__ = "posts"
    __table_args__ = (sa.Index(None, "author_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(sa.String(POST_LENGTH))
    reply_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    space_id: Mapped[str | None] = mapped_column(sa.String(13))
    clip_id: Mapped[str | None] = mapped_column(sa.String(13))
    created_at: Mapped[datetime] = mapped_column(default=now)

    author: Mapped[User] = relationship(lazy="raise")


class ModerationNote(Base):
    """A line for staff: something was reported, or staff did something. Ids of members, who may be gone by then.

    ``kind`` is ``reported``, ``reported_anonymous_listener`` or what staff did; ``about`` is the category of a report;
    ``space_id`` is empty for what happened on Plaza itself.
    """

    __tablename__ = "moderation_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    about: Mapped[str] = mapped_column(sa.String(32), default="")
    actor_id: Mapped[int | None]
    whom_id: Mapped[int | None]
    space_id: Mapped[str] = mapped_column(sa.String(13), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class Notification(Base):
    """A line in a member's inbox. ``id`` is the one that Spaces gave the notice: a second delivery finds it there.

    ``at`` is the moment that the notice is about. ``host_id`` may be of somebody who is gone by now.
    """

    __tablename__ = "notifications"
    __table_args__ = (sa.Index(None, "user_id", "created_at", "id"), sa.Index(None, "user_id", "read_at"))

    id: Mapped[str] = mapped_column(sa.String(128), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(32))
    space_id: Mapped[str] = mapped_column(sa.String(13))
    title: Mapped[str] = mapped_column(sa.String(140))
    host_id: Mapped[int]
    text: Mapped[str] = mapped_column(sa.String(400))
    url: Mapped[str] = mapped_column(sa.String(400))
    at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]


class PushSubscription(Base):
    """A browser that asked for notices while Plaza is closed. Whoever knows ``endpoint`` may send to it: a secret."""

    __tablename__ = "push_subscriptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[str] = mapped_column(sa.String(1000), unique=True)
    p256dh: Mapped[str] = mapped_column(sa.String(120))
    auth: Mapped[str] = mapped_column(sa.String(40))
    created_at: Mapped[datetime] = mapped_column(default=now)


class PushErrand(Base):
    """A notice on its way to one browser. ``due_at`` is when to try (again), ``tries`` how often it was tried."""

    __tablename__ = "push_outbox"

    notification_id: Mapped[str] = mapped_column(
        sa.ForeignKey("notifications.id", ondelete="CASCADE"), primary_key=True
    )
    subscription_id: Mapped[int] = mapped_column(
        sa.ForeignKey("push_subscriptions.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Fleet(Base):
    """What a member shows for a day: words on a colour, a picture perhaps with words over it, or a shared Space.

    Nobody is shown a fleet from ``expires_at`` on, whether or not its row is still there. ``picture`` is the name of a
    file in the folder of pictures, ``picture_words`` says what is in it to those who cannot see it.
    """

    __tablename__ = "fleets"
    __table_args__ = (sa.Index(None, "author_id", "expires_at"),)

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(sa.String(FLEET_LENGTH), default="")
    color: Mapped[str] = mapped_column(sa.String(8))
    picture: Mapped[str] = mapped_column(sa.String(40), default="")
    picture_words: Mapped[str] = mapped_column(sa.String(PICTURE_WORDS_LENGTH), default="")
    space_id: Mapped[str | None] = mapped_column(sa.String(13))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)

    author: Mapped[User] = relationship(lazy="raise")


fleet_views = sa.Table(
    "fleet_views",
    Base.metadata,
    sa.Column("fleet_id", sa.ForeignKey("fleets.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("viewer_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index(None, "viewer_id"),
)

fleet_mutes = sa.Table(
    "fleet_mutes",
    Base.metadata,
    sa.Column("member_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("muted_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Index(None, "muted_id"),
)


class Message(Base):
    """What one member told another. About a fleet: its id, and its words as they were, for its author to remember."""

    __tablename__ = "messages"
    __table_args__ = (sa.Index(None, "sender_id", "recipient_id", "id"), sa.Index(None, "recipient_id", "read_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    sender_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(sa.String(MESSAGE_LENGTH))
    fleet_id: Mapped[str | None] = mapped_column(sa.String(16))
    about_fleet: Mapped[str] = mapped_column(sa.String(FLEET_LENGTH), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]
