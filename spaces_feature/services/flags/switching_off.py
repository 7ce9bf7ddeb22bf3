"""What kill switches do to what runs, and who goes on while they only keep new things from beginning.

``end`` of Spaces, of listening or of hosting ends every live Space: without any of the three there is none. ``end`` of
speaking brings speakers to the audience and empties the queue; of guests, of listening anonymously or of listening by
segments it sends those away. ``end`` of recording ends every recording, which can be replayed; of clips no more are
made. Nothing else runs that would have to end. Doing it again changes nothing, and so it is done each round.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial

from ...domain import invitations, stage
from ...domain.audit import Deed
from ...domain.ids import UserId, is_guest
from ...domain.rollout import Kill
from ...domain.space import EndReason, Recording, Role, Space, State
from ...domain.tiers import Tier
from ...errors import Refusal
from ..changing import announce, change, written
from ..hosting import ended
from ..outbox import owed, settle_calls
from ..seams import Seams
from ..sound.recordings import switch_off
from ..store import OwedCall, RacedError, Stay, Work
from ..telling import send_away

log = logging.getLogger(__name__)

SWITCHED_OFF = "switched_off"
"""Why a Space ended, a seat was lost or a stay is over; the frontend has the words."""
WHY = {"code": SWITCHED_OFF}
"""What the events of it carry besides."""
ENDING = frozenset({"spaces.enabled", "spaces.listen", "spaces.host"})
AT_ONCE = 200
"""Stays that end in one transaction."""
SLOW = 0.25
"""Seconds: an SFU that takes longer for one Space is not waited for in the next."""
IN_A_REQUEST = 2.0
"""Seconds that the click itself may take for what it ends; the reconciler's rounds do the rest."""


def enforce_kills(
    seams: Seams,
    *,
    also: Collection[str] = (),
    seconds: float | None = None,
) -> None:
    """End what kill switches say must end; never raises for one Space.

    Whether there is anything to do is known in memory; what, the database says, so that no switch that was released
    meanwhile ends a Space that has just begun. ``also`` are keys that were pressed just now. Stops after ``seconds``.
    Calls the SFU, so it is not for inside a transaction.
    """
    seams.book.refresh()
    if not also and Kill.END not in seams.book.kills().values():
        return
    with seams.store.begin() as work:
        ending = _ending(work)
        spaces = work.live() if ending else []
    until = None if seconds is None else time.monotonic() + seconds
    later: list[OwedCall] = []
    is_slow = False
    # Where most people are first: what takes longest to reach is done while the click still waits.
    for space in sorted(spaces, key=lambda one: -seams.index.count(one.id)):
        if until is not None and time.monotonic() > until:
            break
        began = time.monotonic()
        for deed in _deeds(seams, space, ending, later if is_slow else None):
            try:
                deed()
            except (Refusal, RacedError) as refusal:
                log.info("Space %s changed under a kill switch: %s", space.id, refusal)
            except Exception:
                log.exception("a kill switch could not end all of Space %s; the next round tries again", space.id)
        # An SFU that does not answer costs one deadline and not one for each Space: people are told first.
        is_slow = is_slow or time.monotonic() - began > SLOW or not seams.health.seems_up
    settle_calls(seams, later)


def _ending(work: Work) -> frozenset[str]:
    return frozenset(key for key, killing in work.killings().items() if killing.mode is Kill.END)


def _deeds(
    seams: Seams, space: Space, ending: Collection[str], later: list[OwedCall] | None
) -> list[Callable[[], object]]:
    if not ENDING.isdisjoint(ending):
        return [partial(_end, seams, space, later)]
    deeds: list[Callable[[], object]] = []
    if "spaces.speak" in ending:
        deeds.append(partial(_clear_stage, seams, space))
    if "spaces.record" in ending and space.recording is not Recording.OFF:
        deeds.append(partial(switch_off, seams, space.id, SWITCHED_OFF))
    if "spaces.clip" in ending and space.allows_clips:
        deeds.append(partial(_end_clips, seams, space))
    if "spaces.hls" in ending:
        deeds.append(partial(_end_segments, seams, space))
        deeds.append(partial(_send_off, seams, space, lambda stay: stay.tier == Tier.HLS))
    if "spaces.guests" in ending:
        deeds.append(partial(_send_off, seams, space, lambda stay: is_guest(stay.user_id)))
    if "spaces.anonymous" in ending:
        deeds.append(partial(_send_off, seams, space, _is_anonymous_member))
    return deeds


def _is_anonymous_member(stay: Stay) -> bool:
    """Whether somebody listens without a name who has one; guests have a switch of their own."""
    return stay.anonymous is not None and not is_guest(stay.user_id)


