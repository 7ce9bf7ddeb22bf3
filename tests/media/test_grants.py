"""Every grant says exactly what the rights say (SEC-06), whoever it is for."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from livekit.api import SIPGrants, TokenVerifier, VideoGrants
from livekit.protocol.models import ParticipantPermission, TrackSource

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import JoinGrant, MediaRights
from spaces_feature.media.grants import full_permission, join_claims, mint, rights_in

KEY, SECRET = "test-key", "test-secret-with-at-least-32-characters"

names = st.text(min_size=1, max_size=256).filter(lambda name: name.isprintable())
seconds = st.floats(min_value=1, max_value=60)
allowed_rights = st.sampled_from(
    [
        MediaRights(can_publish=False, is_hidden=True),
        MediaRights(can_publish=False, is_hidden=False),
        MediaRights(can_publish=True, is_hidden=False),
    ]
)


def grant(room: str, identity: str, rights: MediaRights, life: float) -> JoinGrant:
    """Mint with the tests' key."""
    return mint(
        url="wss://sfu.invalid",
        api_key=KEY,
        api_secret=SECRET,
        room=RoomName(room),
        identity=Identity(identity),
        rights=rights,
        ttl=timedelta(seconds=life),
    )


@given(names, names, allowed_rights, seconds)
def test_a_grant_says_exactly_its_rights(room: str, identity: str, rights: MediaRights, life: float) -> None:
    """Decoded, a grant is one room, one identity, the microphone for speakers only, and nothing else whatever."""
    made = grant(room, identity, rights, life)
    claims = TokenVerifier(KEY, SECRET).verify(made.token)
    assert claims.identity == identity
    assert claims.video == VideoGrants(
        room_join=True,
        room=room,
        can_subscribe=True,
        can_publish=rights.can_publish,
        can_publish_sources=["microphone"] if rights.can_publish else [],
        can_publish_data=False,
        can_update_own_metadata=False,
        can_subscribe_metrics=False,
        can_manage_agent_session=False,
        hidden=rights.is_hidden,
        recorder=False,
        agent=False,
        room_admin=False,
        room_create=False,
        room_list=False,
        room_record=False,
        ingress_admin=False,
        destination_room=None,
    )
    assert (claims.name, claims.metadata, claims.attributes, claims.sha256) == ("", "", {}, "")
    assert claims.sip == SIPGrants(admin=False, call=False)
    assert claims.kind == "standard"
    assert made.expires_at - datetime.now(UTC) <= timedelta(seconds=60)


@given(names, names, allowed_rights, st.floats(allow_nan=False, min_value=-1e6, max_value=1e6))
def test_no_grant_outlives_a_minute(room: str, identity: str, rights: MediaRights, life: float) -> None:
    """A life that is not more than nothing and at most a minute is refused, however it was arrived at."""
    assume(not 0 < life <= 60)
    assume(timedelta(seconds=life) > timedelta(seconds=60) or timedelta(seconds=life) <= timedelta(0))
    with pytest.raises(ValueError, match="60 seconds"):
        grant(room, identity, rights, life)


@given(names, names, seconds)
def test_nobody_speaks_unseen(room: str, identity: str, life: float) -> None:
    """Hidden and publishing go together neither in a grant nor in a permission."""
    unseen = MediaRights(can_publish=True, is_hidden=True)
    with pytest.raises(ValueError, match="hidden"):
        grant(room, identity, unseen, life)
    with pytest.raises(ValueError, match="hidden"):
        full_permission(unseen)


@pytest.mark.parametrize(("room", "identity"), [("", "ada"), ("space-1", "")])
def test_a_grant_names_room_and_person(room: str, identity: str) -> None:
    """An empty name would open every room, or belong to anybody."""
    with pytest.raises(ValueError, match="names"):
        grant(room, identity, MediaRights(can_publish=False, is_hidden=True), 60)


@given(allowed_rights)
def test_a_permission_decides_every_field(rights: MediaRights) -> None:
    """LiveKit's own defaults decide nothing: each field it knows is one that we considered."""
    considered = {
        "can_subscribe": True,
        "can_publish": rights.can_publish,
        "can_publish_sources": [TrackSource.MICROPHONE] if rights.can_publish else [],
        "can_publish_data": False,
        "can_update_metadata": False,
        "can_subscribe_metrics": False,
        "can_manage_agent_session": False,
        "hidden": rights.is_hidden,
        "recorder": False,
        "agent": False,
    }
    permission = full_permission(rights)
    assert {field.name for field in ParticipantPermission.DESCRIPTOR.fields} == considered.keys()
    assert {name: getattr(permission, name) for name in considered} == considered
    assert rights_in(permission) == rights


@given(names, allowed_rights)
def test_a_grant_leaves_no_claim_to_a_default(room: str, rights: MediaRights) -> None:
    """Each claim that LiveKit knows is written out; only the cloud's forwarding to another room stays unset."""
    claims = join_claims(RoomName(room), rights)
    unset = {field.name for field in fields(claims) if getattr(claims, field.name) is None}
    assert unset == {"destination_room"}
