"""Notices as Spaces hand them to Plaza, for the tests of its inbox and of Web Push."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Flask

from spaces_feature import UserId
from spaces_feature.domain.ids import SpaceId
from spaces_feature.ports import Notice


def user_id(app: Flask, username: str) -> int:
    """Return a member's id."""
    from host_app.extensions import db
    from host_app.models import User

    with app.app_context():
        found: int = db.session.scalars(sa.select(User.id).where(User.username == username)).one()
        return found


def notice(id_: str, to: int, *, host: int, text: str = "Ada is live: Why small software lasts") -> Notice:
    """A notice for the member ``to`` of a Space of ``host``."""
    return Notice(
        id=id_,
        kind="live",
        user_id=UserId(str(to)),
        space_id=SpaceId("AbCdEfGhIjKlM"),
        title="Why small software lasts",
        host_id=UserId(str(host)),
        text=text,
        url="/spaces/AbCdEfGhIjKlM",
        at=datetime(2026, 11, 24, 19, 30, tzinfo=UTC),
    )


def deliver(app: Flask, *batch: Notice) -> None:
    """Do what Spaces do: hand the batch over inside a transaction, and commit."""
    from host_app.extensions import db
    from host_app.notices import Inbox

    with app.app_context():
        Inbox(db)(batch)
        db.session.commit()
