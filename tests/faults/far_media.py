"""The fake SFU in one process, called from another: it lives on while the app is killed."""

from __future__ import annotations

import threading
from multiprocessing.managers import BaseManager
from typing import Any, cast

from spaces_feature.ports import MediaServer
from spaces_feature.testing.media import FakeMediaServer

KEY = b"between two processes of one test"


class _Manager(BaseManager):
    """The line between the two."""


_Manager.register("media")


def far_media(port: int) -> MediaServer:
    """Return the SFU that ``serve_media`` serves at this port."""
    manager = _Manager(("127.0.0.1", port), KEY)
    manager.connect()
    return cast(MediaServer, manager.media())  # type: ignore[attr-defined]


def serve_media(media: FakeMediaServer) -> int:
    """Serve the SFU to other processes for as long as this one lives; returns the port."""

    class Manager(BaseManager):
        """One for each SFU, since what is registered belongs to the class."""

    def the_one() -> Any:
        return media

    Manager.register("media", callable=the_one)
    server = Manager(("127.0.0.1", 0), KEY).get_server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return int(cast(tuple[str, int], server.address)[1])
