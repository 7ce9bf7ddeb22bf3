"""Telling outside programs that a Space started or ended, in the envelope of X's activity events.

The message is written in the transaction in which it happens, and sent after it by a loop in the background: once it is
taken, or given up, its row is gone. What is not for everyone is told to nobody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from ...domain.admission import Relations, may_know
from ...domain.flag_words import change_words
from ...domain.ids import UserId
from ...domain.space import Space, State
from ...domain.wire import iso
from ...errors import Invalid
from ..flags.flag_ledger import FlagChange
from ..seams import Seams
from ..store import Work
from .numbers import number_of
from .outside_store import Delivery, Hook

log = logging.getLogger(__name__)

START, END = "start", "end"
SIGNATURE = "x-twitter-webhooks-signature"
TIMESTAMP = "x-spaces-timestamp"
URL_LENGTH = 2000
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LIFE = timedelta(hours=24)
"""How long a message is tried."""
TURN = timedelta(seconds=5)
"""After this long a turn begins no further round, so that what is new meanwhile is not behind what failed."""
CLAIM = timedelta(seconds=15)
"""For so long an attempt belongs to the process that makes it; if that dies, another follows then."""
AT_ONCE = 50
"""Hooks looked at together, and messages that one of them takes in one turn."""


class Post(Protocol):
    """Sends a message; ``integrations/http_post.py`` fills it."""

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        """Post and return the status of the answer, None when none came in time. Follows no redirect, never raises."""
        ...


def add_hook(seams: Seams, url: str, user_id: UserId | None = None) -> Hook:
    """Register an address, for one creator's Spaces or for all. Raises Invalid for an address or a member."""
    _require_address(url)
    if user_id is not None and user_id not in seams.identity.profiles([user_id]):
        raise Invalid("unknown_user", "There is no member with this id.", field="user_id")
    secret = seams.ids.row_id() + seams.ids.row_id()
    hook = Hook(seams.ids.ordered_id(), url, secret, user_id, seams.clock())
    with seams.store.begin() as work:
        work.add_hook(hook)
    return hook


def all_hooks(seams: Seams) -> list[Hook]:
    """Return every hook, oldest first."""
    with seams.store.begin() as work:
        return work.hooks()


def remove_hook(seams: Seams, hook_id: str) -> bool:
    """Remove a hook with what it has not taken yet. Returns False when there is none."""
    with seams.store.begin() as work:
        return work.remove_hook(hook_id)


