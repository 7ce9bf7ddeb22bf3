"""The roster against the SFU: who is sent away, who is corrected, who is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.ids import Identity
from spaces_feature.domain.media import MediaParticipant, MediaRights
from spaces_feature.domain.roster import compare

ADA = Identity("ada-here")
SPEAKER = MediaRights(can_publish=True, is_hidden=False)
MUTED = MediaRights(can_publish=False, is_hidden=False)
LISTENER = MediaRights(can_publish=False, is_hidden=True)
GHOST = MediaRights(can_publish=True, is_hidden=True)
ALL = [SPEAKER, MUTED, LISTENER, GHOST]


def here(rights: MediaRights, **fields: object) -> MediaParticipant:
    return MediaParticipant(ADA, "PA_1", rights, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("rights", ALL)
def test_who_is_not_on_the_roster_is_sent_away(rights: MediaRights) -> None:
    """Whatever their token said, listeners included."""
    repairs = compare({}, [here(rights)])
    assert (repairs.evict, repairs.correct, repairs.present) == ([ADA], {}, {})


@pytest.mark.parametrize("rights", ALL)
def test_our_own_workers_are_left_alone(rights: MediaRights) -> None:
    """Recorder and mixer are on no roster and are no member's presence."""
    repairs = compare({}, [here(rights, is_ours=True)])
    assert (repairs.evict, repairs.correct, repairs.present) == ([], {}, {})


@pytest.mark.parametrize(
    ("expected", "actual", "correction", "stays_visible"),
    [
        (SPEAKER, SPEAKER, None, False),
        (MUTED, MUTED, None, False),
        (LISTENER, LISTENER, None, False),
        (SPEAKER, LISTENER, SPEAKER, False),
        (SPEAKER, MUTED, SPEAKER, False),
        (SPEAKER, GHOST, SPEAKER, False),
        (MUTED, SPEAKER, MUTED, False),
        (LISTENER, GHOST, LISTENER, False),
        (LISTENER, SPEAKER, MUTED, True),
        (LISTENER, MUTED, None, True),
    ],
)
def test_rights_are_corrected_to_the_roster_but_nobody_visible_is_hidden(
    expected: MediaRights, actual: MediaRights, correction: MediaRights | None, stays_visible: bool
) -> None:
    """The whole set is sent where anything differs; hiding would leave a ghost, so the roster gives way there."""
    repairs = compare({ADA: expected}, [here(actual)])
    assert repairs.correct == ({ADA: correction} if correction else {})
    assert repairs.visible == ([ADA] if stays_visible else [])
    assert list(repairs.present) == [ADA]


def test_who_is_absent_needs_nothing() -> None:
    """A stay whose client is away is the clock's business, not the room's."""
    repairs = compare({ADA: SPEAKER}, [])
    assert (repairs.evict, repairs.correct, repairs.present, repairs.visible) == ([], {}, {}, [])


rights = st.sampled_from(ALL)
identities = st.sampled_from([Identity(name) for name in "abcdef"])


@given(st.dictionaries(identities, rights), st.dictionaries(identities, rights))
def test_repairs_settle_in_one_round(
    expected: dict[Identity, MediaRights], actual: dict[Identity, MediaRights]
) -> None:
    """Made once, nothing is left to repair: everybody there is on the roster and publishes as it says."""
    room = [MediaParticipant(identity, "PA_" + identity, has) for identity, has in actual.items()]
    repairs = compare(expected, room)
    mended = [
        replace(one, rights=repairs.correct.get(one.identity, one.rights))
        for one in room
        if one.identity not in repairs.evict
    ]
    again = compare(expected, mended)
    assert (again.evict, again.correct) == ([], {})
    assert again.visible == repairs.visible
    for one in mended:
        assert one.rights.can_publish == expected[one.identity].can_publish
        assert one.rights.is_hidden == (expected[one.identity].is_hidden and one.identity not in repairs.visible)
