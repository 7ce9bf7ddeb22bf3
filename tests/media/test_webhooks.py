"""Only signed, untampered, fresh webhooks state anything (R5)."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import MediaFact, MediaRights
from spaces_feature.errors import WebhookRefused
from spaces_feature.media.grants import mint
from spaces_feature.media.webhooks import WebhookReader

KEY, SECRET = "test-key", "test-secret-with-at-least-32-characters"
JOINED: dict[str, object] = {
    "event": "participant_joined",
    "id": "EV_1",
    "createdAt": "1790000000",
    "room": {"sid": "RM_1", "name": "space-1"},
    "participant": {
        "sid": "PA_1",
        "identity": "ada",
        "permission": {"canSubscribe": True, "canPublish": True, "canPublishSources": ["MICROPHONE"]},
    },
    "aFieldOfTheFuture": {"ignored": True},
}


@pytest.fixture
def reader() -> WebhookReader:
    """A reader of webhooks signed with the tests' key."""
    return WebhookReader(KEY, SECRET)


def body_of(event: dict[str, object]) -> str:
    """Return the raw body."""
    return json.dumps(event)


def signature(body: str, *, key: str = KEY, secret: str = SECRET, age: int = 0, **claims: object) -> str:
    """Return the header LiveKit sends for ``body``, made ``age`` seconds ago; a claim given as None is left out."""
    made = datetime.now(UTC) - timedelta(seconds=age)
    said = {
        "iss": key,
        "nbf": int(made.timestamp()),
        "exp": int(made.timestamp()) + 300,
        "sha256": base64.b64encode(hashlib.sha256(body.encode()).digest()).decode(),
        **claims,
    }
    return jwt.encode({name: value for name, value in said.items() if value is not None}, secret, algorithm="HS256")


def unsigned(body: str) -> str:
    """Return the same statement with the algorithm "none"."""
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{head}.{signature(body).split('.')[1]}."


def a_members_token() -> str:
    """Return a genuine join grant."""
    return mint(
        url="wss://sfu.invalid",
        api_key=KEY,
        api_secret=SECRET,
        room=RoomName("space-1"),
        identity=Identity("ada"),
        rights=MediaRights(can_publish=True, is_hidden=False),
        ttl=timedelta(seconds=60),
    ).token


def test_a_genuine_webhook_is_read(reader: WebhookReader) -> None:
    """Text or bytes, known fields are translated and fields of the future ignored."""
    body = body_of(JOINED)
    fact = MediaFact(
        id="EV_1",
        kind="participant_joined",
        room=RoomName("space-1"),
        at=datetime.fromtimestamp(1_790_000_000, UTC),
        identity=Identity("ada"),
        sid="PA_1",
        rights=MediaRights(can_publish=True, is_hidden=False),
    )
    assert reader.read(body, signature(body)) == fact
    assert reader.read(body.encode(), signature(body)) == fact


