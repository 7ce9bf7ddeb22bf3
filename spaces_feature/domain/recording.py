"""Whose sound is kept, and when: recording by the host's choice, clips, and the consent of each voice.

Nobody in the audience is ever kept: only a seat has a voice, and only a voice that agreed to what is kept now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from ..errors import WrongState
from .ids import UserId
from .space import Recording, Space, State, require_live


class Keeping(StrEnum):
    """What sound is kept for: clips alone (a buffer of some seconds), or a recording, of which clips may be made."""

    CLIPS = "clips"
    RECORDING = "recording"


class ClipPermission(StrEnum):
    """Whether who agreed on stage has agreed to clips (``announced``), or is asked for each with their voice."""

    ANNOUNCED = "announced"
    ASKED = "asked"


WORDS: dict[Keeping, str] = {
    Keeping.RECORDING: "May your voice be kept? If you say no, you still speak live and the recording leaves you out. "
    "You can change your mind later.",
    Keeping.CLIPS: "May others share up to 30 seconds of what you say? The last 45 seconds are kept for that and "
    "nothing else. If you say no, you still speak live and clips leave you out. You can change your mind later.",
}
"""What each member is asked, in the words that are shown and written down with the answer."""


def keeping(space: Space) -> Keeping | None:
    """What sound of this Space is kept for now; None where nothing is kept."""
    if space.state is not State.LIVE:
        return None
    if space.recording is not Recording.OFF:
        return Keeping.RECORDING
    # A Space keeps the flags of its beginning; one from before there were such terms has no clips.
    return Keeping.CLIPS if space.allows_clips and space.terms.get("spaces.clip", False) else None


def answer_of(space: Space, user_id: UserId, kept_for: Keeping) -> bool | None:
    """The member's answer to that question; None before they gave one. A yes to a recording is one to its clips."""
    given = space.consents.get(user_id, {})
    if kept_for is Keeping.CLIPS and given.get(Keeping.CLIPS) is None:
        return given.get(Keeping.RECORDING)
    return given.get(kept_for)


def agreed_since(answers: Iterable[tuple[str, bool, datetime]], kept_for: Keeping) -> datetime | None:
    """Since when somebody's yes to that question holds, by all of their answers in order; None where none does.

    A no takes back all that was said before it, and so what counts is the first yes after the last no.
    """
    given = list(answers)
    own = [one for one in given if one[0] == kept_for]
    since: datetime | None = None
    for _, agrees, at in own or [one for one in given if kept_for is Keeping.CLIPS]:
        since = (since or at) if agrees else None
    return since


def kept_voices(space: Space) -> frozenset[UserId]:
    """Who on stage is in what is kept now."""
    kept_for = keeping(space)
    if kept_for is None:
        return frozenset()
    return frozenset(seat.user_id for seat in space.seats if answer_of(space, seat.user_id, kept_for))


def consent_of(space: Space, user_id: UserId | None) -> tuple[str, Keeping] | None:
    """How the question stands for somebody on stage: ``asked``, ``agreed`` or ``declined``, and to what."""
    kept_for = keeping(space)
    if kept_for is None or user_id is None or space.seat_of(user_id) is None:
        return None
    answer = answer_of(space, user_id, kept_for)
    return ("asked" if answer is None else "agreed" if answer else "declined"), kept_for


def start(space: Space, user_id: UserId) -> Space:
    """Return the Space with a recording wanted; who starts it agrees by that. Starting twice changes nothing."""
    require_live(space)
    if space.recording is not Recording.OFF:
        return space
    return answered(replace(space, recording=Recording.STARTING, is_recorded=True), user_id, agrees=True)


def chosen(space: Space) -> Space:
    """Return a Space that has just begun as its host chose it: recorded, with clips, and their own voice in both.

    What is not open to the host when it begins is not begun.
    """
    live = replace(
        space,
        is_recorded=False,
        allows_clips=space.allows_clips and bool(space.terms.get("spaces.clip", False)),
    )
    if space.is_recorded and space.terms.get("spaces.record", False):
        return start(live, space.host_id)
    return answered(live, space.host_id, agrees=True) if live.allows_clips else live


def began(space: Space) -> Space:
    """Return the Space recorded from now on, if that is still wanted; else unchanged."""
    is_wanted = space.recording in (Recording.STARTING, Recording.INTERRUPTED)
    return replace(space, recording=Recording.ON) if is_wanted else space


def interrupted(space: Space) -> Space:
    """Return the Space with its recording lost for a while; nothing changes where none was wanted."""
    is_hurt = space.recording in (Recording.STARTING, Recording.ON)
    return replace(space, recording=Recording.INTERRUPTED) if is_hurt else space


def stop(space: Space) -> Space:
    """Return the Space no longer recorded; what was kept stays. Stopping twice changes nothing."""
    require_live(space)
    return replace(space, recording=Recording.OFF)


def answered(space: Space, user_id: UserId, *, agrees: bool) -> Space:
    """Return the Space with the member's answer to what is kept now. Raises WrongState where nothing is.

    A no is one to all that they were asked before as well: whoever is taken out of what was kept is not kept again by
    a yes from before.
    """
    kept_for = keeping(space)
    if kept_for is None:
        raise WrongState("nothing_kept", "Nothing is kept of this Space.", "There is nothing to agree to.")
    covered = {Keeping.RECORDING, Keeping.CLIPS} if kept_for is Keeping.RECORDING else {Keeping.CLIPS}
    before = space.consents.get(user_id, {})
    given = {**before, **{str(one): agrees for one in covered}}
    return _with_answers(space, user_id, given if agrees else dict.fromkeys(given, False))


def refused(space: Space, user_id: UserId) -> Space:
    """Return the Space with a no to all that the member ever agreed to; who agreed to nothing changes nothing."""
    given = space.consents.get(user_id, {})
    return _with_answers(space, user_id, dict.fromkeys(given, False)) if given else space


def _with_answers(space: Space, user_id: UserId, given: Mapping[str, bool]) -> Space:
    return replace(space, consents={**space.consents, user_id: given})
