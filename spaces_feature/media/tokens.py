"""What a token says: verified as the SFU would verify it, then held against everything that we ever grant."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from livekit.api import TokenVerifier

from ..domain.ids import Identity, RoomName
from ..domain.media import MediaRights, TokenClaims

#: livekit-api skips characters that do not belong into base64, and another reader may stop at them.
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")

#: Claims that grant nothing by themselves. Whatever stands beside them, and says something, is beyond a member.
#: ``identity`` repeats ``sub`` in the tokens that the SFU makes, and ``sub`` is what it reads.
_PLAIN = frozenset({"iss", "sub", "identity", "nbf", "exp", "iat", "jti", "video", "kind"})
_PLAIN_VIDEO = frozenset(
    {"roomJoin", "room", "canSubscribe", "canPublish", "canPublishSources", "canPublishData", "hidden"}
)
_MICROPHONE = ["microphone"]


class TokenReader:
    """Reads tokens signed with one API key: those that we mint and those that the SFU hands out after them."""

    def __init__(self, api_key: str, api_secret: str) -> None:
        self._verifier = TokenVerifier(api_key, api_secret)

    def read(self, token: str) -> TokenClaims | None:
        """Return what a token that enters a room lets its holder do.

        None unless it is signed with HS256 by our key, names an expiry that has not passed (60 s of leeway, as at the
        SFU), and joins a room under an identity. Nothing of a refused token is raised or logged.
        """
        if not _SHAPE.fullmatch(token):
            return None
        try:
            self._verifier.verify(token)
            return _claims(_payload(token))
        except Exception:  # whatever a verifier stumbles over, this token opens nothing
            return None


def _payload(token: str) -> dict[str, Any]:
    """The claims of a verified token as they stand in it; livekit-api leaves out what it does not know."""
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def _claims(said: Mapping[str, Any]) -> TokenClaims | None:
    video: Mapping[str, Any] = said.get("video") or {}
    room, identity = video.get("room"), said.get("sub")
    if not video.get("roomJoin") or not room or not identity:
        return None
    can_publish = _allows(video, "canPublish", unsaid=True)
    beyond = {*_said(said, _PLAIN), *_said(video, _PLAIN_VIDEO)}
    if said.get("kind", "") not in ("", "standard"):
        beyond.add("kind")
    if can_publish and video.get("canPublishSources") != _MICROPHONE:
        beyond.add("canPublishSources")
    if _allows(video, "canPublishData", unsaid=can_publish):
        beyond.add("canPublishData")
    rights = MediaRights(can_publish=can_publish, is_hidden=bool(video.get("hidden")))
    return TokenClaims(RoomName(str(room)), Identity(str(identity)), rights, frozenset(beyond))


def _allows(video: Mapping[str, Any], name: str, *, unsaid: bool) -> bool:
    # LiveKit's rights fail open: what a token does not mention is allowed.
    value = video.get(name)
    return unsaid if value is None else bool(value)


def _said(claims: Mapping[str, Any], plain: Iterable[str]) -> list[str]:
    return [name for name, value in claims.items() if value and name not in plain]
