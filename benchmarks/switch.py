"""A wire that can be cut: a TCP port on loopback that leads to another one, for calls that shall fail for a while."""

from __future__ import annotations

import contextlib
import socket
import threading

from tests.sfu.server import free_port


class Switch:
    """Open at first. While it is shut, connections are refused and those that were open are broken."""

    def __init__(self, leads_to: int) -> None:
        self._leads_to = leads_to
        self._lock = threading.Lock()
        self._wires: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.port = free_port()
        self.open()

    def open(self) -> None:
        """Let connections through."""
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self._answer, args=(self._listener,), daemon=True).start()

    def shut(self) -> None:
        """Refuse connections and break those that are open. Shutting it again changes nothing."""
        listener, self._listener = self._listener, None
        if listener is not None:
            # Closing alone would leave the thread in its accept, and the port open with it.
            _end(listener)
            listener.close()
        with self._lock:
            for wire in self._wires:
                _end(wire)

    def _answer(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._leads_to))
            except OSError:
                near.close()
                continue
            for wire in (near, far):
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._wires |= {near, far}
            # Accepted at the very moment of being shut.
            if self._listener is not listener:
                _end(near)
                _end(far)
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                sink.sendall(part)
        _end(source)
        _end(sink)
        with self._lock:
            # The other direction reads from the sink and closes that.
            self._wires.discard(source)
            source.close()


def _end(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)
