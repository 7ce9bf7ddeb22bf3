"""When a token says more than the roster, which the SFU would believe rather than the roster (SEC-06)."""

from __future__ import annotations

import pytest

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import MediaRights, TokenClaims, says_more

ON_STAGE = MediaRights(can_publish=True, is_hidden=False)
IN_THE_AUDIENCE = MediaRights(can_publish=False, is_hidden=False)
UNSEEN = MediaRights(can_publish=False, is_hidden=True)
SPEAKS_UNSEEN = MediaRights(can_publish=True, is_hidden=True)


def claims(rights: MediaRights, *beyond: str) -> TokenClaims:
    """A token of Ada's with ``rights`` and whatever is beyond them."""
    return TokenClaims(RoomName("room"), Identity("ada"), rights, frozenset(beyond))


@pytest.mark.parametrize(
    ("token", "roster", "is_more"),
    [
        (UNSEEN, UNSEEN, False),
        (UNSEEN, IN_THE_AUDIENCE, False),
        (UNSEEN, ON_STAGE, False),
        (IN_THE_AUDIENCE, UNSEEN, False),
        (IN_THE_AUDIENCE, IN_THE_AUDIENCE, False),
        (IN_THE_AUDIENCE, ON_STAGE, False),
        (ON_STAGE, ON_STAGE, False),
        (ON_STAGE, IN_THE_AUDIENCE, True),
        (ON_STAGE, UNSEEN, True),
        (SPEAKS_UNSEEN, ON_STAGE, True),
        (SPEAKS_UNSEEN, IN_THE_AUDIENCE, True),
        (SPEAKS_UNSEEN, UNSEEN, True),
    ],
)
def test_only_publishing_is_more(token: MediaRights, roster: MediaRights, is_more: bool) -> None:
    """To publish takes a roster that has one publish, and nobody does so unseen; to be shown or not is no more."""
    assert says_more(claims(token), roster) is is_more


@pytest.mark.parametrize("rights", [ON_STAGE, IN_THE_AUDIENCE, UNSEEN])
def test_what_nobody_has_is_more_for_everybody(rights: MediaRights) -> None:
    """A grant that no member ever has is too much whatever the roster says."""
    assert says_more(claims(rights, "roomAdmin"), rights)
