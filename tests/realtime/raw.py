"""A client that speaks Engine.IO and Socket.IO by hand, so that it can do what no library lets it do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import SHUT_RDWR, SO_RCVBUF, SOL_SOCKET
from typing import Any

import requests
import websocket

from spaces_feature.testing.media import eventually
from tests.sfu.server import free_port

ROOT = Path(__file__).parents[2]
LIMIT = 10.0
GONE = (websocket.WebSocketException, OSError)


class Host:
    """A tiny host in a process of its own."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"
        self._log = log
        self._raws: list[Raw] = []

    @property
    def log(self) -> str:
        """All it has written."""
        return self._log.read_text()

    def held(self) -> dict[str, int]:
        """What it holds for its clients."""
        counts: dict[str, int] = requests.get(f"{self.origin}/held", timeout=LIMIT).json()
        return counts

    def flood(self, times: int, size: int) -> None:
        """Let it send so many messages of a size to everybody who is connected."""
        assert requests.post(f"{self.origin}/flood/{times}/{size}", timeout=30).text == "sent"

    def is_well(self) -> bool:
        """Whether it answers."""
        with suppress(requests.ConnectionError):
            return requests.get(f"{self.origin}/healthz", timeout=LIMIT).status_code == 200
        return False

    def connect(self, name: str, **options: Any) -> Raw:
        """A member's connection that is in the namespace."""
        raw = self.open(name, **options)
        assert raw.enter().startswith("40/spaces,"), "it was refused"
        return raw

    def open(self, name: str, **options: Any) -> Raw:
        """A member's connection that is in no namespace."""
        raw = Raw(self, name, **options)
        self._raws.append(raw)
        return raw

    def close_all(self) -> None:
        """Close every connection that was made."""
        for raw in self._raws:
            raw.close()
        self._raws.clear()


@contextmanager
def a_host(mode: str, folder: Path, **environment: str) -> Iterator[Host]:
    """Run a tiny host in one kind of concurrency."""
    port, log = free_port(), folder / f"{mode}.log"
    command = [sys.executable, "-m", "tests.realtime.tiny_host", mode, str(port), str(folder)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=out, env={**os.environ, "PYTHONUNBUFFERED": "1", **environment}
        )
    host = Host(port, log)
    try:
        assert eventually(host.is_well, within=20), host.log
        yield host
    finally:
        process.terminate()
        process.wait(10)


class Raw:
    """One websocket; ``address`` is where it says to come from, ``buffer`` how many bytes its kernel takes for it.

    With ``polls_first`` it begins with polling and is upgraded, as browsers do it.
    """

    def __init__(
        self,
        host: Host,
        name: str,
        address: str = "",
        buffer: int = 0,
        origin: str | None = None,
        polls_first: bool = False,
    ) -> None:
        self._host = host
        self._number = 0
        headers = [f"X-Member: {name}"] + ([f"X-Forwarded-For: {address}"] if address else [])
        query = ""
        if polls_first:
            opened = requests.get(
                f"{host.origin}/socket.io/?EIO=4&transport=polling", headers={"X-Member": name}, timeout=LIMIT
            )
            query = f"&sid={json.loads(opened.text[1:])['sid']}"
        self.ws = websocket.create_connection(
            f"ws://127.0.0.1:{host.port}/socket.io/?EIO=4&transport=websocket{query}",
            header=headers,
            timeout=LIMIT,
            skip_utf8_validation=True,  # in Python, and slower than what is tested here
            suppress_origin=origin is None,
            origin=origin,
            sockopt=((SOL_SOCKET, SO_RCVBUF, buffer),) if buffer else (),
        )
        if polls_first:
            self.say("2probe")
            assert self.ws.recv() == "3probe"
            self.say("5")
        else:
            assert self.ws.recv().startswith("0{")

    def enter(self) -> str:
        """Ask for the namespace; returns the answer: ``40`` is welcome, ``44`` refused, with the reason."""
        self.say("40/spaces,")
        return self.hear(("40", "44"))

    def say(self, text: str) -> None:
        """Send a text frame as it is."""
        self.ws.send(text)

    def hear(self, beginnings: tuple[str, ...]) -> str:
        """Return the next message that begins so, answering pings on the way."""
        while True:
            text = self.ws.recv()
            if text == "2":
                self.say("3")
            if str(text).startswith(beginnings):
                return str(text)

    def send(self, *event: Any) -> None:
        """Send an event that wants an acknowledgement."""
        self._number += 1
        self.say(f"42/spaces,{self._number}{json.dumps(event)}")

    def ask(self, *event: Any) -> Any:
        """Send an event and return its acknowledgement."""
        self.send(*event)
        return self.answer()

    def answer(self) -> Any:
        """The next acknowledgement."""
        [answer] = json.loads(self.hear(("43/spaces,",)).partition(",")[2].lstrip("0123456789"))
        return answer

    def is_cut(self) -> bool:
        """Whether the server ended the connection: read on, for some seconds, until it does."""
        deadline = time.monotonic() + 5
        try:
            while time.monotonic() < deadline:
                self.ws.settimeout(max(0.1, deadline - time.monotonic()))
                if self.ws.recv() == "2":
                    self.say("3")
        except (TimeoutError, websocket.WebSocketTimeoutException):
            return False
        except GONE:
            return True
        return False

    def close(self) -> None:
        """Go without a goodbye."""
        with suppress(*GONE, AttributeError):
            self.ws.sock.shutdown(SHUT_RDWR)  # closing alone would wait for a thread that reads
        with suppress(*GONE):
            self.ws.shutdown()
