"""SEC-14: a kill switch bites in every process and on what is live; nothing is half done, and members are told."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.rollout import Kill
from spaces_feature.domain.space import EndReason, State
from spaces_feature.services.flags.flag_ledger import Killing
from spaces_feature.testing.media import eventually
from tests.faults.running import Host
from tests.realtime.caller import Caller

from .full_house import ADA, GUESTS, LATE, LISTENERS, PAM, House, a_house
from .server import Sfu
from .sound import SoundLoop

LIMIT = 25.0
"""Seconds. Promised are five; this machine may be busy."""
NOWHERE = "/spaces/0000000000000"
UNTITLED = " "
"""Nothing comes of a question about either, also where it is not refused for a switch."""


@pytest.fixture(scope="module")
def running(sfu: Sfu, sound_loop: SoundLoop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two processes in front of the real SFU."""
    with a_house(tmp_path_factory.mktemp("house"), sfu, sound_loop) as house:
        yield house


@pytest.fixture
def house(running: House) -> Iterator[House]:
    """The two processes; afterwards no kill switch is pressed and nothing is live."""
    yield running
    running.clear()


def is_told(page: Caller, host: Host, who: str, space_id: SpaceId) -> bool:
    """Whether a member's open page has heard that Spaces are switched off, or hears it when it tries to come back."""
    heard = any("switched_off" in json.dumps(event["data"]) for event in page.events)
    return heard or refusal(host, who, f"/spaces/{space_id}/join") == "switched_off"


def refusal(host: Host, who: str, path: str, **body: object) -> str | None:
    """The code that a command is refused with; None when it is done."""
    answer = host.call(who, "POST", path, body or None)
    return str(answer.json()["code"]) if answer.status_code >= 400 else None


def is_refused(house: House, who: str, path: str, **body: object) -> bool:
    """Whether both processes refuse a command for a kill switch."""
    return {refusal(host, who, path, **body) for host in house.hosts} == {"switched_off"}


def is_over(house: House, *spaces: SpaceId) -> bool:
    """Whether nobody and nothing of these Spaces is left, in rows and at the SFU."""
    reasons = {(house.space(one).state, house.space(one).end_reason) for one in spaces}
    left = [what for one in spaces for what in house.left_over(one)]
    return reasons == {(State.ENDED, EndReason.SWITCHED_OFF)} and not left and not house.media.rooms()


@contextmanager
def without_flags(house: House) -> Iterator[None]:
    """The table of flags is away; that of kill switches is not."""
    rename = "ALTER TABLE spaces_flag{} RENAME TO spaces_flag{}"
    with house.world.db.engine.begin() as connection:
        connection.execute(text(rename.format("", "_away")))
    try:
        yield
    finally:
        with house.world.db.engine.begin() as connection:
            connection.execute(text(rename.format("_away", "")))


def test_end_ends_what_runs_everywhere(house: House) -> None:
    """SEC-14: a full stage, listeners, another Space: all are out and told, and nothing is left in rows or the SFU."""
    full = house.fill(ADA)
    assert len(house.media.participants(house.room(full))) == len([ADA, *GUESTS, *LISTENERS])
    assert house.clients[ADA].publish()
    assert house.clients[LISTENERS[0]].heard_hz() is not None
    other = house.go_live(LATE[0])
    pages = [(house.page(who, host, full), host, who) for who, host in zip(LISTENERS, house.hosts, strict=False)]

    assert refusal(house.here, ADA, "/flags/spaces.enabled/kill", mode="end") == "staff_only"
    began = time.monotonic()
    house.flag("spaces.enabled", "kill", mode="end")
    assert eventually(lambda: is_over(house, full, other), within=LIMIT), house.left_over(full)
    assert eventually(lambda: all(client.farewell for client in house.clients.values()), within=LIMIT)
    print(f"everybody is out after {time.monotonic() - began:.2f} s")
    for page, host, who in pages:
        assert eventually(lambda: is_told(page, host, who, full), within=LIMIT), page.events  # noqa: B023
    for host in house.hosts:
        assert host.call(LATE[1], "POST", "/spaces", {"title": "All the same"}).status_code in (403, 404)
        assert "Traceback" not in host.words()


def test_no_new_leaves_alone_what_runs(house: House) -> None:
    """New Spaces, voices and listeners are refused in both processes; who is in stays, hears, and comes back."""
    space_id = house.go_live(ADA)
    speaker, listener, (new, newer, *_) = GUESTS[0], LISTENERS[0], LATE
    house.seat(ADA, speaker, space_id)
    house.enter(listener, space_id)
    assert house.clients[speaker].publish()

    house.flag("spaces.host", "kill", mode="no_new")
    assert eventually(lambda: is_refused(house, new, "/spaces", title=UNTITLED), within=LIMIT)
    house.enter(new, space_id)
    house.flag("spaces.speak", "kill", mode="no_new")
    assert eventually(lambda: is_refused(house, new, f"{NOWHERE}/requests"), within=LIMIT)
    house.flag("spaces.listen", "kill", mode="no_new")
    assert eventually(lambda: is_refused(house, newer, f"{NOWHERE}/join"), within=LIMIT)

    ask, join = f"/spaces/{space_id}/requests", f"/spaces/{space_id}/join"
    assert (refusal(house.there, listener, ask), refusal(house.there, newer, join)) == ("switched_off", "switched_off")
    assert house.space(space_id).state is State.LIVE
    assert not any(client.farewell for client in house.clients.values())
    assert house.clients[listener].heard_hz() is not None, "who was on stage is heard no more"
    assert refusal(house.there, listener, join) is None, "a page that loads again loses its place"
    house.flag("spaces.listen", "revive")
    assert eventually(lambda: refusal(house.there, newer, join) is None, within=LIMIT)
    assert refusal(house.there, newer, ask) == "switched_off"


def test_a_kill_switch_bites_while_flags_cannot_be_read(house: House) -> None:
    """The table of flags is away: the click is taken, the other process takes nobody in, and what runs ends."""
    space_id = house.go_live(ADA)
    with without_flags(house):
        assert house.here.call(PAM, "POST", "/flags/spaces.host/kill", {"mode": "end"}).status_code == 200
        assert eventually(lambda: is_over(house, space_id), within=LIMIT), house.here.words()
        assert eventually(lambda: is_refused(house, LATE[0], "/spaces", title=UNTITLED), within=LIMIT)


def test_a_switch_whose_process_died_is_obeyed_by_the_others(house: House) -> None:
    """Whoever pressed it was killed right after the commit: what runs ends all the same, and nobody comes in."""
    space_id = house.go_live(ADA)
    house.enter(LISTENERS[0], space_id)
    with house.world.seams.store.begin() as work:
        work.press(Killing("spaces.listen", Kill.END, datetime.now(UTC), UserId(PAM), ""))
    assert eventually(lambda: is_over(house, space_id), within=LIMIT), house.left_over(space_id)
    assert eventually(lambda: is_refused(house, LATE[0], f"{NOWHERE}/join"), within=LIMIT)
    assert eventually(lambda: all(client.farewell for client in house.clients.values()), within=LIMIT)
    assert not any("Traceback" in host.words() for host in house.hosts)
