"""What members' sockets send, before Socket.IO reads it: small, whole, of our one shape, and not too much of it.

Socket.IO begins a thread for each event and keeps what is announced as binary until all of it is there. So what is not
for us is turned away here, by the first bytes of a frame. Frames for the host's own namespaces go by untouched.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from ..domain.wire import Json
from ..errors import Invalid, Limited, Refusal
from .allowance import Allowance
from .lines import Lines

log = logging.getLogger(__name__)

LARGEST = 1_024
"""Characters of a frame; the largest honest one has a hundred."""
RATE, BURST = 20, 40
"""Frames a second from one socket, and at once."""
PATIENCE = 100
"""Frames too many, or that make no sense, before the socket is cut; one a second is forgiven."""
CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = range(5)


def problem_fields(refusal: Refusal) -> Json:
    """A refusal as the acknowledgement of an event."""
    return {"code": refusal.code, "title": refusal.sentence, "detail": refusal.way_on, **refusal.data}


class Frames:
    """Stands before one server's reading of frames, for one namespace of ours."""

    def __init__(self, server: Any, namespace: str, lines: Lines) -> None:
        self._server = server
        self._namespace = namespace
        self._lines = lines
        self._ours = re.compile(rf"(\d)(\d*-)?{re.escape(namespace)}(?:\?[^,]*)?(?:,|\Z)(\d{{0,15}})(.?.?)", re.S)
        self._read = server.eio.handlers["message"]
        server.eio.on("message", self.take)

    def take(self, eio_sid: str, data: Any) -> None:
        """Let one frame be read, or turn it away. What makes no sense is counted; too much of it cuts the socket."""
        socket = self._server.eio.sockets.get(eio_sid)
        if socket is None or socket.closed:
            return  # what a socket had sent before it was cut goes on coming in
        found = self._ours.match(data) if isinstance(data, str) else None
        # Who ever asked for our namespace is watched from then on, whatever namespace the rest names.
        is_ours = found is not None or self._name("frames") in socket.session
        try:
            if found is None or self._admits(eio_sid, data, found):
                self._read(eio_sid, data)
        except Exception as mistake:
            if not is_ours or self._makes_sense(data):
                raise
            log.debug("a frame made no sense: %r", mistake)
            self._strain(eio_sid)

    def _is_in(self, eio_sid: str) -> bool:
        return self._server.manager.sid_from_eio_sid(eio_sid, self._namespace) is not None

    def _admits(self, eio_sid: str, data: str, found: re.Match[str]) -> bool:
        digit, attachments, number, start = found.groups()
        kind = int(digit)  # as Socket.IO reads it, to which the digits of every script are digits
        if not self._kept(eio_sid, "frames", RATE, BURST).take():
            refusal: Refusal = Limited(way_on="Send less.", retry_after=1)
        elif len(data) > LARGEST:
            refusal = Invalid("bad_message", f"A message has at most {LARGEST} characters.", "Send {space_id}.")
        elif attachments or kind > CONNECT_ERROR or (kind == EVENT and start != '["'):
            refusal = Invalid("bad_message", "A message is an event with one JSON object.", "Send {space_id}.")
        elif kind in (ACK, CONNECT_ERROR):  # we ask for none
            self._strain(eio_sid)
            return False
        else:
            return True
        if kind == EVENT and number and self._is_in(eio_sid):
            answer = f"{ACK}{self._namespace},{number}{self._server.packet_class.json.dumps([problem_fields(refusal)])}"
            self._server.eio.send(eio_sid, answer)
        self._strain(eio_sid)
        return False

    def _makes_sense(self, data: Any) -> bool:
        """Whether a frame that failed was a sound one, and the failure somebody's own."""
        try:
            packet = self._server.packet_class(encoded_packet=data)
        except Exception:
            return False
        if packet.packet_type == EVENT:
            return isinstance(packet.data, list) and bool(packet.data) and isinstance(packet.data[0], str)
        return packet.packet_type in (CONNECT, DISCONNECT)

    def _strain(self, eio_sid: str) -> None:
        if not self._kept(eio_sid, "patience", 1, PATIENCE).take():
            self._lines.cut(eio_sid, "it sent too much, or what makes no sense")

    def _name(self, what: str) -> str:
        return f"{self._namespace} {what}"

    def _kept(self, eio_sid: str, what: str, rate: float, burst: float) -> Allowance:
        """What is left to a connection, kept with it: it is gone when the connection is."""
        socket = self._server.eio.sockets.get(eio_sid)
        session = socket.session if socket is not None else {}
        kept: Allowance = session.setdefault(self._name(what), Allowance(rate, burst))
        return kept
