"""The port ``MediaServer``: a stand-in that runs in memory, and the contract of every adapter."""

from __future__ import annotations

from .media_client import FakeClient, JoinError
from .media_fake import FakeMediaServer
from .media_ground import (
    ADA,
    ALAN,
    AUDIENCE,
    GRACE,
    LISTENER,
    MINUTE,
    SPEAKER,
    Arrive,
    Join,
    MediaClient,
    Told,
    eventually,
)
from .media_hooks import WebhookContract
from .media_keys import TokenContract
from .media_post import Postman, SignedWebhook
from .media_rooms import RoomContract

__all__ = [
    "ADA",
    "ALAN",
    "AUDIENCE",
    "GRACE",
    "LISTENER",
    "MINUTE",
    "SPEAKER",
    "Arrive",
    "FakeClient",
    "FakeMediaServer",
    "Join",
    "JoinError",
    "MediaClient",
    "MediaServerContract",
    "Postman",
    "SignedWebhook",
    "Told",
    "eventually",
]


class MediaServerContract(RoomContract, TokenContract, WebhookContract):
    """What every ``MediaServer`` must do, rough edges included. Subclass it in a test module and give its fixtures.

    Yours to give are ``media``, ``unreachable``, ``frozen``, ``arrive`` and ``told``; see ``MediaGround``.
    """
