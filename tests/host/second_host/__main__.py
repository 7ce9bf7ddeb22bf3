"""``python -m tests.host.second_host PORT SFU_PORT FOLDER``: Parlour on 127.0.0.1:PORT, in threads.

The database lies in FOLDER. LiveKit's key and secret come from SPACES_LIVEKIT_API_KEY and SPACES_LIVEKIT_API_SECRET;
its webhooks go to ``http://127.0.0.1:PORT/rooms/webhooks/livekit``. ``GET /healthz`` answers 200 when it can be used.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from werkzeug.serving import make_server

from .app import create_parlour


def main() -> None:
    """Serve until the process is told to stop."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    port, sfu_port, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    parlour = create_parlour(
        f"sqlite:///{folder / 'parlour.sqlite3'}",
        SECRET_KEY="parlour keeps no secrets: it is made for tests",
        SPACES_LIVEKIT_URL=f"ws://127.0.0.1:{sfu_port}",
        SPACES_LIVEKIT_API_KEY=os.environ["SPACES_LIVEKIT_API_KEY"],
        SPACES_LIVEKIT_API_SECRET=os.environ["SPACES_LIVEKIT_API_SECRET"],
    )
    make_server("127.0.0.1", port, parlour.app, threaded=True).serve_forever()


if __name__ == "__main__":
    main()
