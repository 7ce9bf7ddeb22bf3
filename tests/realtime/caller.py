"""A member's program in front of a running server: real HTTP, and a real Socket.IO client."""

from __future__ import annotations

from socket import SHUT_RDWR
from typing import Any

import requests
import socketio

from spaces_feature.testing.media import eventually

LIMIT = 10.0


class Caller:
    """Calls the API at ``origin`` and listens to its events; ``headers`` go with every request."""

    def __init__(self, origin: str, prefix: str, headers: dict[str, str] | None = None) -> None:
        self.origin = self.page_origin = origin
        self._prefix = prefix
        self._headers = headers or {}
        self.http = requests.Session()
        self.http.headers.update(self._headers)
        self._socket = socketio.Client(reconnection=False, http_session=self.http)
        self.events: list[dict[str, Any]] = []
        self.nudges: list[dict[str, Any]] = []
        self._socket.on("event", self.events.append, namespace=prefix)
        self._socket.on("strip", self.nudges.append, namespace=prefix)

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Call a path of the API from a page at ``page_origin``."""
        url = f"{self.origin}{self._prefix}/api/v1{path}"
        return self.http.request(method, url, json=body, headers={"Origin": self.page_origin}, timeout=LIMIT)

    def listen(self) -> Caller:
        """Open a socket. Raises socketio's ConnectionError when it is refused."""
        self._socket.connect(self.origin, headers=self._headers, namespaces=[self._prefix], wait_timeout=5)
        return self

    def subscribe(self, space_id: str) -> Any:
        """Watch a Space; returns the snapshot, or a problem."""
        return self._socket.call("subscribe", {"space_id": space_id}, namespace=self._prefix, timeout=LIMIT)

    def say(self, event: str) -> Any:
        """Send any event; returns its acknowledgement."""
        return self._socket.call(event, {}, namespace=self._prefix, timeout=LIMIT)

    def hears(self, kind: str) -> dict[str, Any]:
        """Return the first event of a type as soon as it is here; fails when it does not come."""
        found = eventually(lambda: [event for event in self.events if event["type"] == kind], within=LIMIT)
        assert found, (kind, [event["type"] for event in self.events])
        return found[0]

    def is_nudged(self, kind: str) -> bool:
        """Whether the strip is nudged so within the limit."""
        return eventually(lambda: any(nudge["type"] == kind for nudge in self.nudges), within=LIMIT)

    def close(self) -> None:
        """Leave as a closed tab does: without a goodbye, for which werkzeug's server would keep us waiting."""
        if self._socket.connected and self._socket.eio.ws is not None:
            self._socket.eio.ws.sock.shutdown(SHUT_RDWR)
        elif self._socket.connected:
            self._socket.disconnect()
        self._socket.wait()
        self.http.close()


def walk_the_path(host: Caller, guest: Caller, guest_id: str) -> None:
    """Start, subscribe, join, ask, accept, microphone, step down, end; every step seen by who must see it.

    ``guest`` follows ``host``, and both listen already.
    """
    started = host.call("POST", "/spaces", {"title": "Why small software lasts"})
    assert started.status_code == 201, started.text
    space = f"/spaces/{started.json()['space']['id']}"
    space_id = started.json()["space"]["id"]
    assert guest.is_nudged("live")
    [entry] = guest.call("GET", "/strip").json()["entries"]
    assert entry["space"]["id"] == space_id

    assert host.subscribe(space_id)["me"]["role"] == "host"
    assert guest.subscribe(space_id)["me"]["permissions"] == ["ask_to_speak", "listen", "report"]
    joined = guest.call("POST", f"{space}/join")
    assert joined.json()["tier"] == "rtc"

    assert guest.call("POST", f"{space}/requests").status_code == 200
    asked = host.hears("requested")
    assert [row["user_id"] for row in asked["data"]["requests"]["put"]] == [guest_id]
    assert host.call("POST", f"{space}/requests/{guest_id}/accept").status_code == 200
    accepted = guest.hears("request_accepted")
    assert accepted["data"]["snapshot"]["me"]["role"] == "speaker"

    opened = guest.call("PUT", f"{space}/stage/me/microphone", {"is_open": True, "is_talking": True})
    assert opened.status_code == 200
    assert host.hears("talking")["data"] == {"user_id": guest_id, "is_talking": True}
    assert guest.call("DELETE", f"{space}/stage/me").status_code == 200
    assert host.hears("stepped_down")["data"]["stage"]["drop"] == [guest_id]

    assert host.call("POST", f"{space}/end").json()["space"]["state"] == "ended"
    assert guest.hears("ended")["data"]["space"]["state"] == "ended"
    assert guest.is_nudged("ended")
    assert guest.call("GET", "/strip").json()["entries"] == []
