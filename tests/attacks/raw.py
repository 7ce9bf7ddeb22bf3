"""A client below any SDK: the SFU's signal connection itself, for what no SDK would send."""

from __future__ import annotations

from urllib.parse import urlencode

import websocket
from livekit.protocol.rtc import SignalResponse

from spaces_feature.domain.media import JoinGrant

_PROTOCOL = 16
_LIMIT = 5.0


def resume(grant: JoinGrant, sid: str) -> str:
    """Ask to resume the connection ``sid``; returns the kind of the SFU's first message, "closed" without one."""
    query = urlencode(
        {"access_token": grant.token, "reconnect": "1", "sid": sid, "protocol": _PROTOCOL, "auto_subscribe": "1"}
    )
    try:
        with_sfu = websocket.create_connection(f"{grant.url}/rtc?{query}", timeout=_LIMIT)
    except websocket.WebSocketBadStatusException:
        return "closed"
    try:
        data = with_sfu.recv()
    except (websocket.WebSocketException, OSError):
        return "closed"
    finally:
        with_sfu.close()
    return _kind(data)


def _kind(data: str | bytes) -> str:
    """The kind of a message of the SFU's, "closed" for none."""
    return (SignalResponse.FromString(data).WhichOneof("message") or "closed") if isinstance(data, bytes) else "closed"


class Lurker:
    """A client that opens the signal connection and nothing else: it sends no offer and answers nothing it is told.

    The SFU lists it all the same, and sends no webhook of its arrival, since that waits for a media connection.
    """

    def __init__(self, grant: JoinGrant) -> None:
        query = urlencode({"access_token": grant.token, "protocol": _PROTOCOL, "auto_subscribe": "1"})
        self._socket = websocket.create_connection(f"{grant.url}/rtc?{query}", timeout=_LIMIT)

    def was_let_in(self) -> bool:
        """Whether the first thing it was told is that it has joined."""
        return _kind(self._socket.recv()) == "join"

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
