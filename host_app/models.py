"""Plaza's tables: members, whom they follow and block, what they post and like."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

POST_LENGTH = 400
NAME_LENGTH = 50
USERNAME_LENGTH = 24


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


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
    sa.Index(None, "followed_id", "follower_id"),
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
    """What a member wrote, perhaps in reply to another post, perhaps with a link to a Space."""

    __tablename__ = "posts"
    __table_args__ = (sa.Index(None, "author_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(sa.String(POST_LENGTH))
    reply_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    space_id: Mapped[str | None] = mapped_column(sa.String(13))
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
