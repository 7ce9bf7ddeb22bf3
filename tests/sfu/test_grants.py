"""The real server reads our grants as we mean them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from livekit.api import AccessToken

from spaces_feature.domain.ids import RoomName
from spaces_feature.domain.media import JoinGrant, MediaRights
from spaces_feature.media.grants import join_claims
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import ADA, AUDIENCE, LISTENER, MINUTE, SPEAKER, JoinError, eventually

from .server import Sfu
from .sound import Participant

Arrive = Callable[[JoinGrant], Participant]


def grant_that_ended(sfu: Sfu, room: RoomName, ago: timedelta) -> JoinGrant:
    """Return a genuine grant whose life ended so long ago."""
    token = AccessToken(sfu.api_key, sfu.api_secret).with_identity(ADA).with_ttl(-ago)
    return JoinGrant(sfu.ws_url, token.with_grants(join_claims(room, SPEAKER)).to_jwt(), ADA, datetime.now(UTC) - ago)


def test_an_expired_grant_is_refused(sfu: Sfu, room: RoomName, arrive: Arrive) -> None:
    """A grant opens nothing once its life and the server's minute of leeway are over."""
    with pytest.raises(JoinError) as refused:
        arrive(grant_that_ended(sfu, room, timedelta(seconds=65)))
    assert refused.value.status == 401


def test_the_leeway_is_a_minute(sfu: Sfu, media: LiveKit, room: RoomName, arrive: Arrive) -> None:
    """Within the leeway the server still lets in: a grant of 60 s is a key for two minutes, which we must count on."""
    arrive(grant_that_ended(sfu, room, timedelta(seconds=30)))
    assert eventually(lambda: [found.identity for found in media.participants(room)] == [ADA])


@pytest.mark.parametrize("rights", [LISTENER, AUDIENCE, SPEAKER])
def test_rights_survive_the_way_through_the_server(
    media: LiveKit, room: RoomName, arrive: Arrive, rights: MediaRights
) -> None:
    """What was granted is what the server lists."""
    arrive(media.grant(room, ADA, rights, MINUTE))
    assert eventually(lambda: [found.rights for found in media.participants(room)] == [rights])


def test_a_grant_of_another_key_is_refused(sfu: Sfu, media: LiveKit, room: RoomName, arrive: Arrive) -> None:
    """A grant signed with a secret that is not the server's opens nothing."""
    other = LiveKit(sfu.http_url, sfu.ws_url, sfu.api_key, "x" * 40, deadline=2.5)
    with pytest.raises(JoinError) as refused:
        arrive(other.grant(room, ADA, SPEAKER, MINUTE))
    assert refused.value.status == 401
    assert media.participants(room) == []