def _end(seams: Seams, space: Space, later: list[OwedCall] | None) -> None:
    def rule(fresh: Space, work: Work) -> Space:
        is_meant = fresh.state is State.LIVE and not ENDING.isdisjoint(_ending(work))
        return ended(seams, work, fresh, EndReason.SWITCHED_OFF) if is_meant else fresh

    change(seams, space.id, Deed(kind="ended", reason=SWITCHED_OFF), rule, later=later)


def _end_clips(seams: Seams, space: Space) -> None:
    """No clip is made of it any more, and nothing is kept for one."""

    def rule(fresh: Space, _: Work) -> Space:
        return replace(fresh, allows_clips=False) if fresh.state is State.LIVE else fresh

    change(seams, space.id, Deed(kind="clips_ended", reason=SWITCHED_OFF), rule)


def _end_segments(seams: Seams, space: Space) -> None:
    """Nobody hears it by segments any more, and none are made; who joins after the switch is released wants them."""
    with seams.store.begin() as work:
        capture = work.capture(space.id)
        if capture is not None and capture.wants_live:
            work.drop_live(space.id)


def _clear_stage(seams: Seams, space: Space) -> None:
    """Speakers to the audience, the queue empty, invitations to speak taken back; who runs the Space stays."""
    for seat in space.seats:
        if seat.role is Role.SPEAKER:
            deed = Deed(kind="moved_to_audience", whom=seat.user_id, reason=SWITCHED_OFF)
            change(seams, space.id, deed, partial(_without_speaker, seat.user_id), WHY)
    for asked in space.requests:
        deed = Deed(kind="request_expired", whom=asked.user_id)
        change(seams, space.id, deed, partial(_unasked, asked.user_id), WHY)
    for invitation in space.invitations:
        if invitation.role is Role.SPEAKER and space.invitation_of(invitation.user_id) is not None:
            deed = Deed(kind="invitation_withdrawn", whom=invitation.user_id, reason=SWITCHED_OFF)
            change(seams, space.id, deed, partial(_uninvited, invitation.user_id), WHY)


def _without_speaker(user_id: UserId, space: Space, work: Work) -> Space:
    is_speaker = space.state is State.LIVE and space.role_of(user_id) is Role.SPEAKER
    return stage.unseated(space, user_id) if is_speaker else space


def _unasked(user_id: UserId, space: Space, work: Work) -> Space:
    return stage.take_back(space, user_id) if space.state is State.LIVE else space


def _uninvited(user_id: UserId, space: Space, work: Work) -> Space:
    return invitations.withdraw(space, user_id) if space.state is State.LIVE else space


def _send_off(seams: Seams, space: Space, is_meant: Callable[[Stay], bool]) -> None:
    """End the stays of those who only listen, in bounded transactions; the SFU and they are told after each."""
    with seams.store.begin() as work:
        seats = {seat.user_id for seat in space.seats}
        meant = [stay for stay in work.stays(space.id) if stay.user_id not in seats and is_meant(stay)]
    for begin in range(0, len(meant), AT_ONCE):
        some = meant[begin : begin + AT_ONCE]
        with seams.store.begin() as work:
            entries = [
                written(seams, Deed(kind="put_out", whom=stay.user_id, reason=SWITCHED_OFF), space, space.version)
                for stay in some
            ]
            calls = [
                owed(seams, space.id, stay.room, "remove", stay.identity, audit_id=entry.id)
                for stay, entry in zip(some, entries, strict=True)
            ]
            work.close_stays([stay.id for stay in some], seams.clock())
            work.audit(entries)
            work.owe(calls)
        settle_calls(seams, calls)
        watching = seams.broadcaster.watching(space.id)
        send_away(seams, space, [stay.user_id for stay in some if stay.user_id in watching], SWITCHED_OFF)
        for entry in entries:
            announce(seams, entry)


def goes_on(seams: Seams, user_id: UserId | None, *, in_host_page: bool = False) -> bool:
    """Whether somebody to whom Spaces are closed by now is in one, and may stay in it until they leave.

    Who is on stage, or listens and lets followers see it, is known in memory. For others a stay is looked for: one
    statement in half a minute, since to whom it is closed comes into none; ``in_host_page``, where most people have
    nothing of it, only while a kill switch keeps everybody new away.
    """
    if user_id is None:
        return False
    if seams.index.where(frozenset({user_id}), or_listening=True):
        return True
    if seams.index.is_empty or (in_host_page and seams.book.killed("spaces.enabled") is not Kill.NO_NEW):
        return False
    now = seams.clock()
    if seams.outsiders.has(user_id, now):
        return False
    with seams.store.read() as work:
        is_inside = bool(work.stays_of(user_id))
    if not is_inside:
        seams.outsiders.add(user_id, now)
    return is_inside