FORGERIES: dict[str, tuple[Callable[[str], str], str]] = {
    "no header": (lambda body: "", "no readable token"),
    "wrong secret": (lambda body: signature(body, secret="x" * 32), "wrong signature"),
    "wrong key": (lambda body: signature(body, key="another-key"), "not signed by our API key"),
    "hash of another body": (lambda body: signature(body + " "), "the body was changed"),
    "no hash": (lambda body: signature(body, sha256=None), "not a webhook's token"),
    "a member's token": (lambda body: a_members_token(), "not a webhook's token"),
    "replayed after its life and leeway": (lambda body: signature(body, age=365), "expired"),
    "without an end": (lambda body: signature(body, exp=None), "a claim is missing"),
    "from the future": (lambda body: signature(body, age=-120), "not valid yet"),
    "alg none": (unsigned, "not signed with HS256"),
    "bearer in front": (lambda body: "Bearer " + signature(body), "no readable token"),
    "hash that is no hash": (lambda body: signature(body, sha256=["a"]), "not verifiable"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_refused(reader: WebhookReader, forgery: str) -> None:
    """Each way of not being LiveKit is refused with a reason that repeats nothing of what was sent."""
    forge, reason = FORGERIES[forgery]
    body = body_of(JOINED)
    header = forge(body)
    with pytest.raises(WebhookRefused) as refused:
        reader.read(body, header)
    assert refused.value.reason == reason
    assert refused.value.__context__ is None


def test_the_leeway_is_a_minute(reader: WebhookReader) -> None:
    """A webhook whose clock runs a little behind still counts: five minutes and up to one more."""
    body = body_of(JOINED)
    assert reader.read(body, signature(body, age=345)) is not None


def test_no_bit_can_be_turned(reader: WebhookReader) -> None:
    """Of 1,000 webhooks with one bit of body, claims or signature turned, none is read."""
    body = body_of(JOINED)
    header = signature(body)
    draw = random.Random(5)

    def turned(raw: bytes) -> bytes:
        changed = bytearray(raw)
        changed[draw.randrange(len(raw))] ^= 1 << draw.randrange(8)
        return bytes(changed)

    def turned_part(part: str) -> str:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        return base64.urlsafe_b64encode(turned(raw)).rstrip(b"=").decode()

    for number in range(1000):
        forged_body, parts = body.encode(), header.split(".")
        if number % 2:
            forged_body = turned(forged_body)
        else:
            which = draw.randrange(3)
            parts[which] = turned_part(parts[which])
        with pytest.raises(WebhookRefused):
            reader.read(forged_body, ".".join(parts))


@pytest.mark.parametrize("body", ["", "{", '{"room": 5}', '{"event": "room_started", "createdAt": "soon"}'])
def test_signed_nonsense_is_refused(reader: WebhookReader, body: str) -> None:
    """A body that is signed and still no webhook is refused, not an error of ours."""
    with pytest.raises(WebhookRefused) as refused:
        reader.read(body, signature(body))
    assert refused.value.reason == "unreadable body"


@pytest.mark.parametrize("body", [b"\xff\xfe", "\ud800"])
def test_what_is_no_text_is_refused(reader: WebhookReader, body: str | bytes) -> None:
    """Bytes that are no UTF-8, and text that cannot be written as it, are refused."""
    with pytest.raises(WebhookRefused):
        reader.read(body, signature("{}"))


@pytest.mark.parametrize("kind", ["egress_started", "ingress_ended", "of_the_future", ""])
def test_kinds_we_do_not_use_state_nothing(reader: WebhookReader, kind: str) -> None:
    """A genuine webhook about something else is None, so that it can be answered with 200."""
    body = body_of({**JOINED, "event": kind})
    assert reader.read(body, signature(body)) is None


def test_a_room_event_is_about_nobody(reader: WebhookReader) -> None:
    """The end of a room names no person."""
    body = body_of({"event": "room_finished", "id": "EV_2", "createdAt": "1790000000", "room": {"name": "space-1"}})
    fact = reader.read(body, signature(body))
    assert fact is not None
    assert (fact.room, fact.identity, fact.sid, fact.rights) == ("space-1", None, None, None)


def test_a_track_event_carries_no_rights(reader: WebhookReader) -> None:
    """Who published is named, but what they may do is not stated."""
    event = {**JOINED, "event": "track_published", "participant": {"sid": "PA_1", "identity": "ada"}}
    body = body_of(event)
    fact = reader.read(body, signature(body))
    assert fact is not None
    assert (fact.identity, fact.sid, fact.rights) == ("ada", "PA_1", None)


@pytest.mark.parametrize(("kind", "is_ours"), [("STANDARD", False), ("SIP", False), ("EGRESS", True), ("AGENT", True)])
def test_our_workers_are_told_apart(reader: WebhookReader, kind: str, is_ours: bool) -> None:
    """Only kinds that our own grants carry are ours."""
    body = body_of({**JOINED, "participant": {"sid": "PA_1", "identity": "worker", "kind": kind}})
    fact = reader.read(body, signature(body))
    assert fact is not None
    assert fact.is_ours is is_ours
