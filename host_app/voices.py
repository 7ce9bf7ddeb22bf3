"""How often a member has hosted: counted as it happens, for those who look for voices that are new to them."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from spaces_feature import signals
from spaces_feature.domain.audit import AuditEntry

from .extensions import db
from .models import User
from .moderation import member_id


def count_start(app: Flask, entry: AuditEntry) -> None:
    """Count a Space that began for its host, and commit."""
    host = member_id(entry.actor)
    if entry.kind == "started" and host is not None:
        db.session.execute(sa.update(User).where(User.id == host).values(hosted_count=User.hosted_count + 1))
        db.session.commit()


def init_app(app: Flask) -> None:
    """Hear of Spaces that begin."""
    signals.audited.connect(count_start, app)
