"""Who met the difference that a flag makes: noted where it is met, whichever way the flag is for them.

Reading a flag is no exposure. Both sides of a flag are noted under one condition, or the two could not be compared.
"""

from __future__ import annotations

import json
import logging

from ...domain.ids import UserId, is_guest
from ...domain.rollout import Reason
from ..seams import Seams

log = logging.getLogger(__name__)

NO_DIFFERENCE = frozenset({Reason.FALLBACK, Reason.KILLED, Reason.PREREQUISITE})
"""Where nobody decided between the two sides: no flag was read, a kill switch lies over it, or another flag decided."""


def expose(seams: Seams, key: str, user_id: UserId | None) -> None:
    """Note that a member meets what a flag does for them, on or off; once for each version. Never raises.

    Who is signed out is nobody whom one could know again. ``SPACES_EXPOSURE_DAYS = 0`` notes nobody.
    """
    if user_id is None or is_guest(user_id) or not seams.config.exposure_days:
        return
    verdict = seams.flags.decision(key, user_id)
    if verdict.reason in NO_DIFFERENCE or seams.meter.is_exposed(key, user_id, verdict.version):
        return
    seams.meter.expose(key, user_id, verdict, _context(seams, key, user_id))


def _context(seams: Seams, key: str, user_id: UserId) -> str:
    """A keyed hash of the attributes that the flag's rules ask of the member; empty without such rules."""
    asked = {condition.attribute for rule in seams.book.state(key).rules for condition in rule.when}
    if not asked or not seams.flags.is_ours:
        return ""
    try:
        # What the verdict was reached by, asked already in this request.
        found = seams.flags.facts(user_id) or {}
        used = json.dumps({name: found[name] for name in sorted(asked & found.keys())}, sort_keys=True, default=str)
    except Exception as error:
        log.debug("the attributes behind an exposure are not known: %s", type(error).__name__)
        return ""
    return seams.ids.facts_key(used)
