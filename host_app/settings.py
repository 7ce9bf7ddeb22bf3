"""Where Plaza's configuration comes from: the environment, the keys of this installation, and what a demo needs.

DEMO_DIR   where all state lives (default ``./.demo``): ``plaza.sqlite3``, ``keys.json``, ``pictures``
           and ``media``, the sound that is kept
PORT       where Plaza is served on 127.0.0.1 (default 8000)
SFU_PORT   where browsers find LiveKit on 127.0.0.1 (default 7880)
SPACES_*   any setting of the package, as JSON or plain text

VAPID_PRIVATE_KEY   the key of Web Push, 32 bytes in base64url (default none: nobody is offered it)
VAPID_CONTACT       whom push services may write to about it (default ``mailto:plaza@localhost``)
METRICS_TOKEN       who carries it as a bearer may read ``/metrics`` (default none: this machine alone may)
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

TOPICS = {
    "software": "Software",
    "craft": "Craft",
    "small-web": "Small web",
    "music": "Music",
    "science": "Science",
    "cities": "Cities",
    "food": "Food",
    "books": "Books",
    "health": "Health",
    "sport": "Sport",
}

#: The push services that browsers bring along. Nothing else is ever called: members name the address.
PUSH_SERVICES = (
    "https://fcm.googleapis.com",
    "https://updates.push.services.mozilla.com",
    "https://*.push.apple.com",
    "https://*.notify.windows.com",
)


class Keys(TypedDict):
    """The secrets of one installation, written once when it is set up."""

    secret_key: str
    livekit_api_key: str
    livekit_api_secret: str


def read_settings(given: Mapping[str, object]) -> dict[str, object]:
    """Return the whole Flask configuration. Raises FileNotFoundError when this installation has no keys yet."""
    state = Path(os.environ.get("DEMO_DIR", ".demo")).resolve()
    port = int(os.environ.get("PORT", "8000"))
    sfu_port = int(os.environ.get("SFU_PORT", "7880"))
    settings: dict[str, object] = {
        "PORT": port,
        # Commands and tests run unpatched; only wsgi.py serves under eventlet, and says so.
        "ASYNC_MODE": "threading",
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{state / 'plaza.sqlite3'}",
        # Cookies do not know ports: two demos on one machine would sign each other out.
        "SESSION_COOKIE_NAME": f"plaza_{port}",
        "REMEMBER_COOKIE_NAME": f"plaza_{port}_remember",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        # A document that Turbo keeps for hours must still be able to post.
        "WTF_CSRF_TIME_LIMIT": None,
        "SEND_FILE_MAX_AGE_DEFAULT": 3600,
        "PICTURES_DIR": str(state / "pictures"),
        # Far above what a picture may have: a form with one that is too large is read, and says so with its words kept.
        "MAX_CONTENT_LENGTH": 64 * 1024 * 1024,
        "VAPID_PRIVATE_KEY": os.environ.get("VAPID_PRIVATE_KEY", ""),
        "VAPID_CONTACT": os.environ.get("VAPID_CONTACT", "mailto:plaza@localhost"),
        "PUSH_SERVICES": PUSH_SERVICES,
        # As with ASYNC_MODE: only wsgi.py serves people, and measures.
        "METRICS": False,
        "METRICS_TOKEN": os.environ.get("METRICS_TOKEN", ""),
        "SPACES_APP_NAME": "Plaza",
        "SPACES_BASE_TEMPLATE": "base.html",
        "SPACES_MEDIA_DIR": str(state / "media"),
        "SPACES_LIVEKIT_URL": f"ws://127.0.0.1:{sfu_port}",
        "SPACES_SIGN_IN_URL": "/login?next={next}",
        "SPACES_RATE_LIMIT_FACTOR": 10,
        "SPACES_TOPICS": TOPICS,
        "SPACES_SHARE_LINKS": {
            "Share as a fleet": "/fleets/new?space={space_id}",
            "Write about it": "/write?space={space_id}",
        },
        "SPACES_CREATE_LINKS": {"Write a fleet": "/fleets/new", "Write a post": "/write"},
    }
    settings |= {key: _value(key, text) for key, text in os.environ.items() if key.startswith("SPACES_")}
    settings |= given
    if "SECRET_KEY" not in settings:
        keys = read_keys(state)
        settings["SECRET_KEY"] = keys["secret_key"]
        settings.setdefault("SPACES_LIVEKIT_API_KEY", keys["livekit_api_key"])
        settings.setdefault("SPACES_LIVEKIT_API_SECRET", keys["livekit_api_secret"])
    return settings


def read_keys(state: Path) -> Keys:
    """Return the keys kept in ``state``. Raises FileNotFoundError, with the way on, when there are none."""
    path = state / "keys.json"
    try:
        keys: Keys = json.loads(path.read_text())
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} is missing: `make demo` writes it once, with random keys.") from None
    return keys


def _value(key: str, text: str) -> object:
    # A LiveKit key or secret that happens to look like a number is still text.
    if key.startswith("SPACES_LIVEKIT_"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
