"""The contract's part about tokens: what a grant opens, and what LiveKit hands out beside us."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from ..domain.ids import RoomName
from ..domain.media import JoinGrant, MediaRights, TokenClaims
from ..ports import MediaServer
from .media_client import JoinError
from .media_ground import ADA, AUDIENCE, GRACE, LISTENER, MINUTE, SPEAKER, Arrive, Join, MediaGround, a_room, eventually


class TokenContract(MediaGround):
    """A token is believed for as long as it lives, whatever was decided since; so somebody else has to look."""

    def test_a_grant_creates_no_room(self, media: MediaServer, arrive: Arrive) -> None:
        """Only the server's side makes rooms: a grant for an absent one is refused with 404."""
        nowhere = a_room()
        with pytest.raises(JoinError) as refused:
            arrive(media.grant(nowhere, ADA, SPEAKER, MINUTE))
        assert refused.value.status == 404
        assert nowhere not in media.rooms()

    def test_a_changed_grant_is_refused(self, media: MediaServer, room: RoomName, arrive: Arrive) -> None:
        """A grant whose signature does not hold is refused with 401."""
        grant = media.grant(room, ADA, LISTENER, MINUTE)
        head, claims, signature = grant.token.split(".")
        forged = ".".join([head, claims, signature[::-1]])
        with pytest.raises(JoinError) as refused:
            arrive(JoinGrant(grant.url, forged, grant.identity, grant.expires_at))
        assert refused.value.status == 401

    def test_grants_are_short_and_speakers_seen(self, media: MediaServer, room: RoomName) -> None:
        """A grant lives for at most a minute, says when it ends, and never lets anybody speak unseen."""
        grant = media.grant(room, ADA, SPEAKER, MINUTE)
        assert grant.identity == ADA
        assert timedelta(seconds=55) < grant.expires_at - datetime.now(UTC) <= MINUTE
        for ttl in (timedelta(seconds=61), timedelta(0), timedelta(seconds=-1)):
            with pytest.raises(ValueError, match="60 seconds"):
                media.grant(room, ADA, SPEAKER, ttl)
        unseen = MediaRights(can_publish=True, is_hidden=True)
        with pytest.raises(ValueError, match="hidden"):
            media.grant(room, ADA, unseen, MINUTE)
        with pytest.raises(ValueError, match="hidden"):
            media.set_rights(room, ADA, unseen)

    @pytest.mark.parametrize("rights", [LISTENER, AUDIENCE, SPEAKER])
    def test_a_grant_reads_back(self, media: MediaServer, room: RoomName, rights: MediaRights) -> None:
        """A token says the room, the person and the rights of the grant it came with, and nothing beyond them."""
        claims = media.read_token(media.grant(room, ADA, rights, MINUTE).token)
        assert claims == TokenClaims(room, ADA, rights)

    def test_a_token_that_does_not_verify_says_nothing(self, media: MediaServer, room: RoomName) -> None:
        """A token that was changed, or is none, reads as None and raises nothing."""
        head, claims, signature = media.grant(room, ADA, LISTENER, MINUTE).token.split(".")
        _, others, _ = media.grant(room, GRACE, LISTENER, MINUTE).token.split(".")
        forgeries = [
            ".".join([head, claims, signature[::-1]]),
            ".".join([head, others, signature]),
            f"{head}.{claims}.",
        ]
        for token in [*forgeries, "", "a.b.c", "Bearer", "\0", "ä.ö.ü"]:
            assert media.read_token(token) is None

    @pytest.mark.parametrize("rights", [LISTENER, AUDIENCE, SPEAKER])
    def test_joining_hands_out_a_longer_key(
        self, media: MediaServer, room: RoomName, arrive: Arrive, rights: MediaRights
    ) -> None:
        """Every client is sent a token of its own for ten minutes, with the same rights as the grant it came with."""
        grant = media.grant(room, ADA, rights, MINUTE)
        client = arrive(grant)
        assert eventually(lambda: client.token != grant.token)
        assert media.read_token(client.token) == TokenClaims(room, ADA, rights)
        assert timedelta(minutes=9) < life_left(client.token) <= timedelta(minutes=10)

    def test_removal_keeps_nobody_out(self, media: MediaServer, room: RoomName, arrive: Arrive) -> None:
        """A removed client's grant opens the door again, and so does each token it was sent, for ten minutes more."""
        grant = media.grant(room, GRACE, LISTENER, MINUTE)
        token = grant.token
        for _ in range(3):
            client = arrive(holding(token, grant))
            assert eventually(lambda: GRACE in {one.identity for one in media.participants(room)})
            assert eventually(lambda: life_left(client.token) > timedelta(minutes=9))  # noqa: B023
            token = client.token
            assert media.remove(room, GRACE)
            assert eventually(lambda: client.farewell) == "PARTICIPANT_REMOVED"  # noqa: B023

    def test_a_change_of_rights_is_in_the_next_token(self, media: MediaServer, room: RoomName, join: Join) -> None:
        """Who is put on stage or taken off it is sent a token that says so."""
        grace = join(GRACE, LISTENER)
        for rights in (SPEAKER, AUDIENCE):
            assert media.set_rights(room, GRACE, rights)
            wanted = TokenClaims(room, GRACE, rights)
            assert eventually(lambda: media.read_token(grace.token) == wanted)  # noqa: B023

    def test_an_older_token_carries_older_rights(
        self, media: MediaServer, room: RoomName, join: Join, arrive: Arrive
    ) -> None:
        """A token from before a demotion still gives a voice, grant and refreshed alike; a later one does not."""
        grant = media.grant(room, ADA, SPEAKER, MINUTE)
        ada = arrive(grant)
        assert eventually(lambda: ada.token != grant.token)
        before = ada.token
        assert eventually(lambda: media.set_rights(room, ADA, AUDIENCE))
        assert eventually(lambda: media.read_token(ada.token) == TokenClaims(room, ADA, AUDIENCE))
        after = ada.token
        for token, rights in {grant.token: SPEAKER, before: SPEAKER, after: AUDIENCE}.items():
            again = arrive(holding(token, grant))
            assert eventually(lambda: [one.rights for one in media.participants(room)] == [rights])  # noqa: B023
            assert again.publish() is rights.can_publish

    def test_a_name_used_again_is_open_to_old_tokens(self, media: MediaServer, room: RoomName, arrive: Arrive) -> None:
        """Deleting a room ends no token: under the same name it lets everybody in again, hence a new name each time."""
        grant = media.grant(room, GRACE, LISTENER, MINUTE)
        client = arrive(grant)
        assert eventually(lambda: client.token != grant.token)
        media.delete_room(room)
        assert eventually(lambda: client.farewell) == "ROOM_DELETED"
        for token in (grant.token, client.token):
            with pytest.raises(JoinError) as refused:
                arrive(holding(token, grant))
            assert refused.value.status == 404
        media.create_room(room)
        assert arrive(holding(client.token, grant)).farewell is None


def holding(token: str, like: JoinGrant) -> JoinGrant:
    """Return a grant with another token, as a client that dials again with the newest it has."""
    return JoinGrant(like.url, token, like.identity, like.expires_at)


def life_left(token: str) -> timedelta:
    """Return for how long a token is good from now on, without any leeway."""
    expiry = jwt.decode(token, options={"verify_signature": False})["exp"]
    return datetime.fromtimestamp(expiry, UTC) - datetime.now(UTC)
