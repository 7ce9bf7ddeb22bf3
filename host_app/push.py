"""Web Push: notices for browsers in which Plaza is closed. Off unless ``VAPID_PRIVATE_KEY`` is set.

Here a browser is remembered and forgotten, and errands are written with the notices that they are about;
``push_courier.py`` delivers them. Addresses and keys of browsers reach no log.
"""

from __future__ import annotations

import base64
import binascii
import functools
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask, current_app, session
from flask_login import user_logged_out
from sqlalchemy.dialects import postgresql, sqlite

from .clock import now
from .extensions import db
from .models import Notification, PushErrand, PushSubscription

#: Browsers of one member; the one that asked first makes room.
MOST_BROWSERS = 10
_SESSION_KEY = "push_subscription"


def is_on() -> bool:
    """Return whether this installation has a key to push with."""
    return bool(current_app.config["VAPID_PRIVATE_KEY"])


@functools.lru_cache(maxsize=4)
def signer(private_key: str) -> Any:
    """Return what signs with a key. Raises an error of the library's for a text that is no key."""
    # Only now: it costs 0.1 s, and most installations have no key.
    from py_vapid import Vapid02

    return Vapid02.from_string(private_key)


def public_key() -> str:
    """Return what browsers need to subscribe, empty when Web Push is off."""
    if not is_on():
        return ""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = signer(current_app.config["VAPID_PRIVATE_KEY"]).public_key
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def subscribe(user_id: int, address: object) -> bool:
    """Remember a browser for a member, and commit. Returns False for what is no subscription with a push service.

    A browser that subscribed for somebody else is this member's from now on.
    """
    fields = _fields(address)
    if fields is None:
        return False
    dialects: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    values = {**fields, "user_id": user_id, "created_at": now()}
    insert = dialects[db.session.get_bind().dialect.name]
    renewed = insert(PushSubscription).values(values).on_conflict_do_update(index_elements=["endpoint"], set_=values)
    session[_SESSION_KEY] = db.session.scalar(renewed.returning(PushSubscription.id))
    of_member = PushSubscription.user_id == user_id
    newest = (PushSubscription.created_at.desc(), PushSubscription.id.desc())
    kept = sa.select(PushSubscription.id).where(of_member).order_by(*newest).limit(MOST_BROWSERS).subquery()
    surplus = PushSubscription.id.not_in(sa.select(kept.c.id))
    db.session.execute(sa.delete(PushSubscription).where(of_member, surplus))
    db.session.commit()
    return True


def unsubscribe(user_id: int, endpoint: str) -> None:
    """Forget a browser of this member, and commit; one that is not theirs stays."""
    mine = (PushSubscription.user_id == user_id, PushSubscription.endpoint == endpoint)
    db.session.execute(sa.delete(PushSubscription).where(*mine))
    db.session.commit()


def enqueue(work: Any, notification_ids: Sequence[str]) -> None:
    """Write an errand for every browser of those whom these notices are for, in the transaction of ``work``."""
    if not is_on():
        return
    at_once = sa.literal(now(), type_=sa.DateTime(timezone=True))
    errands = sa.select(Notification.id, PushSubscription.id, sa.literal(0), at_once).join(
        PushSubscription, PushSubscription.user_id == Notification.user_id
    )
    columns = ["notification_id", "subscription_id", "tries", "due_at"]
    work.execute(sa.insert(PushErrand).from_select(columns, errands.where(Notification.id.in_(notification_ids))))


def init_app(app: Flask) -> None:
    """Forget a member's browser when they sign out of it: the next one there must not read their notices."""
    user_logged_out.connect(_forget_this_browser, app)


def _forget_this_browser(app: Flask, user: Any) -> None:
    subscription_id = session.pop(_SESSION_KEY, None)
    if subscription_id is not None:
        mine = (PushSubscription.id == subscription_id, PushSubscription.user_id == user.id)
        db.session.execute(sa.delete(PushSubscription).where(*mine))
        db.session.commit()


def _fields(address: object) -> dict[str, str] | None:
    """The columns of a browser's subscription, None unless it is one at a push service that we know."""
    if not isinstance(address, dict) or not isinstance(address.get("keys"), dict):
        return None
    endpoint, p256dh, auth = address.get("endpoint"), address["keys"].get("p256dh"), address["keys"].get("auth")
    if not (isinstance(endpoint, str) and isinstance(p256dh, str) and isinstance(auth, str)):
        return None
    if len(endpoint) > 1000 or not _is_push_service(endpoint) or len(_bytes(auth)) != 16:
        return None
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _bytes(p256dh))
    except ValueError:
        return None
    return {"endpoint": endpoint, "p256dh": p256dh, "auth": auth}


def _is_push_service(endpoint: str) -> bool:
    """Whether an address is one of a known push service: a member names it, and our own network calls it."""
    try:
        parts = urlsplit(endpoint)
        origin = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return False
    known: Sequence[str] = current_app.config["PUSH_SERVICES"]
    return parts.username is None and any(_matches(origin, service) for service in known)


def _matches(origin: str, service: str) -> bool:
    """Whether an origin is a service: ``https://host``, or any host below it for ``https://*.host``."""
    start, star, end = service.partition("*")
    return origin == service if not star else origin.startswith(start) and origin.endswith(end)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
