"""The SFU's webhook: forged, tampered and replayed; the database away; before any CSRF; with Spaces off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt.api_jwt
import pytest
from livekit.api import AccessToken
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import MediaRights
from spaces_feature.testing.media import SignedWebhook
from tests.web.conftest import Visit
from tests.web.visitor import Visitor
from tests.world import World

LISTENER = MediaRights(can_publish=False, is_hidden=True)
ROOM = RoomName("0123456789abc-epoch")


def deliver(world: World, hook: SignedWebhook, **headers: str) -> TestResponse:
    """Post a webhook as the SFU does: no session, no origin, no token of the host."""
    given = {"Authorization": hook.authorization, "Content-Type": "application/webhook+json", **headers}
    return world.app.test_client().post("/spaces/webhooks/livekit", data=hook.body, headers=given)


def arrival(world: World) -> SignedWebhook:
    """What the SFU says when grace connects."""
    space_id = Visitor(world, "ada").start()
    joined = Visitor(world, "grace").post(f"/spaces/{space_id}/join").json
    room = next(iter(world.media.rooms()))
    grant = world.media.grant(room, joined["identity"], LISTENER, timedelta(seconds=60))
    world.media.join(grant)
    return world.media.webhooks[-1]


def rows(world: World) -> dict[str, int]:
    """How many rows each of our tables has."""
    world.db.session.rollback()
    return {
        table.name: world.db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in world.db.metadata.sorted_tables
    }


def test_a_true_webhook_is_stored_once(world: World) -> None:
    """R1: delivered three times it is answered 200 each time and stored once."""
    hook = arrival(world)
    before = rows(world)
    assert [deliver(world, hook).status_code for _ in range(3)] == [200, 200, 200]
    after = rows(world)
    assert after["spaces_webhook"] == before["spaces_webhook"] + 1
    assert after["spaces_connection"] == before["spaces_connection"] + 1


def forgeries(hook: SignedWebhook) -> dict[str, SignedWebhook]:
    """Eight ways to lie."""
    key, secret = "fake-key", "fake-secret-of-the-media-server-in-memory"
    head, payload, signature = hook.authorization.split(".")
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
    return {
        "no header": SignedWebhook(hook.body, ""),
        "no token": SignedWebhook(hook.body, "Bearer nonsense"),
        "another key": SignedWebhook(hook.body, AccessToken("other", "o" * 40).with_sha256("x").to_jwt()),
        "our key, another secret": SignedWebhook(hook.body, AccessToken(key, "o" * 40).with_sha256("x").to_jwt()),
        "alg none": SignedWebhook(hook.body, f"{unsigned}.{payload}."),
        "cut signature": SignedWebhook(hook.body, f"{head}.{payload}.{signature[:-4]}"),
        "a member's token": SignedWebhook(hook.body, AccessToken(key, secret).with_identity("grace").to_jwt()),
        "another body": SignedWebhook(hook.body.replace("participant_joined", "participant_left"), hook.authorization),
    }


def test_forged_webhooks_write_nothing(world: World) -> None:
    """R5: each forgery is a 401 and leaves every table as it was."""
    hook = arrival(world)
    before = rows(world)
    for kind, forged in forgeries(hook).items():
        assert deliver(world, forged).status_code == 401, kind
    assert rows(world) == before


def test_a_flipped_bit(world: World) -> None:
    """R5: whichever byte of the body changes on the way, the webhook is refused."""
    hook = arrival(world)
    before = rows(world)
    for place in range(0, len(hook.body), 7):
        changed = hook.body[:place] + chr(ord(hook.body[place]) ^ 1) + hook.body[place + 1 :]
        assert deliver(world, SignedWebhook(changed, hook.authorization)).status_code == 401
    assert deliver(world, SignedWebhook(hook.body + "\xff", hook.authorization)).status_code == 401
    assert rows(world) == before


def test_a_late_replay(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R6: six minutes and a second later the same webhook is refused: its token has expired, leeway included."""
    hook = arrival(world)

    class Later(jwt.api_jwt.datetime):  # type: ignore[misc]
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return super().now(tz) + timedelta(minutes=6, seconds=1)

    monkeypatch.setattr(jwt.api_jwt, "datetime", Later)
    assert deliver(world, hook).status_code == 401


def test_the_database_is_away(world: World) -> None:
    """R7: what could not be stored is a 503, so that the SFU sends it again, and then it is stored."""
    hook = arrival(world)
    world.db.session.rollback()
    with world.db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE spaces_webhook RENAME TO away")
    assert deliver(world, hook).status_code == 503
    with world.db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO spaces_webhook")
    assert deliver(world, hook).status_code == 200
    assert rows(world)["spaces_webhook"] == 1


def test_kinds_that_say_nothing_to_us(world: World) -> None:
    """A verified webhook of a kind we do not use is a 200 that writes nothing."""
    world.media.create_room(ROOM)
    before = rows(world)
    assert deliver(world, world.media.webhooks[-1]).status_code == 200
    assert rows(world)["spaces_connection"] == before["spaces_connection"]


def test_no_token_of_the_host_is_asked_for(guarded: World) -> None:
    """On a host with Flask-WTF the SFU, which has no token, is heard; a forgery is 401 and not the host's 400."""
    guarded.media.create_room(ROOM)
    hook = guarded.media.webhooks[-1]
    assert deliver(guarded, hook).status_code == 200
    assert deliver(guarded, SignedWebhook(hook.body, "x"), Origin="https://evil.example").status_code == 401


def test_with_spaces_off(closed: World) -> None:
    """The SFU goes on being heard while Spaces are switched off: rooms still end."""
    closed.media.create_room(ROOM)
    assert deliver(closed, closed.media.webhooks[-1]).status_code == 200
    assert deliver(closed, SignedWebhook("{}", "")).status_code == 401


def test_who_is_not_on_the_roster_is_sent_away(world: World, visit: Visit) -> None:
    """SEC-04: a stolen valid token brings nobody in: the webhook of the arrival ends the stay at the SFU."""
    visit("ada").start()
    room = next(iter(world.media.rooms()))
    ghost = world.media.join(world.media.grant(room, Identity("a-stranger"), LISTENER, timedelta(seconds=60)))
    assert deliver(world, world.media.webhooks[-1]).status_code == 200
    assert ghost.farewell == "PARTICIPANT_REMOVED"


def test_a_flood_is_not_read(world: World) -> None:
    """A body larger than any the SFU sends is refused before anything looks into it."""
    assert deliver(world, SignedWebhook("x" * 1_100_000, "")).status_code == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_posts(world: World, method: str) -> None:
    """Nothing but a POST is answered there."""
    assert world.app.test_client().open("/spaces/webhooks/livekit", method=method).status_code == 405
