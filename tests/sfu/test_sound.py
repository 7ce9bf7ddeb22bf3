"""What a permission means is what is heard: real clients publish a tone, others measure it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import MediaRights
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import ADA, ALAN, AUDIENCE, GRACE, LISTENER, SPEAKER, eventually

from .sound import Participant

Join = Callable[[Identity, MediaRights], Participant]


def test_a_listener_hears_the_speaker(join: Join) -> None:
    """A tone of 440 Hz that a speaker publishes is a tone of 440 Hz at a listener's ear."""
    grace = join(GRACE, LISTENER)
    assert join(ADA, SPEAKER).publish_tone(440)
    assert grace.heard_hz() == pytest.approx(440, abs=15)


def test_a_listeners_own_client_cannot_publish(media: LiveKit, room: RoomName, join: Join) -> None:
    """A listener whose client tries to publish is refused: the server takes no track and nobody hears a thing."""
    alan, grace = join(ALAN, LISTENER), join(GRACE, LISTENER)
    assert not grace.publish_tone(440)
    assert all(found.is_muted is None for found in media.participants(room))
    assert alan.heard_hz(within=0.5) is None


def test_on_stage_and_back(media: LiveKit, room: RoomName, join: Join) -> None:
    """A hidden listener is unseen, is seen and heard once on stage, and is silent at once when sent back."""
    alan, grace = join(ALAN, LISTENER), join(GRACE, LISTENER)
    assert join(ADA, SPEAKER).publish_tone(880)
    assert alan.heard_hz() == pytest.approx(880, abs=15)
    assert GRACE not in alan.sees()
    assert media.set_rights(room, ADA, AUDIENCE)
    assert alan.falls_silent()

    assert media.set_rights(room, GRACE, SPEAKER)
    assert eventually(lambda: GRACE in alan.sees())
    assert grace.publish_tone(440)
    assert alan.heard_hz() == pytest.approx(440, abs=15)

    assert media.set_rights(room, GRACE, AUDIENCE)
    assert alan.falls_silent()
    assert not grace.publish_tone(440)
    assert GRACE in alan.sees()


def test_a_removed_speaker_is_heard_no_more(media: LiveKit, room: RoomName, join: Join) -> None:
    """Removal ends the sound for everybody and tells the speaker why."""
    grace, ada = join(GRACE, LISTENER), join(ADA, SPEAKER)
    assert ada.publish_tone(440)
    assert grace.heard_hz() == pytest.approx(440, abs=15)
    assert media.remove(room, ADA)
    assert grace.falls_silent()
    assert eventually(lambda: ada.farewell) == "PARTICIPANT_REMOVED"


def test_the_end_of_a_room_ends_the_sound(media: LiveKit, room: RoomName, join: Join) -> None:
    """A deleted room sends speaker and listener away."""
    grace, ada = join(GRACE, LISTENER), join(ADA, SPEAKER)
    assert ada.publish_tone(440)
    assert grace.heard_hz() == pytest.approx(440, abs=15)
    media.delete_room(room)
    assert eventually(lambda: ada.farewell) == "ROOM_DELETED"
    assert eventually(lambda: grace.farewell) == "ROOM_DELETED"
    assert grace.falls_silent()
