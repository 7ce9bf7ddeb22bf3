"""Clips: up to thirty seconds of what was said, who is heard in them, who is to allow them, and when they are over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ..errors import Forbidden, Invalid, WrongState
from .ids import SpaceId, UserId
from .lookalikes import holds_blocked
from .recording import ClipPermission, Keeping, answer_of
from .space import Space
from .titles import clean_title
from .words import REASON, clean_words

SHORTEST_MS = 1_000
LONGEST_MS = 30_000
WINDOW_MS = {Keeping.CLIPS: 45_000, Keeping.RECORDING: 60_000}
"""How far back a running Space can be clipped: as far as its sound is kept, or as far as anybody remembers."""
AROUND_MS = 60_000
"""So much of a replay is shown to choose a clip from."""
HELD = timedelta(minutes=2)
"""So long the sound that somebody chooses from is not let go of."""


class ClipState(StrEnum):
    """Where a clip is: being cut, there to be heard, or gone for good."""

    MAKING = "making"
    READY = "ready"
    DELETED = "deleted"


class Source(StrEnum):
    """What a clip was cut from, and dies with: a recording; of a buffer nothing else is left."""

    RECORDING = "recording"
    BUFFER = "buffer"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a take, in milliseconds."""

    from_ms: int
    to_ms: int

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.to_ms - self.from_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One clip. ``window`` is of the take; ``path`` is its folder in the storage, empty until it is cut.

    ``speakers``: for how many milliseconds each member is heard, most first. ``waits_for``: who is still to allow it;
    until all did it is for its maker and its speakers alone. ``is_open``: for everybody, signed out as well.
    ``expires_at`` is its own; the end of its source may come before.
    """

    id: str
    space_id: SpaceId
    maker_id: UserId
    window: Window
    source: Source
    created_at: datetime
    expires_at: datetime
    title: str = ""
    words: str = ""
    state: ClipState = ClipState.MAKING
    path: str = ""
    speakers: Mapping[UserId, int]
    peaks: tuple[float, ...] = ()
    waits_for: frozenset[UserId] = frozenset()
    is_open: bool = False
    plays: int = 0
    deleted_at: datetime | None = None

    @property
    def is_shared(self) -> bool:
        """Whether it is there for others than those who have to do with it."""
        return self.state is ClipState.READY and not self.waits_for

    @property
    def people(self) -> frozenset[UserId]:
        """Who made it and who is heard in it."""
        return frozenset({self.maker_id, *self.speakers})


def recent(to_ms: int, kept_since_ms: int, kept_for: Keeping) -> Window:
    """What of a running Space can be clipped when its kept sound reaches up to ``to_ms``."""
    return Window(min(max(kept_since_ms, to_ms - WINDOW_MS[kept_for], 0), to_ms), to_ms)


def around(at_ms: int, first_ms: int, last_ms: int) -> Window:
    """The minute of a replay around a moment, shifted so that it lies within what there is."""
    since = max(first_ms, min(at_ms - AROUND_MS // 2, last_ms - AROUND_MS))
    return Window(since, min(since + AROUND_MS, last_ms))


def length_of(seconds: float) -> int:
    """Return a clip's length in milliseconds. Raises Invalid ``clip_length`` unless it has 1 to 30 seconds."""
    length = round(seconds * 1000)
    if not SHORTEST_MS <= length <= LONGEST_MS:
        raise Invalid(
            "clip_length",
            f"A clip has {SHORTEST_MS // 1000} to {LONGEST_MS // 1000} seconds.",
            "Choose another length.",
            field="seconds",
            limit=LONGEST_MS // 1000,
        )
    return length


def cut(ends_ms: int, seconds: float, whole: Window) -> Window:
    """Return the last ``seconds`` before ``ends_ms``.

    Raises what ``length_of`` raises, and WrongState ``clip_out_of_reach`` unless ``whole`` holds it.
    """
    window = Window(ends_ms - length_of(seconds), ends_ms)
    if window.from_ms < whole.from_ms or window.to_ms > whole.to_ms:
        raise WrongState("clip_out_of_reach", "This moment is not there to be clipped.", "Choose a later one.")
    return window


def all_agreed(space: Space, voices: Collection[UserId]) -> bool:
    """Whether everybody who is heard agreed to clips, and still does."""
    return all(answer_of(space, user_id, Keeping.CLIPS) for user_id in voices)


def require_agreed(space: Space, voices: Collection[UserId]) -> None:
    """Raise Forbidden ``clip_voice`` unless they all did."""
    if not all_agreed(space, voices):
        raise Forbidden(
            "clip_voice", "Somebody heard here does not want to be in clips.", "Choose a part without their voice."
        )


def asked(voices: Collection[UserId], maker: UserId, permission: ClipPermission) -> frozenset[UserId]:
    """Who is to allow a clip with these voices before others hear it; who makes it has."""
    return frozenset(voices) - {maker} if permission is ClipPermission.ASKED else frozenset()


def clean_clip_title(text: str, blocked: Collection[str]) -> str:
    """Return a clip's title, empty where nothing of it would be seen. Raises Invalid like ``clean_title``."""
    try:
        return clean_title(text, blocked)
    except Invalid as refusal:
        if refusal.code == "title_empty":
            return ""
        raise


def clean_clip_words(text: str, blocked: Collection[str]) -> str:
    """Return what is said with a clip. Raises Invalid like ``clean_words``, and ``words_not_allowed``."""
    words = clean_words(text, REASON, "words")
    if holds_blocked(words, blocked):
        raise Invalid("words_not_allowed", "These words are not allowed here.", "Choose other words.", field="words")
    return words


def allowed(clip: Clip, user_id: UserId) -> Clip:
    """Return the clip with a speaker's permission. Whose permission it does not wait for changes nothing."""
    return replace(clip, waits_for=clip.waits_for - {user_id})


def deleted(clip: Clip, now: datetime) -> Clip:
    """Return the clip gone for good, with nothing left of what was said in it. Deleting twice changes nothing."""
    if clip.state is ClipState.DELETED:
        return clip
    return replace(clip, state=ClipState.DELETED, deleted_at=now, title="", words="", peaks=(), waits_for=frozenset())


def may_withdraw(clip: Clip, user_id: UserId | None) -> bool:
    """Whether it has the member's voice, which is theirs to take back."""
    return user_id in clip.speakers


def may_delete(clip: Clip, space: Space, user_id: UserId | None, *, is_staff: bool) -> bool:
    """Whether it is the member's to delete: who made it, who created or runs the Space or did at its end, and staff."""
    return is_staff or user_id in {clip.maker_id, space.creator_id, *space.host_ids}


def ends_at(clip: Clip, source_ends_at: datetime | None) -> datetime:
    """When it is over: at its own time, or with the recording it was cut from, whichever comes first."""
    return clip.expires_at if source_ends_at is None else min(clip.expires_at, source_ends_at)
