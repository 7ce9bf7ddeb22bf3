"""Whose strips are told that they differ: exactly those in whom something does, of the members with an open socket.

A nudge carries no strip. Who gets one asks for theirs, and who missed one asks in any case within half a minute.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

from ..domain.ids import UserId
from ..domain.space import Space, State
from .access import who_may_know
from .seams import Seams

log = logging.getLogger(__name__)


def nudge(seams: Seams, before: Space | None, after: Space) -> None:
    """Nudge the strips of followers of whoever came or went, and of all on show when the Space itself differs.

    Never raises, and leaves no transaction open.
    """
    try:
        then, now = _on_show(before), _on_show(after)
        is_same_card = before is not None and _card(before) == _card(after)
        online = seams.broadcaster.online()
        # Whoever was removed sees the Space no more, and again once they are let back in.
        removed = ((before.removed if before else frozenset()) ^ after.removed) & online
        if not online or not then | now or (then == now and is_same_card and not removed):
            return
        # Who follows only others of those on stage sees the same card with the same faces.
        asked = then ^ now if then and now and is_same_card else then | now
        concerned = set(removed)
        if then != now or not is_same_card:
            concerned |= (then | now) & online
        followers = _followers_among(seams, asked, online)
        # A nudge names the Space, so it is for those who may know it, or might until now.
        for space in (before, after):
            if (
                space is not None
                and space.state is State.LIVE
                and not (space is before and _door(before) == _door(after))
            ):
                concerned |= who_may_know(seams, space, followers - concerned)
        concerned -= seams.identity.barred(concerned) if concerned else frozenset()
        kind = "ended" if after.state is not State.LIVE else "changed" if then else "live"
        _send(seams, concerned, {"type": kind, "space_id": after.id})
    except Exception:
        log.exception("could not nudge the strips that show Space %s", after.id)
    finally:
        seams.store.rest()


def listeners_changed(seams: Seams, space: Space, people: Collection[UserId]) -> None:
    """Nudge the followers of people who began or stopped listening where their followers may see it. Never raises."""
    try:
        online = seams.broadcaster.online()
        concerned = who_may_know(seams, space, _followers_among(seams, people, online))
        _send(seams, concerned, {"type": "changed", "space_id": space.id})
    except Exception:
        log.exception("could not nudge the strips that show who listens in Space %s", space.id)
    finally:
        seams.store.rest()


def talking_changed(seams: Seams, space: Space, is_talking: bool) -> None:
    """Let the ring move, or stand, in the strips that show the Space. Never raises."""
    try:
        online = seams.broadcaster.online()
        on_show = _on_show(space)
        followers = _followers_among(seams, on_show, online)
        concerned = who_may_know(seams, space, followers) | (on_show & online)
        message = {"type": "talking", "space_id": space.id, "is_talking": is_talking, "spread_ms": 0}
        seams.broadcaster.strip(concerned, message)
    except Exception:
        log.exception("could not tell strips that Space %s is talking", space.id)
    finally:
        seams.store.rest()


def strips_of(seams: Seams, user_ids: Collection[UserId]) -> None:
    """Nudge these members' own strips: whom they follow, blocked or muted is another now."""
    seams.memory.forget(user_ids)
    _send(seams, frozenset(user_ids) & seams.broadcaster.online(), {"type": "changed"})


def followers_of(seams: Seams, author: UserId) -> None:
    """Nudge the strips of a member's followers, and their own: what the host app shows of them differs."""
    online = seams.broadcaster.online()
    followers = seams.graph.followers_among(author, online) if online else frozenset()
    _send(seams, followers | ({author} & online), {"type": "items"})


def _send(seams: Seams, concerned: Collection[UserId], message: Mapping[str, object]) -> None:
    # A hundred more who are told take that much longer to ask.
    spread = len(concerned) // 100 * seams.config.rejoin_spread_ms
    seams.broadcaster.strip(concerned, {**message, "spread_ms": spread})


def _followers_among(seams: Seams, people: Collection[UserId], online: frozenset[UserId]) -> frozenset[UserId]:
    followers: set[UserId] = set()
    for user_id in people if online else ():
        followers |= seams.graph.followers_among(user_id, online)
    return frozenset(followers)


def _card(space: Space) -> object:
    """What a strip says of a Space beside its faces: the title, who is hosting, and for whom it is."""
    return space.title, space.host_ids, space.audience


def _door(space: Space) -> object:
    """What decides who may know of a live Space."""
    return space.state, space.audience, space.seats, space.invitations


def _on_show(space: Space | None) -> frozenset[UserId]:
    return frozenset(seat.user_id for seat in space.seats) if space and space.state is State.LIVE else frozenset()
