"""LiveKit keeps the contract of the port, in front of a real server and with real clients."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spaces_feature.domain.media import JoinGrant
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import MediaServerContract

from .server import Sfu, free_port
from .sound import Participant


class TestLiveKit(MediaServerContract):
    """The contract, at the real server. ``media`` and ``arrive`` are the folder's own fixtures."""

    @pytest.fixture
    def media(self, sfu: Sfu) -> LiveKit:
        return sfu.media()

    @pytest.fixture
    def arrive(self, arrive: Callable[[JoinGrant], Participant]) -> Callable[[JoinGrant], Participant]:
        return arrive

    @pytest.fixture
    def unreachable(self, sfu: Sfu) -> LiveKit:
        return LiveKit(f"http://127.0.0.1:{free_port()}", sfu.ws_url, sfu.api_key, sfu.api_secret, deadline=1.0)
