"""R18 for the strip: whoever's strip differs after a command is told, nobody else is, and a lost message costs 30 s.

Members, the host app and time do things by chance; everybody has the site open in a page with a socket. What a strip
says is read by ``GET /strip``. ``STRIP_PUSH_HISTORIES`` and ``STRIP_PUSH_STEPS`` make the run longer (500 is R18's).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO

from spaces_feature import Spaces, UserId
from spaces_feature.domain.ids import SpaceId
from spaces_feature.services.pulse import Pulse
from tests.realtime.conftest import Socket
from tests.web.visitor import API, SAME_ORIGIN
from tests.world import NAMES, World, a_world

HISTORIES = int(os.environ.get("STRIP_PUSH_HISTORIES", "10"))
STEPS = int(os.environ.get("STRIP_PUSH_STEPS", "60"))
POLL = timedelta(seconds=30)
LOST = 0.05
Strip = list[tuple[Any, ...]]


@dataclass
class Page:
    """One member's page: its socket and what it shows. ``behind_since``: when it missed a message."""

    socket: Socket
    shows: Strip
    polled_at: datetime | None = None
    behind_since: datetime | None = None

    def nudges(self) -> list[dict[str, Any]]:
        """What came in that makes a page fetch its strip."""
        return [message for message in self.socket.received("strip") if message["type"] != "talking"]


