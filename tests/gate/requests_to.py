"""Plain requests to the gate, for what no SDK would send."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import urllib3
import websocket
from livekit.protocol.rtc import SignalResponse

from spaces_feature.domain.media import JoinGrant

LIMIT = 5.0
_POOL = urllib3.PoolManager(retries=False, timeout=LIMIT)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, header names in lower case."""

    status: int
    headers: dict[str, str]
    text: str


def ask(url: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """Send one request; ``Name_Of_A_Header="value"``."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = _POOL.request(method, url, body=body, headers=sent, redirect=False)
    received = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, received, answer.data.decode(errors="replace"))


def validate(url: str, token: str) -> Answer:
    """Ask for the verdict on a token as livekit-client does when its WebSocket failed."""
    return ask(f"{url}/rtc/validate?{urlencode({'access_token': token})}")


def first_word(grant: JoinGrant, **arguments: str) -> str:
    """Open the signal connection and return the kind of the SFU's first message, or the HTTP status of a refusal."""
    query = urlencode({"access_token": grant.token, "protocol": "16", "auto_subscribe": "1", **arguments})
    try:
        signal = websocket.create_connection(f"{grant.url}/rtc?{query}", timeout=LIMIT)
    except websocket.WebSocketBadStatusException as refusal:
        return str(refusal.status_code)
    try:
        return heard(signal).WhichOneof("message") or "nothing"
    finally:
        signal.close()


def heard(signal: websocket.WebSocket) -> SignalResponse:
    """Return the SFU's next message."""
    data = signal.recv()
    assert isinstance(data, bytes)
    return SignalResponse.FromString(data)