def _require_address(url: str) -> None:
    """Raise Invalid unless it is https, or http to this machine, and holds no name and password."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or not url.isascii() or not url.isprintable() or " " in url or len(url) > URL_LENGTH:
        raise Invalid("hook_url", "This is no address.", "Write it like https://example.com/spaces.", field="url")
    if parts.username is not None or parts.fragment:
        raise Invalid("hook_url", "An address holds no password and no #.", "Leave them out.", field="url")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise Invalid("hook_url", "Others could read and change what is sent.", "Use https.", field="url")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def announce_life(seams: Seams, work: Work, before: Space | None, after: Space) -> None:
    """Within the transaction in which a Space starts or ends, write what its hooks are to be told; else nothing.

    Costs one read where nobody listens. The Space counts as it was seen: at its start as it starts, at its end as it
    was before. A frozen stage keeps nobody from hearing of the end.
    """
    kind = _what(before, after)
    if kind is None:
        return
    hooks = work.hooks_for(after.creator_id)
    if not hooks or not _is_public(seams, before if kind == END and before is not None else after):
        return
    now = seams.clock()
    body = json.dumps(_envelope(seams, kind, after), separators=(",", ":"))
    work.add_deliveries([Delivery(seams.ids.ordered_id(), hook, body, 0, now, now) for hook in hooks])


def _what(before: Space | None, after: Space) -> str | None:
    was_live = before is not None and before.state is State.LIVE
    if after.state is State.LIVE and not was_live:
        return START
    return END if was_live and after.state is State.ENDED else None


def _is_public(seams: Seams, space: Space) -> bool:
    is_protected = space.host_id in seams.identity.protected([space.host_id])
    return may_know(space, None, Relations(is_host_protected=is_protected))


def _envelope(seams: Seams, kind: str, space: Space) -> dict[str, object]:
    """The event as X sends it. Its id is the same however often, and to how many, it is sent."""
    creator = space.creator_id
    profile = seams.memory.profiles([creator])[creator]
    user_id = number_of(seams, "user", creator)
    return {
        "data": {
            "event_uuid": number_of(seams, "event", f"{space.id}-{kind}"),
            "filter": {"user_id": user_id},
            "event_type": f"spaces.{kind}",
            "tag": f"spaces-{kind}",
            "payload": {
                "user": {"data": {"id": user_id, "name": profile.name, "username": profile.username}},
                "broadcast_id": space.id,
                "event_type": f"spaces_{kind}",
            },
        }
    }


def announce_flag(seams: Seams, work: Work, change: FlagChange) -> None:
    """Within the transaction in which a flag or a kill switch changes, write what hooks for everything are told.

    Who decided is told by id, and whom it is about is not: lists of people stay here.
    """
    hooks = work.hooks_for(None)
    if not hooks:
        return
    now = seams.clock()
    payload = {
        "key": change.key,
        "version": change.version,
        "kind": change.kind,
        "actor": change.actor,
        "reason": change.reason,
        "words": change_words(change.kind, change.before, change.after),
        "at": iso(change.at),
    }
    envelope = {"data": {"event_uuid": change.id, "event_type": "spaces.flag", "payload": payload}}
    body = json.dumps(envelope, separators=(",", ":"))
    work.add_deliveries([Delivery(seams.ids.ordered_id(), hook, body, 0, now, now) for hook in hooks])


def deliver_due(seams: Seams, post: Post) -> None:
    """Send what is due, of each hook the oldest first; what fails is due again after a growing pause.

    In each round every hook with something new gets one message, then one that failed before is asked again, until one
    fails once more: dead hooks cost a turn the time of one, however many they are.

    Several processes may do this at once: each attempt is made by one of them, outside any transaction. A process that
    dies in between leaves it open whether the message came through, so it is sent again.
    """
    end = seams.clock() + TURN
    asks_again = True
    for _ in range(AT_ONCE):
        now = seams.clock()
        if now >= end:
            return
        with seams.store.begin() as work:
            due = work.due_deliveries(now, limit=AT_ONCE, has_failed=False)
            if asks_again:
                due += work.due_deliveries(now, limit=1, has_failed=True)
        if not due:
            return
        for delivery in due:
            if not _deliver(seams, post, delivery) and delivery.attempts:
                asks_again = False


def _deliver(seams: Seams, post: Post, delivery: Delivery) -> bool:
    """Make one attempt, and return whether what is behind this message may follow."""
    now = seams.clock()
    with seams.store.begin() as work:
        if now - delivery.created_at > LIFE:
            count = work.give_up_deliveries(delivery, now - LIFE)
            log.warning("hook %s took nothing for a day; %d messages were given up", delivery.hook.id, count)
            return True
        if not work.claim_delivery(delivery, now + CLAIM):
            return False
    raw = delivery.body.encode()
    headers = {
        "Content-Type": "application/json",
        SIGNATURE: signature(delivery.hook.secret, raw),
        TIMESTAMP: str(int(now.timestamp())),
    }
    status = post(delivery.hook.url, raw, headers)
    with seams.store.begin() as work:
        if status is not None and 200 <= status < 300:
            work.settle_delivery(delivery.id)
            return True
        if status == 410:
            work.disable_hook(delivery.hook.id, now)
            log.warning("hook %s is gone (410) and was disabled", delivery.hook.id)
            return True
        pause = min(FIRST_PAUSE * 2 ** min(delivery.attempts, 12), LONGEST_PAUSE)
        work.postpone_delivery(delivery.id, seams.clock() + pause)
        log.info("hook %s answered %s; it is asked again in %d s", delivery.hook.id, status, pause.total_seconds())
        return False


def signature(secret: str, body: bytes) -> str:
    """Return ``sha256=`` and the base64 of the HMAC of the raw body: what X signs its webhooks with."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"
