"""The real server's webhooks verify, translate, and cannot be altered."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import MediaRights
from spaces_feature.errors import WebhookRefused
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import ADA, GRACE, LISTENER, SPEAKER

from .server import Sfu
from .sound import Participant

Join = Callable[[Identity, MediaRights], Participant]


def test_an_arrival_is_told(sfu: Sfu, media: LiveKit, room: RoomName, join: Join) -> None:
    """The webhook of an arrival names room, person, connection and rights, as the participant list does."""
    join(GRACE, LISTENER)
    fact, _ = sfu.told(lambda fact: fact.kind == "participant_joined" and fact.room == room)
    (listed,) = media.participants(room)
    assert (fact.identity, fact.sid, fact.rights) == (GRACE, listed.sid, LISTENER)
    assert abs(fact.at - datetime.now(UTC)) < timedelta(seconds=30)
    assert not fact.is_ours
    assert not fact.is_duplicate_identity


def test_a_room_is_told_from_start_to_end(sfu: Sfu, media: LiveKit, room: RoomName, join: Join) -> None:
    """Start, arrival, track, leave and end of a room arrive in this order, each with an id of its own."""
    ada = join(ADA, SPEAKER)
    assert ada.publish()
    sfu.told(lambda fact: fact.kind == "track_published" and fact.room == room)
    media.delete_room(room)
    sfu.told(lambda fact: fact.kind == "room_finished" and fact.room == room)
    facts = [media.read_webhook(hook.body, hook.authorization) for hook in sfu.webhooks.received]
    ours = [fact for fact in facts if fact is not None and fact.room == room]
    assert [fact.kind for fact in ours] == [
        "room_started",
        "participant_joined",
        "track_published",
        "track_unpublished",
        "participant_left",
        "room_finished",
    ]
    assert {fact.identity for fact in ours} == {None, ADA}
    assert len({fact.id for fact in ours}) == len(ours)


def test_a_second_device_is_told_apart(sfu: Sfu, room: RoomName, join: Join) -> None:
    """The leave that the same person's newer device caused is marked as such."""
    join(ADA, SPEAKER)
    first, _ = sfu.told(lambda fact: fact.kind == "participant_joined" and fact.room == room)
    join(ADA, SPEAKER)
    left, _ = sfu.told(lambda fact: fact.kind == "participant_left" and fact.room == room)
    assert left.is_duplicate_identity
    assert left.sid == first.sid


def test_an_altered_webhook_is_refused(sfu: Sfu, media: LiveKit, room: RoomName, join: Join) -> None:
    """Not one bit of a genuine webhook's body can be turned, nor its signature be used for another body."""
    join(GRACE, LISTENER)
    _, joined = sfu.told(lambda fact: fact.kind == "participant_joined" and fact.room == room)
    _, started = sfu.told(lambda fact: fact.kind == "room_started" and fact.room == room)
    with pytest.raises(WebhookRefused):
        media.read_webhook(joined.body, started.authorization)
    draw = random.Random(440)
    for _ in range(200):
        body = bytearray(joined.body.encode())
        body[draw.randrange(len(body))] ^= 1 << draw.randrange(8)
        with pytest.raises(WebhookRefused):
            media.read_webhook(bytes(body), joined.authorization)
    assert media.read_webhook(joined.body, joined.authorization) is not None
