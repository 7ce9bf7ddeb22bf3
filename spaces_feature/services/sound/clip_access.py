"""Who may know of a clip, hear it, and find it in a list: one rule, wherever it is asked.

A clip that is *open* is for everybody, who is signed out as well: whoever was removed from its Space, or cannot take
part, hears it like any stranger with its address, since to keep them from it nothing but signing out would be needed.
What is not open is for who may know the Space, which a removed member may not, and for who made it until they are
removed. Between two people with a block it is not shown, nor to anybody while its maker or its Space's host may not
take part. Whoever is heard in a clip may know of it whatever came between: only so can they allow it, or take their
voice back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...domain import clips
from ...domain.admission import Circle, blocking, may_see
from ...domain.clips import Clip, ClipState, Source, ends_at
from ...domain.ids import UserId, is_guest
from ...domain.rollout import Kill
from ...domain.space import Audience, EndReason, Space
from ...errors import NotFound
from ..access import block_scope
from ..seams import Seams
from ..store import Work
from .replays import is_over
from .sound_store import RecordingRow

FLAG = "spaces.clip"


@dataclass(frozen=True, slots=True)
class Shown:
    """A clip with what it came from. ``recording`` is None for what was cut from a buffer; ``is_public``: everybody
    may hear it now, who is signed out as well.
    """

    clip: Clip
    space: Space
    recording: RecordingRow | None
    is_public: bool = False

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return ends_at(self.clip, self.recording.expires_at if self.recording is not None else None)


def member_of(viewer: UserId | None) -> UserId | None:
    """The member, None for who is signed out: a guest is."""
    return None if viewer is None or is_guest(viewer) else viewer


def require_clip(seams: Seams, work: Work, viewer: UserId | None, clip: Clip | None) -> Shown:
    """Return a clip that the viewer may know; None, or a guest, is who is signed out.

    Raises NotFound, alike for what is absent, gone, over, not theirs to see, or with somebody in it with whom there is
    a block, in either direction.
    """
    shown = seen(seams, work, member_of(viewer), [clip] if clip is not None else [])
    if not shown:
        raise NotFound
    return shown[0]


def require_there(seams: Seams, work: Work, clip: Clip) -> None:
    """Raise NotFound unless there is anything of the clip for anybody: all that can be asked where nobody is known."""
    if not _there(seams, work, [clip]):
        raise NotFound


def is_public_space(seams: Seams, space: Space) -> bool:
    """Whether everybody may know the Space, who is signed out as well, and its host may take part."""
    hosts = [space.host_id]
    anybody = Circle(None, protected=seams.identity.protected(hosts), gone=seams.identity.barred(hosts))
    return _is_seen_by_all(seams, space, anybody)


def seen(seams: Seams, work: Work, member: UserId | None, found: Sequence[Clip]) -> list[Shown]:
    """Those of many clips that somebody may know, in their order; asked in sets."""
    there = [
        one
        for one in _there(seams, work, found)
        if one.clip.is_shared or (member is not None and _has_to_do(one, member))
    ]
    if not there:
        return []
    hosts = {one.space.host_id for one in there}
    protected = seams.identity.protected(hosts)
    asked = {*hosts, *(one.clip.maker_id for one in there), *([member] if member is not None else [])}
    gone = seams.identity.barred(asked)
    anybody = Circle(None, protected=protected, gone=gone)
    there = [
        Shown(one.clip, one.space, one.recording, _is_for_everybody(seams, one.clip, one.space, anybody))
        for one in there
    ]
    if member is None:
        return [one for one in there if one.is_public]
    if member in gone:
        return []
    circle = _circle(seams, member, [one for one in there if not one.is_public], there, protected, gone)
    return [one for one in there if member in one.clip.speakers or _is_theirs(seams, one, circle)]


def _there(seams: Seams, work: Work, found: Sequence[Clip]) -> list[Shown]:
    """Those clips of which there is anything to hear or to wait for, at this very moment, whoever asks."""
    if not found or seams.flags.killed(FLAG) is Kill.END:
        return []
    spaces = {space.id: space for space in work.spaces_among(sorted({clip.space_id for clip in found}))}
    recordings = work.recordings_among(sorted(spaces))
    shown = [
        Shown(clip, spaces[clip.space_id], recordings.get(clip.space_id) if clip.source is Source.RECORDING else None)
        for clip in found
        if clip.space_id in spaces
    ]
    return [one for one in shown if _is_there(seams, one)]


def _is_there(seams: Seams, one: Shown) -> bool:
    if one.clip.state is ClipState.DELETED or not clips.all_agreed(one.space, one.clip.speakers.keys()):
        return False
    if one.clip.source is Source.RECORDING and (one.recording is None or is_over(seams, one.recording)):
        return False
    return one.ends_at > seams.clock()


def _has_to_do(one: Shown, member: UserId) -> bool:
    """Whether somebody has to do with a clip that is not there for others yet."""
    return member in one.clip.people or member in one.space.host_ids


def _people(one: Shown) -> frozenset[UserId]:
    """With whom a block counts."""
    return one.clip.people | {one.space.host_id}


def _circle(
    seams: Seams,
    member: UserId,
    closed: Collection[Shown],
    there: Collection[Shown],
    protected: frozenset[UserId],
    gone: frozenset[UserId],
) -> Circle:
    """How the member stands to all of these people: at most three questions, however many there are."""
    people = {who for one in there for who in _people(one)}
    people.update(who for one in closed for who in blocking(one.space, block_scope(seams)))
    people.discard(member)
    spaces = [one.space for one in closed]
    minds_followers = any(space.host_id in protected or space.audience is Audience.FOLLOWERS for space in spaces)
    choosy = {space.host_id for space in spaces if space.audience is Audience.FOLLOWING} - {member}
    return Circle(
        member,
        followees=seams.graph.followees(member) if minds_followers else frozenset(),
        blocked=seams.graph.blocks(member, people).either if people else frozenset(),
        protected=protected,
        followed_by=seams.graph.followers_among(member, choosy) if choosy else frozenset(),
        gone=gone,
    )


def _is_theirs(seams: Seams, one: Shown, circle: Circle) -> bool:
    if not circle.blocked.isdisjoint(_people(one)) or not circle.gone.isdisjoint(
        {one.clip.maker_id, one.space.host_id}
    ):
        return False
    is_makers = circle.viewer == one.clip.maker_id and circle.viewer not in one.space.removed
    return one.is_public or is_makers or may_see(one.space, circle, block_scope(seams))


def _is_for_everybody(seams: Seams, clip: Clip, space: Space, anybody: Circle) -> bool:
    return clip.is_open and clip.maker_id not in anybody.gone and _is_seen_by_all(seams, space, anybody)


def _is_seen_by_all(seams: Seams, space: Space, anybody: Circle) -> bool:
    # What staff ended is spread no further (SEC-28); who may know it finds what there is.
    is_ended_by_staff = space.end_reason is EndReason.STAFF
    return not is_ended_by_staff and space.host_id not in anybody.gone and may_see(space, anybody, block_scope(seams))
