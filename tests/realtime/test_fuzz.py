"""Ten thousand frames of nonsense, and what the server holds afterwards (R41)."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import pytest

from spaces_feature.testing.media import eventually
from tests.realtime.raw import GONE, Host, Raw, a_host

FRAMES = 10_000
READ_WITHIN = 3.0
"""Seconds. Some frames end the reading and nothing else, until a ping is not answered: no use to wait for that."""
HELD = ("members", "sids", "attachments")
PIECES = [
    *("0", "1", "2", "3", "4", "5", "6", "9", "٢", "²", "-", "51-", "99999999999-", "1-", ""),
    *("/spaces", "/spaces,", "/spaces?a=b,", "/", "/other,", "/spacesx,", "/space", "/../spaces,"),
    *("7", "0000000000000000000000", "1e9", "-1", "null", "true", '"', "[", "]", "{", "}", ",", ":", " ", "\n", "\0"),
    *('["subscribe"', '["unsubscribe"', '["connect"', '["disconnect"', '["event"', "[[1]", "[null", "[]", '[{"a":1}'),
    *(',{"space_id":"0123456789abc"}]', ',{"space_id":7}]', ',{"_placeholder":true,"num":0}]', ",1,2,3]", "]"),
    *('{"space_id":', "\\ud800", "\U0001f600", "x" * 1100, "[" * 900, '{"a":' * 200),
]
SOUND = '["subscribe",{"space_id":"0123456789abc"}]'


def frames(seed: int) -> Iterator[str | bytes]:
    """Frames of every kind: pieces of the protocol in any order, sound frames with a character gone wrong, bytes."""
    dice = random.Random(seed)
    while True:
        kind = dice.random()
        if kind < 0.5:
            yield "4" + "".join(dice.choices(PIECES, k=dice.randrange(1, 7)))
        elif kind < 0.8:
            text = list(f"42/spaces,{dice.randrange(99)}{SOUND}")
            for _ in range(dice.randrange(1, 4)):
                text[dice.randrange(len(text))] = dice.choice(PIECES)
            yield "".join(text)
        elif kind < 0.9:
            yield "4" + json.dumps(dice.choice([None, 1.5, {}, [], {"a": 1}, ["subscribe"], "2/spaces,[]", "x"]))
        else:
            yield bytes(dice.randrange(256) for _ in range(dice.randrange(40)))


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with a_host("threading", tmp_path_factory.mktemp("fuzz")) as running:
        yield running


def all_read(raw: Raw, batch: list[str | bytes]) -> bool:
    """Send frames and wait until the server has read them all; False when it cut the connection or stopped reading."""
    raw.ws.settimeout(READ_WITHIN)
    try:
        for frame in batch:
            if isinstance(frame, bytes):
                raw.ws.send_binary(frame)
            else:
                raw.say(frame)
        raw.say("5")  # asks for an upgrade, which is answered with a word that means nothing
        raw.hear(("6",))
    except GONE:
        return False
    finally:
        raw.close()
    return True


def failures(host: Host) -> list[str]:
    """What failed unhandled, but for what happens on any Socket.IO server that is sent such frames.

    Engine.IO's writers say goodbye to a connection that is not there any more, and attachments are announced for the
    default namespace, which is the host's.
    """
    theirs = ("in writer\n", "in add_attachment\n")
    return [text[:2000] for text in host.log.split("Traceback")[1:] if not any(words in text for words in theirs)]


@pytest.mark.timeout(300)
def test_nonsense_breaks_nothing(host: Host) -> None:
    """R41: after 10,000 fuzzed frames nothing failed unhandled, nothing is kept, and a socket beside is answered."""
    beside = host.connect("grace")
    before = host.held()
    dice, nonsense = random.Random(4), frames(41)
    sent, ends = 0, Counter[bool]()
    while sent < FRAMES:
        batch = list(islice(nonsense, dice.choice((1, 20, 60, 400))))
        sent += len(batch)
        ends[all_read(host.connect("ada"), batch)] += 1
        # A member has eight sockets at most, and the server learns of a connection's end when it does.
        assert eventually(lambda: host.held()["connections"] < 5, within=10), host.held()
        assert beside.ask("subscribe", {"space_id": "0123456789abc"})["code"] == "not_found"
    assert eventually(lambda: host.held()["connections"] == 1, within=10), host.held()
    after = host.held()
    assert {name: after[name] for name in HELD} == {name: before[name] for name in HELD}
    assert eventually(lambda: host.held()["threads"] <= before["threads"] + 2, within=10), host.held()
    assert ends[True] > 10
    assert ends[False] > 10
    assert failures(host) == []
