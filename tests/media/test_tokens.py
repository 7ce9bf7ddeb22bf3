"""What is read out of tokens, and out of which nothing is (R6, R7, SEC-06)."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import MediaRights, TokenClaims
from spaces_feature.media.grants import mint
from spaces_feature.media.tokens import TokenReader
from spaces_feature.testing.media import LISTENER, MINUTE, SPEAKER

KEY, SECRET = "test-key", "a-secret-for-tests-with-characters-enough-for-any-algorithm"
ROOM, ADA = RoomName("room"), Identity("ada")
LATER = 4_102_444_800
#: The claims of a token that livekit-server 1.13.5 made of a speaker's grant; it leaves out what is false.
REFRESHED: dict[str, Any] = {
    "iss": KEY,
    "sub": "ada",
    "identity": "ada",
    "kind": "standard",
    "video": {
        "roomJoin": True,
        "room": "room",
        "canPublish": True,
        "canSubscribe": True,
        "canPublishData": False,
        "canPublishSources": ["microphone"],
        "canUpdateOwnMetadata": False,
        "canSubscribeMetrics": False,
        "canManageAgentSession": False,
    },
}


def token(
    *,
    expires_in: int | None = 60,
    begins_in: int = 0,
    key: str = SECRET,
    algorithm: str = "HS256",
    video: dict[str, Any] | None = None,
    **claims: Any,
) -> str:
    """A refreshed token with some things changed; what is given as None is left out."""
    now = int(datetime.now(UTC).timestamp())
    said = {**REFRESHED, "nbf": now + begins_in, **claims, "video": {**REFRESHED["video"], **(video or {})}}
    if expires_in is not None:
        said["exp"] = now + expires_in
    said["video"] = {name: value for name, value in said["video"].items() if value is not None}
    return jwt.encode({name: value for name, value in said.items() if value is not None}, key, algorithm=algorithm)


@pytest.fixture
def reader() -> TokenReader:
    """A reader of tokens signed with the tests' key."""
    return TokenReader(KEY, SECRET)


@pytest.mark.parametrize("rights", [LISTENER, SPEAKER])
def test_our_own_grants_read_back(reader: TokenReader, rights: MediaRights) -> None:
    """A grant of ours says exactly what it was made of."""
    grant = mint(url="", api_key=KEY, api_secret=SECRET, room=ROOM, identity=ADA, rights=rights, ttl=MINUTE)
    assert reader.read(grant.token) == TokenClaims(ROOM, ADA, rights)


def test_the_sfus_tokens_read_like_ours(reader: TokenReader) -> None:
    """What the SFU hands out in place of a grant says the same as the grant."""
    assert reader.read(token()) == TokenClaims(ROOM, ADA, SPEAKER)
    unseen = {"canPublish": False, "canPublishSources": None, "hidden": True}
    assert reader.read(token(video=unseen)) == TokenClaims(ROOM, ADA, LISTENER)


@pytest.mark.parametrize(("seconds", "holds"), [(-30, True), (-58, True), (-62, False), (-3600, False)])
def test_expiry_is_the_sfus(reader: TokenReader, seconds: int, holds: bool) -> None:
    """A token opens for a minute beyond its expiry, as it does at the SFU, and not a moment longer."""
    assert (reader.read(token(expires_in=seconds)) is not None) is holds


