"""The gate: whether a connection to the SFU may begin, asked before the SFU hears of it.

The SFU revokes nothing: it believes every token until it expires, and hands each client fresh ones without end. So
whoever would connect is held against the roster as it stands, every time.
"""

from __future__ import annotations

import logging

from ..domain.media import says_more
from ..domain.roles import roster_rights
from ..domain.tiers import belongs_to_the_room
from .seams import Seams

log = logging.getLogger(__name__)


def admits(seams: Seams, token: str) -> bool:
    """Return whether the token's holder is on the roster of its room, with at least the rights that it claims.

    Who hears segments has no business there, though they may have a token from before.
    Reads, writes nothing, and calls nobody; a token of nobody's is refused after one indexed read, or none. Raises
    what the database raises.
    """
    claims = seams.media.read_token(token)
    if claims is None:
        return False
    with seams.store.begin() as work:
        stay = work.stay_at(claims.room, claims.identity)
        space = work.load(stay.space_id) if stay else None
    rights = None
    if stay is not None and space is not None:
        rights = roster_rights(space, claims.room, stay.user_id, was_on_stage=stay.was_on_stage)
    if rights is None:
        why = "not on the roster of a live room"
    elif says_more(claims, rights):
        why = "the token says more than the roster"
    elif stay is not None and space is not None and not belongs_to_the_room(space, stay.user_id, stay.tier):
        why = "they hear segments"
    else:
        return True
    log.info("the gate refused %s at %s: %s", claims.identity, claims.room, why)
    return False
