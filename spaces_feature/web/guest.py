"""Who calls: the signed-in member, else somebody who listens signed out and is known by a cookie of ours alone.

A guest begins with a join and is nobody else anywhere: the id is random, signed, and forgotten after twelve hours. To
all but the few calls that a guest may make, and to every Space that takes no guests, they are signed out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadSignature, TimestampSigner

from ..domain.ids import GUEST, NOBODY, SpaceId, UserId, is_guest, is_space_id
from ..errors import NotSignedIn
from ..services.access import is_open_to_guests
from ..services.seams import Seams
from .routes import Route

COOKIE = "spaces_guest"
LIFE = timedelta(hours=12)
LONGEST = 200
"""Characters of a cookie that is looked at."""
BEGINS = "join"
"""The route that makes a guest of somebody who has no cookie."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks. ``is_new``: a guest whose browser does not have the cookie yet."""

    user_id: UserId
    is_new: bool = False


class _Signer(TimestampSigner):
    """Signs with the app's own clock."""

    def __init__(self, seams: Seams) -> None:
        super().__init__(current_app.secret_key or "", salt="spaces.guest")
        self._clock = seams.clock

    def get_timestamp(self) -> int:
        return int(self._clock().timestamp())


def guest_of_cookie(seams: Seams) -> UserId | None:
    """Return the guest whose cookie came with this request or socket handshake, None without a good one."""
    cookie = request.cookies.get(COOKIE, "")
    if not cookie or len(cookie) > LONGEST:
        return None
    try:
        name = _Signer(seams).unsign(cookie, max_age=int(LIFE.total_seconds())).decode()
    except (BadSignature, UnicodeDecodeError):
        return None
    guest = UserId(f"{GUEST}{name}")
    return guest if is_guest(guest) else None


def asker_of(seams: Seams, route: Route, ids: dict[str, str]) -> Asker:
    """Return who calls a route. Raises NotSignedIn, whatever the reason for which a guest may not call it."""
    member = seams.identity.current_user_id()
    if member is not None:
        return Asker(member)
    if route.public:
        return Asker(guest_of_cookie(seams) or NOBODY)
    guest = guest_of_cookie(seams) if route.guests else None
    begins = guest is None and route.guests and route.name == BEGINS
    if guest and "space_id" not in ids:
        return Asker(guest)
    if (guest or begins) and _takes_guests(seams, ids.get("space_id", "")):
        return Asker(guest) if guest else Asker(UserId(f"{GUEST}{seams.ids.row_id()}"), is_new=True)
    raise NotSignedIn(way_on="Sign in and come back.")


def _takes_guests(seams: Seams, space_id: str) -> bool:
    if not is_space_id(space_id):
        return False
    with seams.store.begin() as work:
        space = work.load(SpaceId(space_id))
        return space is not None and is_open_to_guests(seams, space)


def remember_guest(seams: Seams, response: Response, guest: UserId) -> None:
    """Give the browser the cookie, good for twelve hours from now. It goes where the host's session cookie goes."""
    session: Any = current_app.session_interface
    response.set_cookie(
        COOKIE,
        _Signer(seams).sign(guest.removeprefix(GUEST)).decode(),
        max_age=LIFE,
        path=session.get_cookie_path(current_app),
        domain=session.get_cookie_domain(current_app),
        secure=request.is_secure or session.get_cookie_secure(current_app),
        httponly=True,
        samesite="Lax",
    )
