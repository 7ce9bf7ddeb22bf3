"""Clients that do not read what they are sent (R42), in every kind of concurrency, beside one that does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest

from spaces_feature.testing.media import eventually
from tests.realtime.raw import GONE, Host, Raw, a_host

MODES = ("threading", "eventlet", "gevent")
STUCK = 3
SMALL = 4096
"""Bytes that the kernel of a client that does not read takes for it; what it says before is lost in the server's."""


@pytest.fixture(scope="module", params=MODES)
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with a_host(request.param, tmp_path_factory.mktemp(request.param), STUCK=str(STUCK)) as running:
        yield running


class Reader:
    """A client that reads all the time, and counts."""

    def __init__(self, host: Host, name: str) -> None:
        self.count = 0
        self.is_open = True
        self._raw = host.connect(name)
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with suppress(*GONE):
            while True:
                self._raw.hear(("42/spaces,",))
                self.count += 1
        self.is_open = False

    def close(self) -> None:
        self._raw.close()


def pong(raw: Raw) -> None:
    """Show signs of life without reading, until that cannot be done any more."""
    with suppress(*GONE):
        for _ in range(200):
            raw.say("3")
            if eventually(lambda: not raw.ws.connected, within=0.1):
                return


def test_who_never_reads_is_cut(host: Host) -> None:
    """R42: with 256 packets waiting two silent clients are gone in seconds, PONGs or not; the reader misses nothing."""
    reader = Reader(host, "grace")
    silent = [host.connect("ada", buffer=SMALL, polls_first=polls_first) for polls_first in (True, False)]
    Thread(target=pong, args=(silent[0],), daemon=True).start()
    for sent in range(1, 31):  # in portions: a reader on a loaded machine is a reader too
        host.flood(20, 20_000)
        assert eventually(lambda sent=sent: reader.count >= sent * 20 or not reader.is_open, within=20)
    assert eventually(lambda: host.held()["connections"] == 1, within=10), host.held()
    assert all(raw.is_cut() for raw in silent)
    assert (reader.is_open, reader.count) == (True, 600)
    assert host.held()["members"] == 1
    reader.close()


def test_who_reads_nothing_for_a_minute_is_cut(host: Host) -> None:
    """R42: a handful of packets that nobody takes is enough, when the oldest waits for a minute (here for seconds)."""
    assert eventually(lambda: host.held()["connections"] == 0, within=10)
    silent = host.connect("ada", buffer=SMALL)
    host.flood(1, 12_000_000)  # more than any kernel takes
    assert eventually(lambda: host.held()["waiting"] == 0, within=5)  # it is being sent, and never will be
    host.flood(5, 10)
    reader = Reader(host, "grace")
    assert host.held()["connections"] == 2
    assert eventually(lambda: host.held()["connections"] == 1, within=5 * STUCK), host.held()
    assert silent.is_cut()
    assert reader.is_open
    reader.close()
