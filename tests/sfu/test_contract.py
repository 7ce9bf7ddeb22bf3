"""LiveKit keeps the contract of the port, in front of a real server and with real clients."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from spaces_feature.domain.media import JoinGrant, MediaFact
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import MediaServerContract, Told

from .server import Sfu, free_port
from .sound import Participant


class TestLiveKit(MediaServerContract):
    """The contract, at the real server. ``media`` and ``arrive`` are the folder's own fixtures."""

    #: The server collects news of who does not publish for up to 3 s before it tells the others.
    TELLS_WITHIN = 3.5

    @pytest.fixture
    def media(self, sfu: Sfu) -> LiveKit:
        return sfu.media()

    @pytest.fixture
    def arrive(self, arrive: Callable[[JoinGrant], Participant]) -> Callable[[JoinGrant], Participant]:
        return arrive

    @pytest.fixture
    def unreachable(self, sfu: Sfu) -> LiveKit:
        return LiveKit(f"http://127.0.0.1:{free_port()}", sfu.ws_url, sfu.api_key, sfu.api_secret, deadline=1.0)

    @pytest.fixture
    def frozen(self, sfu: Sfu) -> Iterator[LiveKit]:
        with socket.create_server(("127.0.0.1", 0)) as mute:
            url = f"http://127.0.0.1:{mute.getsockname()[1]}"
            yield LiveKit(url, sfu.ws_url, sfu.api_key, sfu.api_secret, deadline=0.5)

    @pytest.fixture
    def told(self, sfu: Sfu, media: LiveKit) -> Told:
        def facts() -> list[MediaFact]:
            read = (media.read_webhook(hook.body, hook.authorization) for hook in list(sfu.webhooks.received))
            return [fact for fact in read if fact is not None]

        return facts
