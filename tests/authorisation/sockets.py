"""How a row of the matrix about sockets is carried out, through Flask-SocketIO's own test client."""

from __future__ import annotations

from typing import Any

from flask_socketio import SocketIOTestClient

from tests.authorisation.calls import body_of, routes_by_name
from tests.authorisation.house import House, member
from tests.realtime.conftest import NAMESPACE, Socket

STATUS = {"not_found": "404", "removed": "403 removed", "barred": "403 barred", "unknown_event": "422 unknown_event"}
"""What the matrix calls a problem that an event is acknowledged with, which has no status of its own."""
DEEDS = {
    "a new title": ("host", "PATCH /spaces/{space_id}", ""),
    "a request to speak": ("newcomer", "POST /spaces/{space_id}/requests", ""),
    "an invitation": ("host", "POST /spaces/{space_id}/invitations", "newcomer"),
}


class Caller(Socket):
    """A visitor's socket."""

    def __init__(self, house: House, kind: str) -> None:
        self._world = house.world
        self._user_id = house.user_id(kind)
        with house.world.identity.sign_in(self._user_id):
            self.client = SocketIOTestClient(
                house.world.app, house.socketio, namespace=NAMESPACE, flask_test_client=house.world.app.test_client()
            )

    def outcome(self, house: House, event: str) -> str:
        """What the matrix calls the answer to an event of this visitor's."""
        if not self.is_open:
            return "refused"
        if event == "connect":
            return "ok"
        if event == "disconnect":
            self.close()
            return "ok" if self._user_id not in online(house) else "still there"
        name = event if event in ("subscribe", "unsubscribe") else "accept"
        answer = self.send(name, {"space_id": house.space.id})
        return STATUS[answer["code"]] if "code" in answer else "ok"


def online(house: House) -> frozenset[Any]:
    """Members with an open socket."""
    found: frozenset[Any] = house.world.app.extensions["spaces"].seams.broadcaster.online()
    return found


def do(house: House, deed: str) -> None:
    """Let happen what the sockets are to hear of."""
    actor, what, whom = DEEDS[deed]
    method, _, path = what.partition(" ")
    route = routes_by_name()[what]
    done = house.visitor(actor).call(method, path.replace("{space_id}", house.space.id), body_of(route, whom))
    assert done.status_code == 200, done.text


def tells(message: dict[str, Any], deed: str) -> bool:
    """Whether a message says what happened, by a patch or by the member's own snapshot."""
    data = message["data"]
    lists = {**data, **data.get("snapshot", {})}
    match deed:
        case "a new title":
            return "title" in (lists.get("space") or {})
        case "a request to speak":
            return member("newcomer") in _named(lists.get("requests"))
        case _:
            return member("newcomer") in _named(lists.get("invitations"))


def _named(rows: Any) -> list[str]:
    found = rows["put"] if isinstance(rows, dict) else rows or []
    return [row["user_id"] for row in found]
