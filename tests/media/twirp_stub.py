"""A server in place of LiveKit that misbehaves on purpose: one connection at a time is scripted by the test."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EMPTY_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/protobuf\r\nContent-Length: 0\r\n\r\n"

Conversation = Callable[[socket.socket, int], None]


def answer(status: str, body: bytes) -> bytes:
    """Return a whole HTTP answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def read_request(connection: socket.socket) -> bytes:
    """Return one whole request; empty when the client has hung up."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            return b""
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def serving(converse: Conversation) -> Iterator[str]:
    """Yield the URL of a server that gives each connection, with its number from 1, to ``converse`` in a thread."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    def accept() -> None:
        number = 0
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            number += 1
            threading.Thread(target=talk, args=(connection, number), daemon=True).start()

    def talk(connection: socket.socket, number: int) -> None:
        with connection:
            converse(connection, number)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
