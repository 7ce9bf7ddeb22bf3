"""Whose strips are told that they differ: exactly those in whom something does, of the members with an open socket.

A nudge carries no strip. Who gets one asks for theirs, and who missed one asks in any case within half a minute.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

from ...domain.admission import blocking
from ...domain.ids import UserId
from ...domain.space import Recording, Space, State
from ..access import block_scope, who_may_know
from ..seams import Seams

log = logging.getLogger(__name__)


def nudge(seams: Seams, before: Space | None, after: Space) -> None:
    """Nudge the strips in which something differs after a commit. Never raises, and leaves no transaction open."""
    try:
        online = seams.broadcaster.online()
        then, now = _on_show(before), _on_show(after)
        if not online or not then | now:
            return
        concerned = _who_see_another_card(seams, before, after, online)
        concerned |= _who_see_more_or_less(seams, before, after, online)
        concerned -= seams.identity.barred(concerned) if concerned else frozenset()
        kind = "ended" if after.state is not State.LIVE else "changed" if then else "live"
        _send(seams, concerned, {"type": kind, "space_id": after.id})
    except Exception:
        log.exception("could not nudge the strips that show Space %s", after.id)
    finally:
        seams.store.rest()


def _who_see_another_card(
    seams: Seams, before: Space | None, after: Space, online: frozenset[UserId]
) -> frozenset[UserId]:
    """Those for whom the Space is or was there and reads differently: its title, REC, its hosts, whom they follow."""
    then, now = _on_show(before), _on_show(after)
    is_same_card = before is not None and bool(then) is bool(now) and _card(before) == _card(after)
    # Of their own Space hosts see the co-hosts.
    is_same_own = is_same_card and before is not None and before.host_ids == after.host_ids
    hosts = frozenset() if is_same_own else frozenset(one.host_id for one in (before, after) if one is not None)
    if is_same_card and then == now:
        return hosts & online
    # Who follows only others of those on stage sees the same card with the same faces.
    followers = _followers_among(seams, then ^ now if is_same_card else then | now, online)
    if not is_same_card:
        # Theirs may be there for somebody who only listens.
        followers |= seams.shown.to_whom(after.id) & online
    # Of their own Space hosts see other hosts alone.
    followers -= hosts or {after.host_id}
    return _who_may_see(seams, before, followers) | _who_may_see(seams, after, followers) | (hosts & online)


def _who_see_more_or_less(
    seams: Seams, before: Space | None, after: Space, online: frozenset[UserId]
) -> frozenset[UserId]:
    """Those who follow somebody there, and for whom the Space came or went although it goes on."""
    if before is None or before.state is not after.state:
        return frozenset()
    then, now = _on_show(before), _on_show(after)
    if _door(seams, before) == _door(seams, after):
        # Only for who was removed, was asked, took or left a seat may it be another door.
        asked = (before.removed ^ after.removed) | (_guests(before) ^ _guests(after)) | (then ^ now)
        online &= asked
    followers = _followers_among(seams, then | now, online) | (seams.shown.to_whom(after.id) & online)
    return _who_may_see(seams, before, followers) ^ _who_may_see(seams, after, followers)


def listeners_changed(seams: Seams, space: Space, people: Collection[UserId]) -> None:
    """Nudge the followers of people who began or stopped listening where their followers may see it. Never raises."""
    try:
        online = seams.broadcaster.online()
        followers = _followers_among(seams, people, online)
        # Of their own Space a host sees who is on stage.
        concerned = _who_may_see(seams, space, followers - {space.host_id})
        _send(seams, concerned, {"type": "changed", "space_id": space.id})
    except Exception:
        log.exception("could not nudge the strips that show who listens in Space %s", space.id)
    finally:
        seams.store.rest()


def talking_changed(seams: Seams, space: Space, is_talking: bool) -> None:
    """Let the ring move, or stand, in the strips that show the Space. Never raises."""
    try:
        online = seams.broadcaster.online()
        followers = _followers_among(seams, _on_show(space), online)
        concerned = _who_may_see(seams, space, followers) | ({space.host_id} & online)
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
    if not concerned:
        return
    # A hundred more who are told take that much longer to ask.
    spread = len(concerned) // 100 * seams.config.rejoin_spread_ms
    seams.broadcaster.strip(concerned, {**message, "spread_ms": spread})


def _who_may_see(seams: Seams, space: Space | None, people: frozenset[UserId]) -> frozenset[UserId]:
    """Those to whose strips the Space may come; what staff froze comes to none but those on its stage."""
    if space is None or space.state is not State.LIVE:
        return frozenset()
    return who_may_know(seams, space, people & _on_show(space) if space.is_frozen else people)


def _followers_among(seams: Seams, people: Collection[UserId], online: frozenset[UserId]) -> frozenset[UserId]:
    """Who of these follows one of the people, and has no block with them: that would be nobody's reason."""
    followers: set[UserId] = set()
    for user_id in people if online else ():
        found = seams.graph.followers_among(user_id, online - {user_id})
        followers |= found - seams.graph.blocks(user_id, found).either if found else found
    return frozenset(followers)


def _card(space: Space) -> object:
    """What a strip says of a Space beside whom the viewer follows there: its title, who is hosting, and REC."""
    return space.title, space.host_id, space.recording is Recording.ON


def _door(seams: Seams, space: Space) -> object:
    """What decides for everybody who may see a live Space."""
    return space.audience, space.is_frozen, blocking(space, block_scope(seams))


def _guests(space: Space) -> frozenset[UserId]:
    return frozenset(one.user_id for one in space.invitations)


def _on_show(space: Space | None) -> frozenset[UserId]:
    return frozenset(seat.user_id for seat in space.seats) if space and space.state is State.LIVE else frozenset()
