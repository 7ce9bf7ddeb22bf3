"""``python -m benchmarks.bare_sender PORT COUNT``: for each byte it is sent, one frame to COUNT others.

The floor of telling many: one ``send`` for each, and nothing that decides to whom.
"""

from __future__ import annotations

import json
import socket
import sys

from .audience import STRIP

_MESSAGE = {"type": "live", "space_id": "0123456789abc", "spread_ms": 10_000}


def serve(port: int, count: int) -> None:
    """Serve until the connection that gives the sign, which is the first, is closed."""
    with socket.create_server(("127.0.0.1", port), backlog=1024) as listener:
        sign, _ = listener.accept()
        others = [listener.accept()[0] for _ in range(count)]
        text = f"{STRIP}{json.dumps(_MESSAGE)}]".encode()
        frame = bytes([0x81, len(text)]) + text if len(text) < 126 else b"\x81\x7e" + len(text).to_bytes(2) + text
        sign.sendall(b"ready")
        while sign.recv(1):
            for wire in others:
                wire.send(frame)


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
