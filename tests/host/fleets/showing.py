"""Fleets as their tests use them: a clock of one's own, fleets posted by form, and what a page shows of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

from PIL import Image
from werkzeug.test import TestResponse

from tests.host.plaza import Browser


class OwnClock:
    """Plaza's clock: it stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass, as ``timedelta`` takes it."""
        self.now += timedelta(**by)


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (60, 90), **more: object) -> bytes:
    """Return a small picture of a format that Pillow writes."""
    out = BytesIO()
    Image.new("RGB", size, "#cc3f12").save(out, kind, **more)
    return out.getvalue()


def show(browser: Browser, text: str = "", *, picture: bytes | None = None, **fields: str) -> TestResponse:
    """Post a fleet by the form, with a picture perhaps."""
    data: dict[str, object] = {"csrf_token": browser.token, "text": text, **fields}
    if picture is not None:
        data["picture"] = (BytesIO(picture), "picture.jpg")
    return browser.client.post("/fleets", data=data)


def path_of(browser: Browser, username: str) -> str:
    """Return the path, below ``/fleets``, of the fleet that opens for this viewer."""
    found = re.search(r'action="(/fleets/[0-9a-f]{16})/(?:reply|delete)"', browser.open(f"/fleets/@{username}").text)
    assert found, f"nothing of {username} opens"
    return found[1]


def picture_url(browser: Browser, path: str) -> str:
    """Return the address of the picture on a fleet's page."""
    found = re.search(r'src="(/fleets/pictures/[^"]+)"', browser.open(path).text)
    assert found, f"no picture on {path}"
    return found[1]


def fetch(browser: Browser, address: str) -> TestResponse:
    """Ask for what is no page."""
    return browser.client.get(address, buffered=True)


def stripped(browser: Browser) -> dict[str, bool]:
    """Return whose fleets stand in the viewer's strip, and whether they are seen."""
    entries = browser.call("GET", "/strip").json["entries"]
    return {one["people"][0]["username"]: one["is_seen"] for one in entries if one["kind"] == "fleet"}


def id_of(browser: Browser) -> str:
    user_id: str = browser.call("GET", "/me").json["user_id"]
    return user_id


def ring_of(viewer: Browser, author: Browser) -> str | None:
    """Return what is around the author's face for the viewer."""
    user_id = id_of(author)
    ring: str | None = viewer.call("GET", f"/avatars?user_ids={user_id}").json["data"].get(user_id)
    return ring
