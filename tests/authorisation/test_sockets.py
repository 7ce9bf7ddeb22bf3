"""The cells about Socket.IO: who is let in, what an event is answered with, and who is sent what."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spaces_feature.realtime.messages import schemas
from spaces_feature.realtime.namespace import KNOWN, OWN, SpacesNamespace
from tests.authorisation import table
from tests.authorisation.house import House
from tests.authorisation.sockets import Caller, do, tells
from tests.authorisation.table import SOCKETS, Line

ASKED = [line for line in table.lines(SOCKETS) if not line.of]
SENT = [line for line in table.lines(SOCKETS) if line.of]


def test_every_event_has_a_row() -> None:
    """R32: an event that the namespace answers or sends, and that has no row in the matrix, fails the build."""
    handled = {name.removeprefix("on_") for name in vars(SpacesNamespace) if name.startswith("on_")}
    described = schemas()
    assert handled == KNOWN | OWN
    assert {line.what for line in ASKED} == handled | {"(anything else)"}
    assert described["in"].keys() == KNOWN
    assert {line.what for line in SENT} == described["out"].keys()


@pytest.mark.parametrize("line", ASKED, ids=str)
def test_what_is_asked(house: House, line: Line) -> None:
    """R32: each visitor's socket gets the outcome of their cell, and nothing that a socket says changes a row."""
    before = house.rows()
    for kind, expected in line.cells:
        socket = Caller(house, kind)
        assert socket.outcome(house, line.what) == expected, (str(line), kind)
        if socket.is_open:
            socket.close()
        assert house.rows() == before, (str(line), kind)


@pytest.fixture
def sockets(house: House) -> Iterator[dict[str, Caller]]:
    """Everybody's socket; each watches the Space if it may."""
    opened = {kind: Caller(house, kind) for kind in table.visitors(SOCKETS)}
    admitted = {kind: socket for kind, socket in opened.items() if socket.is_open}
    for socket in admitted.values():
        socket.subscribe(house.space.id)
        socket.received()
    yield opened
    for socket in admitted.values():
        socket.close()


@pytest.mark.parametrize("line", SENT, ids=str)
def test_what_is_sent(house: House, sockets: dict[str, Caller], line: Line) -> None:
    """SEC-17: what happens in a Space reaches those whom it concerns, and no word of it anybody else."""
    do(house, line.of)
    heard = {}
    for kind, socket in sockets.items():
        messages = socket.received(line.what) if socket.is_open else []
        told = messages if line.what == "strip" else [message for message in messages if tells(message, line.of)]
        heard[kind] = "heard" if told else "silent"
    assert heard == dict(line.cells)
