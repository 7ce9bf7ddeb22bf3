"""The courier of Web Push: claims what is due, sends it outside any transaction, and tries again later what failed."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from flask import Flask, current_app

from .clock import now
from .extensions import db, socketio
from .models import Notification, PushErrand, PushSubscription
from .notices_inbox import readable
from .push import signer

log = logging.getLogger(__name__)

#: Seconds that a push service may take, and for which a claimed errand is left to whoever claimed it.
DEADLINE, LEASE = 10, 120
#: Pauses after each failure; after the last one the notice stays in the inbox alone.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
#: Seconds for which a push service keeps a notice for a browser that is off: later it is old news.
KEPT_FOR = 4 * 3600
#: Errands claimed at once: all of them are sent within the lease, even when each takes as long as it may.
CHUNK = LEASE // DEADLINE
#: Seconds between two looks while something waits for its next try.
_PAUSE = 1.0
_SENT, _GONE, _TOO_MANY = 201, (404, 410), 429


@dataclass(frozen=True, slots=True)
class Errand:
    """One notice for one browser, with all that is needed to send it."""

    notification_id: str
    subscription_id: int
    tries: int
    address: Mapping[str, object]
    message: str


class Courier:
    """Delivers in the background, once per process, for as long as there is something to deliver."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_busy = False

    def ensure(self, app: Flask) -> None:
        """Begin to deliver unless this process does already, or Web Push is off."""
        if not app.config["VAPID_PRIVATE_KEY"]:
            return
        with self._lock:
            if self._is_busy:
                return
            self._is_busy = True
        socketio.start_background_task(self._work, app)

    def _work(self, app: Flask) -> None:
        is_waiting = True
        while is_waiting:
            try:
                with app.app_context():
                    if deliver(now()):
                        continue
                    # Under the lock: an errand that comes now either is seen here or finds nobody busy.
                    with self._lock:
                        is_waiting = self._is_busy = _has_errands()
            except Exception:
                log.exception("a round of Web Push failed")
            if is_waiting:
                socketio.sleep(_PAUSE)


courier = Courier()


def deliver(moment: datetime) -> int:
    """Send some of what is due at ``moment`` and note how it went. Returns how many were tried."""
    errands = _claim(moment)
    for errand in errands:
        _note(errand, send(errand), moment)
    return len(errands)


def send(errand: Errand) -> int | None:
    """Hand one message to the browser's push service. Returns the status it answered, None for no answer."""
    import requests
    from pywebpush import WebPushException, webpush

    with requests.Session() as line:
        # An address that leads elsewhere may lead inside: only the one that was checked is ever called.
        line.max_redirects = 0
        line.trust_env = False
        try:
            webpush(
                errand.address,
                errand.message,
                vapid_private_key=signer(current_app.config["VAPID_PRIVATE_KEY"]),
                vapid_claims={"sub": current_app.config["VAPID_CONTACT"]},
                timeout=DEADLINE,
                ttl=KEPT_FOR,
                requests_session=line,
            )
        except WebPushException as refusal:
            return refusal.response.status_code if refusal.response is not None else None
        except requests.RequestException:
            return None
    return _SENT


def _claim(moment: datetime) -> list[Errand]:
    """Take what is due from other processes for the time of a lease, and let go of what nobody should get any more."""
    due = sa.select(PushErrand.notification_id, PushErrand.subscription_id, PushErrand.tries, PushErrand.due_at)
    rows = db.session.execute(due.where(PushErrand.due_at <= moment).order_by(PushErrand.due_at).limit(CHUNK)).all()
    ours = [row for row in rows if _lease(row, moment)]
    wanted = (
        sa.select(Notification, PushSubscription)
        .join(PushSubscription, PushSubscription.user_id == Notification.user_id)
        .where(Notification.id.in_([row.notification_id for row in ours]), Notification.read_at.is_(None), *readable())
    )
    found = {(notice.id, browser.id): (notice, browser) for notice, browser in db.session.execute(wanted)}
    errands = []
    for row in ours:
        pair = found.get((row.notification_id, row.subscription_id))
        if pair is None:
            db.session.execute(sa.delete(PushErrand).where(*_is(row)))
        else:
            errands.append(_errand(*pair, row.tries))
    db.session.commit()
    return errands


def _lease(row: Any, moment: datetime) -> bool:
    free = sa.update(PushErrand).where(*_is(row), PushErrand.due_at == row.due_at)
    taken: Any = db.session.execute(free.values(due_at=moment + timedelta(seconds=LEASE)))
    return bool(taken.rowcount)


def _errand(notice: Notification, browser: PushSubscription, tries: int) -> Errand:
    message = {"title": notice.text, "url": f"/inbox/notices/{quote(notice.id)}", "tag": notice.space_id}
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    address = {"endpoint": browser.endpoint, "keys": keys}
    return Errand(notice.id, browser.id, tries, address, json.dumps(message))


def _note(errand: Errand, answer: int | None, moment: datetime) -> None:
    is_hopeless = answer is not None and 400 <= answer < 500 and answer != _TOO_MANY
    if answer in _GONE:
        # The browser is gone for good, and its other errands with it.
        db.session.execute(sa.delete(PushErrand).where(PushErrand.subscription_id == errand.subscription_id))
        db.session.execute(sa.delete(PushSubscription).where(PushSubscription.id == errand.subscription_id))
    elif answer == _SENT:
        db.session.execute(sa.delete(PushErrand).where(*_is(errand)))
    elif is_hopeless or errand.tries >= len(PAUSES):
        log.warning("a notice is in the inbox but reached no browser: %s", answer or "no answer")
        db.session.execute(sa.delete(PushErrand).where(*_is(errand)))
    else:
        later = {"tries": errand.tries + 1, "due_at": moment + PAUSES[errand.tries]}
        db.session.execute(sa.update(PushErrand).where(*_is(errand)).values(later))
    db.session.commit()


def _is(errand: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        PushErrand.notification_id == errand.notification_id,
        PushErrand.subscription_id == errand.subscription_id,
    )


def _has_errands() -> bool:
    return bool(db.session.scalar(sa.select(sa.exists(sa.select(PushErrand.tries)))))
