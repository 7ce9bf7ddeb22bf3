"""The contract's part about webhooks: which are believed, what they say, and in which order they are sent."""

from __future__ import annotations

import pytest

from ..domain.ids import RoomName
from ..domain.media import MediaFact
from ..errors import WebhookRefused
from ..ports import MediaServer
from .media_ground import ADA, GRACE, LISTENER, MINUTE, SPEAKER, Join, MediaGround, Told, eventually


class WebhookContract(MediaGround):
    """Only signed webhooks are read; on a good day they tell the story in order, but never of a mute."""

    @pytest.mark.parametrize("authorization", ["", "Bearer", "a.b.c"])
    def test_unsigned_webhooks_are_refused(self, media: MediaServer, authorization: str) -> None:
        """A webhook without a signature of ours states nothing."""
        with pytest.raises(WebhookRefused):
            media.read_webhook('{"event": "room_finished", "id": "EV_1"}', authorization)

    def test_a_grant_signs_no_webhook(self, media: MediaServer, room: RoomName) -> None:
        """A member cannot pass off a join grant as the signature of a webhook."""
        token = media.grant(room, ADA, SPEAKER, MINUTE).token
        with pytest.raises(WebhookRefused):
            media.read_webhook('{"event": "room_finished", "id": "EV_1"}', token)

    def test_the_story_is_told_in_order(self, media: MediaServer, room: RoomName, join: Join, told: Told) -> None:
        """A visit from the room's start to its end is told step by step, each fact under an id of its own."""
        assert join(ADA, SPEAKER).publish()
        assert eventually(lambda: "track_published" in kinds(told(), room))
        media.delete_room(room)
        assert eventually(lambda: "room_finished" in kinds(told(), room))
        assert kinds(told(), room) == [
            "room_started",
            "participant_joined",
            "track_published",
            "track_unpublished",
            "participant_left",
            "room_finished",
        ]
        facts = [fact for fact in told() if fact.room == room]
        assert {fact.identity for fact in facts} == {None, ADA}
        assert len({fact.id for fact in facts}) == len(facts)

    def test_an_arrival_tells_the_rights_it_came_with(
        self, media: MediaServer, room: RoomName, join: Join, told: Told
    ) -> None:
        """The fact of an arrival names the connection and its rights, as the list of participants does."""
        join(GRACE, LISTENER)
        (listed,) = media.participants(room)
        assert eventually(lambda: "participant_joined" in kinds(told(), room))
        (fact,) = (fact for fact in told() if fact.room == room and fact.kind == "participant_joined")
        assert (fact.identity, fact.sid, fact.rights) == (GRACE, listed.sid, LISTENER)
        assert not fact.is_ours

    def test_a_second_device_is_told_after_the_first_has_left(self, room: RoomName, join: Join, told: Told) -> None:
        """When a newer connection replaces an older one, its leave comes first and is marked; a plain leave is not."""
        join(ADA, SPEAKER)
        newer = join(ADA, SPEAKER)
        newer.leave()
        assert eventually(lambda: kinds(told(), room).count("participant_left") == 2)
        facts = [fact for fact in told() if fact.room == room and fact.kind.startswith("participant_")]
        steps = [(fact.kind, fact.is_duplicate_identity) for fact in facts]
        assert steps == [
            ("participant_joined", False),
            ("participant_left", True),
            ("participant_joined", False),
            ("participant_left", False),
        ]
        assert facts[0].sid == facts[1].sid
        assert facts[2].sid == facts[3].sid != facts[0].sid

    def test_a_mute_is_told_by_nobody(self, media: MediaServer, room: RoomName, join: Join, told: Told) -> None:
        """No webhook says who muted themselves; whoever must know has to ask."""
        ada = join(ADA, SPEAKER)
        assert ada.publish()
        ada.mute()
        assert eventually(lambda: [one.is_muted for one in media.participants(room)] == [True])
        ada.leave()
        assert eventually(lambda: "participant_left" in kinds(told(), room))
        assert kinds(told(), room) == [
            "room_started",
            "participant_joined",
            "track_published",
            "track_unpublished",
            "participant_left",
        ]


def kinds(facts: list[MediaFact], room: RoomName) -> list[str]:
    """Return what was told of a room, kind by kind."""
    return [fact.kind for fact in facts if fact.room == room]