@dataclass
class Evening:
    """Everybody, the Spaces of this evening, and the story so far."""

    world: World
    spaces: Spaces
    pulse: Pulse
    pages: dict[str, Page] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    story: list[str] = field(default_factory=list)

    def call(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """One command of a member; None for a refusal."""
        with self.world.identity.sign_in(self.world.user(who)):
            answer = self.world.app.test_client().open(f"{API}{path}", method=method, json=body, headers=SAME_ORIGIN)
        said = answer.json if answer.data else {}
        self.story.append(f"{who}: {method} {path} {body or ''} {answer.status_code} {said.get('code', '')}")
        assert answer.status_code < 500, self.story[-1]
        return said if answer.status_code < 300 else None

    def strip_of(self, who: str) -> Strip:
        """What the member's strip says: Spaces, order, reasons, faces, titles, and the host app's items."""
        with self.world.identity.sign_in(self.world.user(who)):
            entries = self.world.app.test_client().get(f"{API}/strip").json["entries"]
        return [
            (
                one["kind"],
                one.get("id") or one["space"]["id"],
                one["space"]["title"] if "space" in one else one["is_seen"],
                tuple(one.get("reason", {}).values()),
                tuple(person["user_id"] for person in one["people"]),
            )
            for one in entries
        ]

    def strips(self) -> dict[str, Strip]:
        """What everybody's strip says now."""
        return {name: self.strip_of(name) for name in NAMES}

    def seated(self) -> set[tuple[SpaceId, UserId]]:
        """Who sits where."""
        spaces = self.world.app.extensions["spaces"].seams.index.spaces()
        return {(space.id, seat.user_id) for space in spaces for seat in space.seats}

    def followers_of(self, moved: set[tuple[SpaceId, UserId]]) -> set[str]:
        """Who follows one of them."""
        graph, user = self.world.graph, self.world.user
        return {name for name in NAMES if any(user_id in graph.followees(user(name)) for _, user_id in moved)}

    def some_space(self, chance: Random) -> str:
        """Mostly one of the latest."""
        return chance.choice(self.ids[-4:] or ["0123456789abc"])


@contextmanager
def an_evening(path: Path, chance: Random, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evening]:
    """A host whose answers are not remembered, with everybody there and following about half of the others."""
    socketio = SocketIO()
    made: list[Spaces] = []

    def prepare(app: Flask) -> None:
        socketio.init_app(app, async_mode="threading")

    def kept(*args: Any, **keywords: Any) -> Spaces:
        made.append(Spaces(*args, **keywords))
        return made[-1]

    monkeypatch.setattr("tests.world.Spaces", kept)
    with a_world(path, prepare=prepare, socketio=socketio, SPACES_FOLLOWEES_TTL=0) as world:
        world.app.extensions["spaces"].background.stop()
        for name in NAMES:
            for other in NAMES:
                if name != other and chance.random() < 0.4:
                    world.graph.follow(world.user(name), world.user(other))
        evening = Evening(world, made[0], Pulse(world.app.extensions["spaces"].seams))
        evening.pages = {name: Page(Socket(world, socketio, name), evening.strip_of(name)) for name in NAMES}
        yield evening


def do_something(evening: Evening, chance: Random) -> set[str]:
    """One thing happens. Returns whom the host app named as concerned; a command of ours names nobody."""
    who, guest = chance.sample(NAMES, 2)
    graph, user = evening.world.graph, evening.world.user
    host_changes = {
        "follow": (graph.follow, [who, guest]),
        "unfollow": (graph.unfollow, [who, guest]),
        "block": (graph.block, [who, guest]),
        "unblock": (graph.unblock, [who, guest]),
    }
    kinds = {"start": 5, "plan": 2, "come in": 9, "run": 9, "private": 1, **dict.fromkeys(host_changes, 1)}
    [kind] = chance.choices(list(kinds), list(kinds.values()))
    space_id = evening.some_space(chance)
    if kind in ("run", "come in"):
        who, guest = apt(evening, space_id, kind, who, guest, chance)
    space, guest_id = f"/spaces/{space_id}", evening.world.user(guest)
    if kind in host_changes:
        change, concerned = host_changes[kind]
        change(user(who), user(guest))
        evening.story.append(f"{who} {kind}s {guest}")
        evening.spaces.strips_changed([user(name) for name in concerned])
        return set(concerned)
    if kind in ("start", "plan"):
        audience = chance.choice(["everyone", "everyone", "everyone", "followers", "following", "invited"])
        body = {"title": f"Talk {len(evening.ids)}", "audience": audience, "cohost_ids": [guest_id]}
        if kind == "plan":
            body["scheduled_start"] = (evening.world.clock() + timedelta(hours=1)).isoformat()
        made = evening.call(who, "POST", "/spaces", body)
        evening.ids += [made["space"]["id"]] if made else []
        return set()
    if kind == "private":
        evening.call(who, "PATCH", "/me", {"shares_listening": chance.random() < 0.5})
        return set()
    comes_in: list[tuple[str, str, Any]] = [
        ("POST", f"{space}/join", {}),
        ("POST", f"{space}/join", {}),
        ("POST", f"{space}/requests", None),
        ("POST", f"{space}/requests", None),
        ("POST", f"{space}/invitations/me/accept", None),
        ("POST", f"{space}/leave", None),
        ("DELETE", f"{space}/stage/me", None),
        ("PUT", f"{space}/stage/me/microphone", {"is_open": True}),
        ("PUT", f"{space}/reminder", {}),
    ]
    runs: list[tuple[str, str, Any]] = [
        ("POST", f"{space}/requests/{guest_id}/accept", None),
        ("POST", f"{space}/requests/{guest_id}/accept", None),
        ("POST", f"{space}/requests/{guest_id}/accept", None),
        ("POST", f"{space}/invitations", {"user_id": guest_id, "role": chance.choice(["speaker", "cohost"])}),
        ("DELETE", f"{space}/stage/{guest_id}", None),
        ("DELETE", f"{space}/cohosts/{guest_id}", None),
        ("POST", f"{space}/host", {"user_id": guest_id}),
        ("POST", f"{space}/removals", {"user_id": guest_id, "reason": "shouts"}),
        ("DELETE", f"{space}/removals/{guest_id}", None),
        ("PUT", f"{space}/stage/{guest_id}/mute", {"reason": ""}),
        ("PATCH", space, {"title": f"Talk {chance.randrange(99)}"}),
        ("PATCH", space, {"topic_ids": ["craft"]}),
        ("PATCH", space, {"audience": chance.choice(["everyone", "followers", "following", "invited"])}),
        ("POST", f"{space}/start", None),
        ("POST", f"{space}/cancel", None),
        ("POST", f"{space}/end", None),
    ]
    method, path, body = chance.choice(comes_in if kind == "come in" else runs)
    evening.call(who, method, path, body)
    return set()


def apt(evening: Evening, space_id: str, kind: str, who: str, guest: str, chance: Random) -> tuple[str, str]:
    """Who does it, and to whom: what runs a Space is its host's to do, to who is on stage, waits, or was asked."""
    if space_id not in evening.ids or chance.random() < 0.1:
        return who, guest
    space = evening.world.space(SpaceId(space_id))
    there = [name for name in NAMES if evening.world.user(name) in space.people - {space.host_id}]
    if kind == "run":
        return NAMES[int(space.host_id) - 1], chance.choice(there or [guest])
    return chance.choice([*there, who]), guest


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("run", range(HISTORIES))
def test_who_is_told_is_whose_strip_differs(tmp_path: Path, run: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After every command, and the beat in which listeners are counted: told are those whose strip differs.

    Where the host app named members, of these at most. Pages that lose a message in twenty are 30 s behind at most.
    """
    chance = Random(f"strip {run} {os.environ.get('STRIP_PUSH_SEED', '')}")
    with an_evening(tmp_path, chance, monkeypatch) as evening:
        then, seen = evening.strips(), 0
        for _ in range(STEPS):
            seated = evening.seated()
            named = do_something(evening, chance)
            # Between stage and audience somebody may be counted all the same; their followers are told in any case.
            named |= evening.followers_of(seated ^ evening.seated())
            evening.pulse.beat()
            now = evening.strips()
            nudged = {name for name, page in evening.pages.items() if page.nudges()}
            differ = {name for name in NAMES if then[name] != now[name]}
            wrong = [f"{name}: {then[name]} -> {now[name]}" for name in sorted(differ ^ nudged)]
            tale = "\n".join([*evening.story[-12:], *wrong])
            assert differ <= nudged, tale
            assert nudged - differ <= named, tale
            let_pages_follow(evening, chance, nudged, now)
            then, seen = now, seen + len(differ)
        assert seen, "nothing happened"


def let_pages_follow(evening: Evening, chance: Random, nudged: set[str], truth: dict[str, Strip]) -> None:
    """Pages fetch when they are told or it is time; whoever heard everything shows the truth, others soon will."""
    clock = evening.world.clock
    for name, page in evening.pages.items():
        is_lost = chance.random() < LOST
        if name in nudged and is_lost:
            page.behind_since = page.behind_since or clock()
        if (name in nudged and not is_lost) or page.polled_at is None or clock() - page.polled_at >= POLL:
            page.shows, page.polled_at, page.behind_since = evening.strip_of(name), clock(), None
        if page.behind_since is None:
            assert page.shows == truth[name], (name, *evening.story[-12:])
        else:
            assert clock() - page.behind_since <= POLL
    clock.advance(chance.choice([0, 1, 3, 10]))


def test_an_ended_space_leaves_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the command that ended it is answered: whoever had it is told that it ended, and no strip has it."""
    with an_evening(tmp_path, Random(5), monkeypatch) as evening:
        started = evening.call("ada", "POST", "/spaces", {"title": "Soon over"})["space"]["id"]
        evening.pulse.beat()
        had = {name for name in NAMES if any(started in line for line in evening.strip_of(name))}
        for page in evening.pages.values():
            page.nudges()
        evening.call("ada", "POST", f"/spaces/{started}/end")
        told = {name: page.nudges() for name, page in evening.pages.items()}
        assert {name for name, messages in told.items() if messages} == had
        assert had > {"ada"}
        said = [(one["type"], one["space_id"]) for messages in told.values() for one in messages]
        assert set(said) == {("ended", started)}
        assert not [name for name in NAMES if any(started in line for line in evening.strip_of(name))]


def test_followers_hear_of_a_post_and_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host app names an author; told are those online who follow them, and of no Space."""
    with an_evening(tmp_path, Random(6), monkeypatch) as evening:
        author = evening.world.user("ada")
        followers = {name for name in NAMES if author in evening.world.graph.followees(evening.world.user(name))}
        evening.spaces.items_changed(author)
        told = {name: page.nudges() for name, page in evening.pages.items()}
        assert followers <= {name for name, messages in told.items() if messages} <= followers | {"ada"}
        assert {one["type"] for messages in told.values() for one in messages} == {"items"}
        assert not [one for messages in told.values() for one in messages if one.get("space_id")]


def test_the_host_app_may_name_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown, empty and doubled ids do no harm, and only who is named and online is told."""
    with an_evening(tmp_path, Random(7), monkeypatch) as evening:
        grace = evening.world.user("grace")
        evening.spaces.strips_changed([grace, grace, UserId("not a member"), UserId("")])
        evening.spaces.strips_changed([])
        assert {name for name, page in evening.pages.items() if page.nudges()} == {"grace"}
