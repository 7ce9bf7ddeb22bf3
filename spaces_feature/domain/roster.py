"""The roster against the SFU: who should be in a room with which rights, who is, and what must be done about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .ids import Identity
from .media import MediaParticipant, MediaRights


@dataclass(frozen=True, slots=True)
class Repairs:
    """What a room needs. ``evict``: not on the roster. ``correct``: there with other rights than theirs.

    ``present``: on the roster and there. ``visible``: shown at the SFU although the roster would hide them; they stay
    visible for the life of the room and their stay must remember it.
    """

    evict: list[Identity] = field(default_factory=list)
    correct: dict[Identity, MediaRights] = field(default_factory=dict)
    present: dict[Identity, MediaParticipant] = field(default_factory=dict)
    visible: list[Identity] = field(default_factory=list)


def compare(expected: Mapping[Identity, MediaRights], actual: Iterable[MediaParticipant]) -> Repairs:
    """Return what brings the room to the roster. Our own workers (kind egress or agent) are left alone."""
    repairs = Repairs()
    for participant in actual:
        if participant.is_ours:
            continue
        rights = expected.get(participant.identity)
        if rights is None:
            repairs.evict.append(participant.identity)
            continue
        repairs.present[participant.identity] = participant
        if rights.is_hidden and not participant.rights.is_hidden:
            # Hiding a visible participant leaves a ghost on other clients, so the roster gives way.
            repairs.visible.append(participant.identity)
            rights = MediaRights(can_publish=rights.can_publish, is_hidden=False)
        if rights != participant.rights:
            repairs.correct[participant.identity] = rights
    return repairs