REFUSED: dict[str, Callable[[], str]] = {
    "no expiry": lambda: token(expires_in=None),
    "not yet": lambda: token(begins_in=90),
    "another secret": lambda: token(key="x" * 40),
    "another key": lambda: token(iss="another-key"),
    "another algorithm": lambda: token(algorithm="HS384"),
    "no algorithm": lambda: jwt.encode(REFRESHED | {"exp": LATER}, None, algorithm="none"),
    "no identity": lambda: token(sub=None),
    "an empty identity": lambda: token(sub=""),
    "no word of joining": lambda: token(video={"roomJoin": None}),
    "not to join": lambda: token(video={"roomJoin": False}),
    "no room": lambda: token(video={"room": None}),
    "an empty room": lambda: token(video={"room": ""}),
    "no video": lambda: jwt.encode({"iss": KEY, "sub": "ada", "exp": LATER}, SECRET, algorithm="HS256"),
    "a list": lambda: jwt.encode({"iss": KEY, "sub": "a", "exp": LATER, "video": ["a"]}, SECRET, algorithm="HS256"),
    "a sign after it": lambda: token() + "%",
    "a dot after it": lambda: token() + ".",
    "encoded": lambda: token().replace(".", "%2E"),
    "a blank before it": lambda: f" {token()}",
    "a line after it": lambda: f"{token()}\n",
    "its header": lambda: f"Bearer {token()}",
    "nothing": lambda: "",
    "dots": lambda: "..",
    "letters": lambda: "a.b.c",
    "zero": lambda: "\0",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_hold_says_nothing(reader: TokenReader, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is wrong with a token it reads as None, and no word of it is raised or logged."""
    caplog.set_level(logging.DEBUG)
    assert reader.read(REFUSED[name]()) is None
    assert not caplog.records


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("canPublishSources", {"video": {"canPublishSources": None}}),
        ("canPublishSources", {"video": {"canPublishSources": []}}),
        ("canPublishSources", {"video": {"canPublishSources": ["microphone", "camera"]}}),
        ("canPublishSources", {"video": {"canPublishSources": ["screen_share_audio"]}}),
        ("canPublishData", {"video": {"canPublishData": True}}),
        ("canPublishData", {"video": {"canPublishData": None}}),
        ("canUpdateOwnMetadata", {"video": {"canUpdateOwnMetadata": True}}),
        ("canSubscribeMetrics", {"video": {"canSubscribeMetrics": True}}),
        ("canManageAgentSession", {"video": {"canManageAgentSession": True}}),
        ("roomAdmin", {"video": {"roomAdmin": True}}),
        ("roomCreate", {"video": {"roomCreate": True}}),
        ("roomList", {"video": {"roomList": True}}),
        ("roomRecord", {"video": {"roomRecord": True}}),
        ("ingressAdmin", {"video": {"ingressAdmin": True}}),
        ("recorder", {"video": {"recorder": True}}),
        ("agent", {"video": {"agent": True}}),
        ("destinationRoom", {"video": {"destinationRoom": "another"}}),
        ("aRightOfTheFuture", {"video": {"aRightOfTheFuture": True}}),
        ("kind", {"kind": "agent"}),
        ("kind", {"kind": "egress"}),
        ("kind", {"kind": "SIP"}),
        ("name", {"name": "The host"}),
        ("metadata", {"metadata": "{}"}),
        ("attributes", {"attributes": {"role": "host"}}),
        ("roomConfig", {"roomConfig": {"agents": [{"agentName": "spy"}]}}),
        ("roomPreset", {"roomPreset": "open"}),
        ("sip", {"sip": {"admin": True}}),
        ("sha256", {"sha256": "of a webhook"}),
        ("aClaimOfTheFuture", {"aClaimOfTheFuture": 1}),
    ],
)
def test_what_no_member_has_is_named(reader: TokenReader, name: str, changed: dict[str, Any]) -> None:
    """Each grant that we never make is beyond a member, those that nobody has heard of included."""
    claims = reader.read(token(**changed))
    assert claims is not None
    assert claims.beyond == {name}


def test_what_is_not_said_is_allowed(reader: TokenReader) -> None:
    """LiveKit's rights fail open, and are read so: a token without a word of publishing lets publish anything."""
    claims = reader.read(token(video={"canPublish": None, "canPublishData": None, "canPublishSources": None}))
    assert claims is not None
    assert claims.rights.can_publish
    assert claims.beyond == {"canPublishSources", "canPublishData"}


def test_only_one_spelling_of_a_token_is_read(reader: TokenReader) -> None:
    """A token with characters that base64 readers may skip is refused: two readers must never read two tokens."""
    head, claims, signature = token().split(".")
    assert reader.read(f"{head}.{claims}.{signature[:5]}!{signature[5:]}") is None
    assert reader.read(f"{head}.{claims}.{signature}=") is None
    standard = base64.b64encode(base64.urlsafe_b64decode(signature + "=")).decode()
    if standard.rstrip("=") != signature:
        assert reader.read(f"{head}.{claims}.{standard}") is None
