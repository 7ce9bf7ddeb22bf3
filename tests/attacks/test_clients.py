"""A member's own client does what the page never would: it publishes, sends data, takes another name."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from livekit import rtc
from livekit.api import AccessToken, VideoGrants

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import JoinGrant
from spaces_feature.testing.media import eventually

from .intruder import Intruder
from .ring import Ring

SCREEN = rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO
UNKNOWN = rtc.TrackSource.SOURCE_UNKNOWN


PLAIN: tuple[str, str, dict[str, str]] = ("", "", {})


def require_no_extras(client: Intruder, ring: Ring) -> None:
    """No picture, no second source of sound, no packets, and no words of its own on anybody's screen."""
    assert client.publish_more(SCREEN, UNKNOWN) == [False, False, False]
    client.rewrite_oneself("The Management")
    client.send_packet(b"everybody out")
    # Sound that left after the packet has arrived; the packet itself has not.
    assert ring.witness.hears(ring.host_identity)
    assert not ring.witness.packets
    assert set(map(str, ring.house.faces(ring.room).values())) == {str(PLAIN)}


def test_a_listeners_client_gets_nothing_through(ring: Ring) -> None:
    """A listener whose client publishes sound, a picture or data, or renames itself, is refused all of it (SEC-08)."""
    grant = ring.person("grace").grant(ring.space_id)
    client = ring.person("grace").dial(grant)
    assert not client.publish()
    require_no_extras(client, ring)
    listed = {one.identity: one.is_muted for one in ring.house.media().participants(ring.room)}
    assert listed[grant.identity] is None
    assert client.hears(ring.host_identity)
    assert grant.identity not in ring.witness.sees()


def test_a_speakers_client_gets_one_microphone_through(ring: Ring) -> None:
    """A speaker is heard, and every other thing their client tries is refused (SEC-05)."""
    grace = ring.person("grace")
    client = grace.enter(ring.space_id)
    identity = ring.seat(grace)
    assert eventually(client.publish)
    assert ring.witness.hears(identity)
    require_no_extras(client, ring)


def test_a_hosts_client_has_no_more_rights_than_a_speakers(ring: Ring) -> None:
    """Who runs the Space runs it through the app: at the SFU the host has one microphone and nothing else (SEC-06)."""
    require_no_extras(ring.voice, ring)


def test_the_attacks_work_where_they_are_allowed(ring: Ring) -> None:
    """With a token that allows everything the same attempts all come through, so refusals mean something."""
    room = RoomName("anything-goes-" + secrets.token_hex(4))
    media = ring.house.media()
    media.create_room(room)

    def client(name: str) -> Intruder:
        grants = VideoGrants(room_join=True, room=room, can_update_own_metadata=True)
        token = AccessToken(ring.house.sfu.api_key, ring.house.sfu.api_secret).with_identity(name).with_grants(grants)
        return ring.host.dial(JoinGrant(ring.house.sfu.ws_url, token.to_jwt(), Identity(name), datetime.now(UTC)))

    actor, audience = client("actor"), client("audience")
    assert actor.publish()
    assert actor.publish_more(SCREEN, UNKNOWN) == [True, True, True]
    actor.rewrite_oneself("The Management")
    assert eventually(lambda: ring.house.faces(room)[Identity("actor")] != PLAIN)
    actor.send_packet(b"everybody out")
    assert eventually(lambda: audience.packets) == [b"everybody out"]
    media.delete_room(room)
