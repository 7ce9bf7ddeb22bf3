"""``python -m host_app.wsgi``: Plaza on 127.0.0.1:PORT under eventlet. The one place that patches Python."""

from __future__ import annotations

import warnings

# That eventlet is in its last years is known; the log of every start need not say so.
warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import logging  # noqa: E402 - everything else must meet the patched modules
import socket  # noqa: E402

from eventlet import wsgi  # noqa: E402

from . import create_app  # noqa: E402

#: Connections served at once. eventlet's own limit of 1,024 would let open sockets starve the host's pages.
MOST_CONNECTIONS = 20_000


def serve() -> None:
    """Serve until the process is told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("host_app", "spaces_feature"):
        logging.getLogger(name).setLevel(logging.INFO)
    app = create_app({"ASYNC_MODE": "eventlet", "METRICS": True})
    listener = eventlet.listen(("127.0.0.1", app.config["PORT"]), backlog=1024)
    # Without it small answers wait for the other side's delayed acknowledgement; accepted sockets inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # No access log: query strings may carry tokens.
    wsgi.server(listener, app, max_size=MOST_CONNECTIONS, log_output=False, debug=False)


if __name__ == "__main__":
    serve()
