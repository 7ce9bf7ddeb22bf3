"""``python -m benchmarks.web_server SETTINGS``: Plaza under eventlet with the bare views beside the package's."""

from __future__ import annotations

import warnings

warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import json  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from eventlet import wsgi  # noqa: E402

from host_app import create_app  # noqa: E402

from .bare_views import add_bare_views  # noqa: E402


def serve(settings: Path) -> None:
    """Serve until killed, as ``host_app.wsgi`` does."""
    app = create_app({**json.loads(settings.read_text()), "ASYNC_MODE": "eventlet"})
    add_bare_views(app)
    listener = eventlet.listen(("127.0.0.1", app.config["PORT"]), backlog=1024)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    wsgi.server(listener, app, max_size=20_000, log_output=False, debug=False)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
