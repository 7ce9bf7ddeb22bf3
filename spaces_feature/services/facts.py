"""What the SFU tells us by webhook: the arrival check first, then the bookkeeping.

Facts come late, twice, out of order or never. Each is merged by the connection's sid so that any order ends in the
same state, and none is needed: the reconciler finds the same truth by asking.
"""

from __future__ import annotations

import logging

from ..domain.ids import Identity, space_of
from ..domain.media import MediaFact, MediaParticipant, MediaRights
from ..domain.roles import roster_rights
from ..domain.roster import compare
from ..domain.tiers import belongs_to_the_room
from ..errors import MediaError
from .law.intruders import send_off
from .seams import Seams
from .store import Work

log = logging.getLogger(__name__)


def receive_fact(seams: Seams, fact: MediaFact) -> None:
    """Check an arrival against the roster, then store the fact. A fact received again changes nothing.

    Raises only what the database raises, so that the SFU delivers the fact again.
    """
    if fact.kind == "participant_joined" and not fact.is_ours:
        check_arrival(seams, fact)
    with seams.store.begin() as work:
        if not work.note_webhook(fact.id, fact.kind, fact.room, seams.clock()):
            work.abandon()
            return
        _merge(seams, work, fact)


def check_arrival(seams: Seams, fact: MediaFact) -> None:
    """Send away at once whoever is not on the roster of this room; correct whoever has other rights than theirs.

    Rooms that are no Space's are another program's on the same SFU, and none of our business.
    """
    assert fact.identity is not None
    assert fact.sid is not None
    with seams.store.begin() as work:
        stay = work.stay_at(fact.room, fact.identity)
        space = work.load(stay.space_id if stay else space_of(fact.room))
    if space is None:
        return
    expected: dict[Identity, MediaRights] = {}
    if stay is not None and belongs_to_the_room(space, stay.user_id, stay.tier):
        rights = roster_rights(space, fact.room, stay.user_id, was_on_stage=stay.was_on_stage)
        expected |= {fact.identity: rights} if rights else {}
    arrived = MediaParticipant(fact.identity, fact.sid, fact.rights or MediaRights(False, False))
    repairs = compare(expected, [arrived])
    try:
        send_off(seams, space, fact.room, repairs.evict)
        for identity, rights in repairs.correct.items():
            seams.media.set_rights(fact.room, identity, rights)
    except MediaError as error:
        log.warning("arrival check in %s left to the reconciler: %s", fact.room, error.code)
    if repairs.visible:
        with seams.store.begin() as work:
            work.mark_on_stage(fact.room, repairs.visible)


def _merge(seams: Seams, work: Work, fact: MediaFact) -> None:
    if fact.sid is None or fact.identity is None or fact.is_ours:
        return
    if fact.kind == "participant_joined":
        lasts = work.note_connection(fact.sid, fact.room, fact.identity, joined_at=fact.at, left_at=None)
        stay = work.stay_at(fact.room, fact.identity) if lasts else None
        if stay is not None:
            work.touch_stays([stay.id], seams.clock())
    elif fact.kind in ("participant_left", "participant_connection_aborted"):
        work.note_connection(fact.sid, fact.room, fact.identity, joined_at=None, left_at=fact.at)
